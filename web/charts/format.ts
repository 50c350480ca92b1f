import { ticks as d3Ticks, tickStep } from 'd3';
import { scaleFor, type UnitScale, unitKind } from './units.ts';

export interface ValueFormat {
  /** Grafana unit id: `short`, `percentunit`, `s`, `currencyCNY`, `suffix:…`, … */
  readonly unit?: string | undefined;
  readonly decimals?: number | undefined;
  readonly locale: string;
}

/** A value in the pieces a big figure needs: `¥` `12.4` `k orders/min`. */
export interface FormattedValue {
  readonly prefix: string;
  readonly number: string;
  readonly suffix: string;
}

const formatters = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale}|${JSON.stringify(options)}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(locale, options);
  formatters.set(key, made);
  return made;
}

function formatNumber(value: number, decimals: number | undefined, locale: string): string {
  if (decimals !== undefined)
    return numberFormat(locale, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    }).format(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-6 || magnitude >= 1e16))
    return numberFormat(locale, { notation: 'scientific', maximumSignificantDigits: 3 }).format(value);
  if (magnitude < 1) return numberFormat(locale, { maximumSignificantDigits: 3 }).format(value);
  const digits = magnitude >= 1_000 ? 0 : magnitude >= 100 ? 1 : 2;
  return numberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

const joinSuffix = (scale: UnitScale, word: string): string =>
  scale.suffix !== '' && word !== '' && !/^[万亿]/.test(scale.suffix)
    ? `${scale.suffix} ${word}`
    : scale.suffix + word;

/**
 * A value without its unit's word, for places where the unit is written once beside many values: `12.4 k`. Scales that
 * change the meaning (`ms` and `s`) and `%` stay.
 */
export function formatFigure(value: number, format: ValueFormat): string {
  const kind = unitKind(format.unit, format.locale);
  if (kind.suffix === '' || kind.suffix === '%') return formatValue(value, format);
  const { prefix, number, suffix } = formatParts(value, format);
  const magnitude = suffix.slice(0, suffix.length - kind.suffix.length).trim();
  return join(prefix, number, Number.isFinite(value) ? magnitude : '');
}

/** The word that `formatFigure` leaves out. */
export function unitWord(unit: string | undefined, locale: string): string {
  const { suffix } = unitKind(unit, locale);
  return suffix === '%' ? '' : suffix;
}

function join(prefix: string, number: string, suffix: string): string {
  const space = suffix === '' || /^[%万亿/]/.test(suffix) ? '' : ' ';
  return `${prefix}${number}${space}${suffix}`;
}

/** A value with magnitude and unit apart. Infinities and NaN are named by their signs, never as numbers. */
export function formatParts(value: number, format: ValueFormat): FormattedValue {
  const kind = unitKind(format.unit, format.locale);
  const scaled = value * kind.factor;
  if (Number.isNaN(scaled)) return { prefix: '', number: 'NaN', suffix: '' };
  if (!Number.isFinite(scaled)) return { prefix: '', number: scaled > 0 ? '+∞' : '−∞', suffix: '' };
  const scale = scaleFor(kind, scaled);
  return {
    prefix: scaled < 0 && kind.prefix !== '' ? `−${kind.prefix}` : kind.prefix,
    number: formatNumber(
      kind.prefix === '' ? scaled / scale.divisor : Math.abs(scaled / scale.divisor),
      // Decimals are meant for the unit itself: «no decimals» must not turn 1.23 M into 1 M.
      scale.divisor > 1 ? undefined : format.decimals,
      format.locale,
    ).replace('-', '−'),
    suffix: joinSuffix(scale, kind.suffix),
  };
}

/** A value as one text: `¥12.4 k`, `43 %` in the locale's manner, `1.2 s`. */
export function formatValue(value: number, format: ValueFormat): string {
  const { prefix, number, suffix } = formatParts(value, format);
  return join(prefix, number, suffix);
}

interface ValueTick {
  readonly value: number;
  readonly label: string;
}

/** Ticks at round values of the unit as shown, and the unit's name, to be written once. */
export interface ValueAxis {
  readonly ticks: readonly ValueTick[];
  readonly unitLabel: string;
}

/**
 * Round ticks for a domain. All labels share one magnitude and one number of decimals, so that the axis reads as
 * a scale: a domain up to 7,200 s gives `0 30 60 90 120` under `min`.
 */
export function valueAxis(
  domain: readonly [number, number],
  count: number,
  { unit, locale }: ValueFormat,
): ValueAxis {
  const kind = unitKind(unit, locale);
  const scale = scaleFor(kind, Math.max(Math.abs(domain[0]), Math.abs(domain[1])) * kind.factor);
  const factor = kind.factor / scale.divisor;
  const low = domain[0] * factor;
  const high = domain[1] * factor;
  const step = tickStep(low, high, Math.max(1, count));
  const decimals = step > 0 && Number.isFinite(step) ? Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) : 0;
  const scientific = Math.max(Math.abs(low), Math.abs(high)) >= 1e7 || decimals > 6;
  const options: Intl.NumberFormatOptions = scientific
    ? { notation: 'scientific', maximumSignificantDigits: 3 }
    : { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const printer = numberFormat(locale, options);
  return {
    ticks: d3Ticks(low, high, Math.max(1, count)).map((tick) => ({
      value: tick / factor,
      label: printer.format(tick === 0 ? 0 : tick).replace('-', '−'),
    })),
    unitLabel: `${kind.prefix}${joinSuffix(scale, kind.suffix)}`,
  };
}
