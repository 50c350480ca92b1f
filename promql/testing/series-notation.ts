import { METRIC_NAME } from '../../model/labels.ts';
import { parseDurationText } from '../duration.ts';
import { addHistograms, subtractHistograms } from '../histogram/arithmetic.ts';
import {
  type CounterResetHint,
  CUSTOM_BUCKETS_SCHEMA,
  type NativeHistogram,
} from '../histogram/native-histogram.ts';
import { LabelSet } from '../label-set.ts';
import { parseNumberText } from '../number-literal.ts';
import { unquote } from '../string-literal.ts';

/** A value of the notation; undefined is a gap (`_`). */
export type NotedValue = number | NotedHistogram | 'stale' | undefined;

/** A histogram, and whether its counter reset hint was written down. */
export interface NotedHistogram {
  readonly histogram: NativeHistogram;
  readonly hintGiven: boolean;
}

export interface NotedSeries {
  readonly labels: LabelSet;
  /** `@st`: the values are start times, as offsets in ms from each sample's time; without a metric, of all series that follow. */
  readonly startTimes: boolean;
  readonly values: readonly NotedValue[];
}

/** `metric{a="b"} 1+1x4 _ {{…}}`; with `@st` behind the metric, durations. */
export function parseSeriesLine(line: string): NotedSeries {
  const { labels, rest } = parseMetric(line.trim());
  const startTimes = rest.startsWith('@st');
  const text = startTimes ? rest.slice(3) : rest;
  const values: NotedValue[] = [];
  for (const item of splitValues(text)) {
    if (startTimes) values.push(...expandOffsets(item, values));
    else values.push(...expandValue(item));
  }
  return { labels, startTimes, values };
}

function parseMetric(line: string): { labels: LabelSet; rest: string } {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0] ?? '';
  const entries: [string, string][] = name === '' ? [] : [[METRIC_NAME, name]];
  let at = name.length;
  if (line[at] === '{' && line[at + 1] !== '{') {
    at++;
    while (line[at] !== '}') {
      const item = /^\s*(?:([a-zA-Z_][a-zA-Z0-9_]*)|("(?:[^"\\]|\\.)*"))\s*(=?)\s*/.exec(line.slice(at));
      if (item === null) throw new Error(`cannot read the labels of: ${line}`);
      at += item[0].length;
      const label = item[1] ?? unquoted(item[2]!);
      if (item[3] === '') entries.push([METRIC_NAME, label]);
      else {
        const value = /^("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)\s*/.exec(line.slice(at));
        if (value === null) throw new Error(`cannot read the labels of: ${line}`);
        at += value[0].length;
        entries.push([label, unquoted(value[1]!)]);
      }
      const comma = /^\s*,\s*/.exec(line.slice(at));
      at += comma?.[0].length ?? 0;
      if (comma === null && line[at] !== '}') throw new Error(`cannot read the labels of: ${line}`);
    }
    at++;
  }
  return { labels: LabelSet.fromEntries(entries), rest: line.slice(at).trim() };
}

/** The content of a quoted text. */
export function unquoted(raw: string): string {
  const content = unquote(raw);
  if (!content.ok) throw new Error(content.error);
  return content.value;
}

/** At spaces outside `{{…}}`. */
function splitValues(text: string): string[] {
  return text.match(/(?:\{\{[^}]*\}\}|[^\s{])+/g) ?? [];
}

function expandValue(item: string): NotedValue[] {
  const gap = /^_(?:x(\d+))?$/.exec(item);
  if (gap !== null) return new Array<undefined>(Number(gap[1] ?? 1)).fill(undefined);
  const stale = /^stale(?:x(\d+))?$/.exec(item);
  if (stale !== null) return new Array<'stale'>(Number(stale[1] ?? 0) + 1).fill('stale');
  if (item.startsWith('{{')) return expandHistogram(item);
  const series =
    /^([+-]?(?:inf|nan|(?:\d[\d_]*)?\.?\d*(?:e[+-]?\d+)?))(?:([+-])((?:inf|\d*\.?\d*(?:e[+-]?\d+)?)))?(?:x(\d+))?$/i.exec(
      item,
    );
  if (series === null) throw new Error(`cannot read the value ${item}`);
  const first = signedNumber(series[1]!);
  const step = series[2] === undefined ? 0 : signedNumber(series[2] + series[3]!);
  const values: number[] = [first];
  for (let i = 0, value = first; i < Number(series[4] ?? 0); i++) {
    value += step;
    values.push(value);
  }
  return values;
}

/** A number with a sign in front. */
export function signedNumber(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  return sign * parseNumberText(text.replace(/^[+-]/, ''));
}

