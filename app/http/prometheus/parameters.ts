import type { Request } from 'express';
import type { LabelMatcher } from '../../../model/labels.ts';
import { parseDurationText } from '../../../promql/duration.ts';
import { parseMetricSelector } from '../../../promql/parser.ts';
import { ApiError, BadParameter } from './api-error.ts';

/** Parsing takes time that everybody waits for; no query that people or dashboards write comes near. */
const TEXT_MAX = 65_536;

/** Parameters of a form body and of the query string together, the body's first, as Prometheus reads them. */
export class Parameters {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(request: Request) {
    const values = new Map<string, string[]>();
    for (const source of [request.body ?? {}, request.query] as const) {
      for (const [name, value] of Object.entries(source)) {
        const texts = (Array.isArray(value) ? value : [value]).filter((text) => typeof text === 'string');
        if (texts.some((text) => text.length > TEXT_MAX))
          throw new BadParameter(name, `longer than ${TEXT_MAX} characters`);
        values.set(name, [...(values.get(name) ?? []), ...texts]);
      }
    }
    this.#values = values;
  }

  /** The first value, or undefined where it is missing or empty. */
  text(name: string): string | undefined {
    const value = this.#values.get(name)?.[0];
    return value === '' ? undefined : value;
  }

  /** RFC 3339 or seconds since the epoch, to epoch milliseconds. @throws BadParameter */
  timeMs(name: string, missing?: number): number {
    const text = this.text(name);
    if (text === undefined) {
      if (missing !== undefined) return missing;
      throw new BadParameter(name, 'cannot parse "" to a valid timestamp');
    }
    const ms = SIGNED_NUMBER.test(text)
      ? Number(text) * 1_000
      : RFC_3339.test(text)
        ? Date.parse(text)
        : Number.NaN;
    if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15)
      throw new BadParameter(name, `cannot parse ${shown(text)} to a valid timestamp`);
    return Math.round(ms);
  }

  /** `5m`, `1h30m` or seconds, to milliseconds. @throws BadParameter */
  durationMs(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const ms = durationToMs(text);
    if (ms === undefined) throw new BadParameter(name, `cannot parse ${shown(text)} to a valid duration`);
    return ms;
  }

  /** A whole number from 0. @throws BadParameter */
  limit(): number | undefined {
    const text = this.text('limit');
    if (text === undefined) return undefined;
    if (/^-\d+$/.test(text)) throw new BadParameter('limit', 'limit must be non-negative');
    if (!/^\d{1,15}$/.test(text)) throw new BadParameter('limit', `${shown(text)} is no whole number`);
    return Number(text);
  }

  /** A whole number of either sign. @throws ApiError */
  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^[+-]?\d{1,15}$/.test(text)) throw new ApiError('bad_data', `${name} must be a number`);
    return Number(text);
  }

  /** As Go reads one: `1`, `t`, `true`, `0`, `f`, `false`. False where it is missing. @throws BadParameter */
  boolean(name: string): boolean {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined || ['0', 'f', 'false'].includes(text)) return false;
    if (['1', 't', 'true'].includes(text)) return true;
    throw new BadParameter(name, `error converting ${name}: ${shown(text)} is neither true nor false`);
  }

  /** Every value, those of the form first. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** Every value as matchers. @throws ParseError */
  selectors(name: 'match[]'): readonly (readonly LabelMatcher[])[] {
    return this.all(name).map((text) => parseMetricSelector(text).matchers);
  }
}

// One way only to match any text: with two ways for a run of digits, a long one takes its length squared.
const NUMBER = /^(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const SIGNED_NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

function durationToMs(text: string): number | undefined {
  if (NUMBER.test(text)) {
    const ms = Number(text) * 1_000;
    return Number.isFinite(ms) ? ms : undefined;
  }
  return /^(\d+(ms|[smhdwy]))+$/.test(text) ? parseDurationText(text) : undefined;
}

const shown = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
