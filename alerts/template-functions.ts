import { formatExponent, formatFixed, formatFloat, formatSignificant, quoted } from './go-format.ts';
import {
  humanize,
  humanize1024,
  humanizeDuration,
  humanizePercentage,
  humanizeTimestamp,
} from './humanize.ts';

/** What a template's expression can be. A label set appears only under `$labels`. */
export type TemplateValue = string | number | boolean | ReadonlyMap<string, string>;

/** Widths and precisions beyond this are a mistake or an attack on memory. */
const WIDTH_MAX = 100;

/** A value as a template prints it. */
export function printed(value: TemplateValue): string {
  if (typeof value === 'number') return formatFloat(value);
  if (typeof value !== 'object') return String(value);
  return `map[${[...value].map(([name, text]) => `${name}:${text}`).join(' ')}]`;
}

/** What `if`, `and`, `or` and `not` take for true: anything but zero and the empty. */
export function isTrue(value: TemplateValue): boolean {
  return typeof value === 'object' ? value.size > 0 : Boolean(value) || Number.isNaN(value);
}

function number(value: TemplateValue | undefined): number {
  if (typeof value === 'number') return value;
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (Number.isNaN(parsed) && value !== 'NaN') throw new Error(`${quoted(String(value))} is not a number`);
  return parsed;
}

function comparable(left: TemplateValue | undefined, right: TemplateValue | undefined): number {
  if (typeof left === 'number' && typeof right === 'number') return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  throw new Error('incompatible types for comparison');
}

function oneVerb(verb: string, precision: number | undefined, value: TemplateValue): string {
  if (verb === 'v') return printed(value);
  if (verb === 's') return typeof value === 'string' ? value.slice(0, precision) : bad(verb, value);
  if (verb === 'q' && typeof value === 'string') return quoted(value);
  if (verb === 't' && typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return bad(verb, value);
  if (verb === 'f') return formatFixed(value, precision ?? 6);
  if (verb === 'e') return formatExponent(value, precision ?? 6);
  if (verb === 'g') return precision === undefined ? formatFloat(value) : formatSignificant(value, precision);
  return bad(verb, value);
}

function bad(verb: string, value: TemplateValue): string {
  const type = typeof value === 'number' ? 'float64' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `%!${verb}(${type}=${printed(value)})`;
}

function padded(text: string, flags: string, width: number): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0')) return text.padStart(width);
  const sign = /^[+-]/.test(text) ? text.slice(0, 1) : '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

/** Go's `fmt.Sprintf` for the verbs v, s, q, t, f, e and g. */
function sprintf(format: string, values: readonly TemplateValue[]): string {
  let next = 0;
  const text = format.replace(
    /%([-+0 ]*)(\d*)(?:\.(\d*))?([a-zA-Z%])/g,
    (_, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      const value = values[next];
      next += 1;
      if (value === undefined) return `%!${verb}(MISSING)`;
      const digits = precision === undefined ? undefined : Math.min(Number(precision), WIDTH_MAX);
      const plain = oneVerb(verb, digits, value);
      const signed =
        flags.includes('+') && typeof value === 'number' && !/^[+-]/.test(plain) ? `+${plain}` : plain;
      return padded(signed, flags, Math.min(Number(width), WIDTH_MAX));
    },
  );
  return next >= values.length ? text : `${text}%!(EXTRA ${values.slice(next).map(printed).join(', ')})`;
}

type TemplateFunction = (...values: TemplateValue[]) => TemplateValue;

/** Every function a template may call. None reads or changes anything but its arguments. */
export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['humanize', (value) => humanize(number(value))],
  ['humanize1024', (value) => humanize1024(number(value))],
  ['humanizeDuration', (value) => humanizeDuration(number(value))],
  ['humanizePercentage', (value) => humanizePercentage(number(value))],
  ['humanizeTimestamp', (value) => humanizeTimestamp(number(value))],
  ['printf', (format, ...values) => sprintf(printed(format ?? ''), values)],
  ['print', (...values) => values.map(printed).join('')],
  ['toUpper', (text) => printed(text ?? '').toUpperCase()],
  ['toLower', (text) => printed(text ?? '').toLowerCase()],
  [
    'len',
    (value) =>
      typeof value === 'object' ? value.size : new TextEncoder().encode(printed(value ?? '')).length,
  ],
  ['index', (map, name) => (typeof map === 'object' ? (map.get(printed(name ?? '')) ?? '') : '')],
  ['not', (value) => !isTrue(value ?? false)],
  ['and', (...values) => values.find((value) => !isTrue(value)) ?? values.at(-1) ?? false],
  ['or', (...values) => values.find(isTrue) ?? values.at(-1) ?? false],
  ['eq', (left, ...rights) => rights.some((right) => typeof left === typeof right && left === right)],
  ['ne', (left, right) => left !== right],
  ['lt', (left, right) => comparable(left, right) < 0],
  ['le', (left, right) => comparable(left, right) <= 0],
  ['gt', (left, right) => comparable(left, right) > 0],
  ['ge', (left, right) => comparable(left, right) >= 0],
]);