function expandHistogram(item: string): NotedValue[] {
  const parts = /^(\{\{[^}]*\}\})(?:([+-])(\{\{[^}]*\}\}))?(?:x(\d+))?$/.exec(item);
  if (parts === null) throw new Error(`cannot read the histogram ${item}`);
  const first = parseHistogram(parts[1]!);
  const values: NotedValue[] = [first];
  let current = first.histogram;
  const step = parts[3] === undefined ? undefined : parseHistogram(parts[3]).histogram;
  for (let i = 0; i < Number(parts[4] ?? 0); i++) {
    if (step !== undefined) {
      const next = parts[2] === '-' ? subtractHistograms(current, step) : addHistograms(current, step);
      if (!next.ok) throw new Error(`the histograms of ${item} do not go together`);
      // A reset is of the first one only; what else is said of it holds for all.
      const { counterResetHint } = current.counterResetHint === 'reset' ? next.histogram : current;
      current = { ...next.histogram, counterResetHint };
    }
    values.push({ histogram: current, hintGiven: first.hintGiven });
  }
  return values;
}

/** `{{schema:0 sum:5 count:4 buckets:[1 2 1]}}` */
export function parseHistogram(text: string): NotedHistogram {
  const fields = new Map<string, string>();
  for (const match of text.slice(2, -2).matchAll(/([a-z_]+):(\[[^\]]*\]|\S+)/g))
    fields.set(match[1]!, match[2]!);
  const number = (name: string): number => signedNumber(fields.get(name) ?? '0');
  const list = (name: string): number[] => {
    const inner = (fields.get(name) ?? '[]').slice(1, -1).trim();
    return inner === '' ? [] : inner.split(/[\s,]+/).map(signedNumber);
  };
  const spans = (offset: string, counts: readonly number[]) =>
    counts.length === 0 ? [] : [{ offset: number(offset), length: counts.length }];
  const positiveBuckets = list('buckets');
  const negativeBuckets = list('n_buckets');
  const schema = fields.has('schema') ? number('schema') : 0;
  const hint = fields.get('counter_reset_hint') ?? 'unknown';
  const histogram: NativeHistogram = {
    counterResetHint: HINTS[hint] ?? 'unknown',
    schema,
    zeroThreshold: number('z_bucket_w'),
    zeroCount: number('z_bucket'),
    count: number('count'),
    sum: number('sum'),
    positiveSpans: spans('offset', positiveBuckets),
    positiveBuckets,
    negativeSpans: spans('n_offset', negativeBuckets),
    negativeBuckets,
    customValues: schema === CUSTOM_BUCKETS_SCHEMA ? list('custom_values') : [],
  };
  return { histogram, hintGiven: fields.has('counter_reset_hint') };
}

const HINTS: Readonly<Record<string, CounterResetHint>> = {
  unknown: 'unknown',
  reset: 'reset',
  not_reset: 'not_reset',
  gauge: 'gauge',
};

/** `-30s-1mx2`: offsets in ms, each a minute further back. `*` is the one before again. */
function expandOffsets(item: string, before: readonly NotedValue[]): (number | undefined)[] {
  const again = /^\*(?:x(\d+))?$/.exec(item);
  if (again !== null) {
    const last = before.findLast((value) => typeof value === 'number') ?? 0;
    return new Array<number>(Number(again[1] ?? 0) + 1).fill(last as number);
  }
  const gap = /^_(?:x(\d+))?$/.exec(item);
  if (gap !== null) return new Array<undefined>(Number(gap[1] ?? 1)).fill(undefined);
  const parts = /^([+-]?[0-9a-wyz]+?)(?:([+-][0-9a-wyz]+?))?(?:x(\d+))?$/.exec(item);
  if (parts === null) throw new Error(`cannot read the start time ${item}`);
  const first = signedDuration(parts[1]!);
  const step = parts[2] === undefined ? 0 : signedDuration(parts[2]);
  return Array.from({ length: Number(parts[3] ?? 0) + 1 }, (_, i) => first + i * step);
}

function signedDuration(text: string): number {
  const body = text.replace(/^[+-]/, '');
  const ms = /^\d+$/.test(body) ? Number(body) : parseDurationText(body);
  if (ms === undefined) throw new Error(`not a duration: ${text}`);
  return text.startsWith('-') ? -ms : ms;
}

/** `5m`, `30` (seconds) or `20s500ms` in ms. */
export function parseTime(text: string): number {
  if (/^[+-]?[\d.]+$/.test(text)) return Math.round(Number(text) * 1_000);
  return signedDuration(text);
}
