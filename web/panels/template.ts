import type { DashboardVariable } from './dashboard-model.ts';

/** Steps a query may have, ms: round, so that a refresh asks for the same grid. */
const STEPS_MS = [
  1_000, 2_000, 5_000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000,
  3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
];

const durationUnits: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `10s`, `1m30s`, `>5s` in ms; undefined where it is none. */
export function parseInterval(text: string | null | undefined): number | undefined {
  const plain = (text ?? '').replace(/^>/, '').trim();
  if (!/^(\d+(ms|[smhdw]))+$/.test(plain)) return undefined;
  let total = 0;
  for (const [, amount, unit] of plain.matchAll(/(\d+)(ms|[smhdw])/g))
    total += Number(amount) * (durationUnits[unit ?? ''] ?? 0);
  return total > 0 ? total : undefined;
}

/** A duration as PromQL writes it. */
export function promDuration(ms: number): string {
  if (ms % 1_000 !== 0) return `${Math.round(ms)}ms`;
  const seconds = ms / 1_000;
  if (seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  if (seconds % 60 === 0) return `${seconds / 60}m`;
  return `${seconds}s`;
}

/** The step for a range drawn over some pixels: about one point every two, never under the smallest interval. */
export function stepFor(rangeMs: number, points: number, minimumMs: number): number {
  const wanted = Math.max(minimumMs, rangeMs / Math.max(1, points));
  return STEPS_MS.find((step) => step >= wanted) ?? Math.ceil(wanted / 86_400_000) * 86_400_000;
}

export interface IntervalInput {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** How often the metrics are exported. */
  readonly scrapeMs: number;
}

/** Grafana's built-in variables for a query. `$__rate_interval` covers at least four exports. */
export function builtInVariables(input: IntervalInput): Readonly<Record<string, string>> {
  const { fromMs, toMs, stepMs, scrapeMs } = input;
  const rateMs = Math.max(stepMs + scrapeMs, 4 * scrapeMs);
  const rangeMs = Math.max(1_000, Math.round((toMs - fromMs) / 1_000) * 1_000);
  return {
    __interval: promDuration(stepMs),
    __interval_ms: `${stepMs}`,
    __rate_interval: promDuration(rateMs),
    __rate_interval_ms: `${rateMs}`,
    __range: promDuration(rangeMs),
    __range_s: `${rangeMs / 1_000}`,
    __range_ms: `${rangeMs}`,
    __from: `${fromMs}`,
    __to: `${toMs}`,
  };
}

const escapeRegex = (value: string): string => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const escapeString = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** What `$__all` and comma-separated values stand for in a query; anything else cannot leave its quotes. */
function queryValue(variable: DashboardVariable | undefined, value: string): string {
  if (value === '$__all') return variable?.allValue ?? '.*';
  return escapeString(value);
}

export interface Interpolated {
  readonly text: string;
  /** Variables that were asked for and have no value. */
  readonly missing: readonly string[];
}

const reference = /\$\{(\w+)(?::(\w+))?\}|\$(\w+)|\[\[(\w+)\]\]/g;

/**
 * Puts variables into a query. Values are escaped for a PromQL string, so a value cannot change the query; `${name:regex}`
 * escapes for a regular expression as well.
 */
export function interpolateQuery(
  expr: string,
  values: Readonly<Record<string, string>>,
  builtIn: Readonly<Record<string, string>>,
  variables: readonly DashboardVariable[],
): Interpolated {
  const missing: string[] = [];
  const text = expr.replace(reference, (whole, braced, format, plain, bracketed) => {
    const name = String(braced ?? plain ?? bracketed);
    const own = builtIn[name];
    if (own !== undefined) return own;
    const value = values[name];
    if (value === undefined || value === '') {
      if (!/^\d+$/.test(name)) missing.push(name);
      return whole;
    }
    const variable = variables.find((one) => one.name === name);
    return queryValue(variable, format === 'regex' ? escapeRegex(value) : value);
  });
  return { text, missing };
}

/** Puts variables into words: titles, Markdown, links. Unknown ones stay as they are. */
export function interpolateText(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(reference, (whole, braced, _format, plain, bracketed) => {
    const name = String(braced ?? plain ?? bracketed);
    return values[name] ?? whole;
  });
}

/** Puts variables into a link's address, escaped for it. Only web addresses and own paths come back. */
export function interpolateUrl(url: string, values: Readonly<Record<string, string>>): string | undefined {
  const filled = url.replace(reference, (whole, braced, _format, plain, bracketed) => {
    const value = values[String(braced ?? plain ?? bracketed)];
    return value === undefined ? whole : encodeURIComponent(value);
  });
  return /^(https?:\/\/|\/(?!\/)|#)/.test(filled) ? filled : undefined;
}
