import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasPeers, type Peer, startPrometheus } from '../bench/peers.ts';
import { createPromql, type Promql } from '../promql/engine.ts';
import { FUNCTION_SIGNATURES } from '../promql/function-signatures.ts';
import { encodeAnswer, toHttpError } from '../promql/http-format.ts';
import type { QueryResult } from '../promql/result.ts';
import { almostEqual } from '../promql/testing/compare.ts';
import {
  type ClickHouseScriptStore,
  openClickHouseScriptStore,
} from '../storage/queryable/testing/script-store.ts';
import { machineClock } from '../storage/testing/store.ts';
import { comparisonSeries, toOpenMetrics } from './support/comparison-data.ts';
import { comparisonQueries } from './support/comparison-queries.ts';

const installed = hasPeers();
if (!installed) {
  if (process.env.CI === 'true') throw new Error('prometheus is missing: apt-get install prometheus');
  console.warn('skipped: prometheus is missing (Debian has it)');
}

/**
 * What we do otherwise than Debian's Prometheus 2.42, because Prometheus 3 does. Queries are asked at whole seconds and samples lie
 * between them, since ranges were closed on the left before 3.
 */
const EXCLUDED: Readonly<Record<string, string>> = {
  'temperature_celsius atan2 2': 'atan2 kept the name of the metric',
  '20 atan2 temperature_celsius': 'atan2 kept the name of the metric',
  'wanted_celsius atan2 ignoring (floor) temperature_celsius': 'atan2 kept the name of the metric',
  'requests_total atan2 on (job, instance) group_left (version) build_info':
    'atan2 kept the name of the metric',
  'rate(requests_total[1h])':
    'a counter whose first samples are missing was extrapolated to where it would have been zero, even where that is further than half a sample',
};

const NATIVE = 'of native histograms, which 2.42 has as an experiment and cannot import';
const NEWER = 'came after 2.42';

/** Functions that cannot be compared. The cases of Prometheus's own suite decide. */
const NOT_COMPARED: Readonly<Record<string, string>> = {
  first_over_time: NEWER,
  histogram_avg: NATIVE,
  histogram_count: NATIVE,
  histogram_fraction: NATIVE,
  histogram_quantiles: NEWER,
  histogram_stddev: NATIVE,
  histogram_stdvar: NATIVE,
  histogram_sum: NATIVE,
  info: NEWER,
  mad_over_time: NEWER,
  max_of: NEWER,
  min_of: NEWER,
  range: NEWER,
  sort_by_label: NEWER,
  sort_by_label_desc: NEWER,
  start_timestamp: NEWER,
  step: NEWER,
  ts_of_first_over_time: NEWER,
  ts_of_last_over_time: NEWER,
  ts_of_max_over_time: NEWER,
  ts_of_min_over_time: NEWER,
};

/** Functions that have another name since 3. */
const forPrometheus2 = (query: string): string =>
  query.replaceAll('double_exponential_smoothing', 'holt_winters');

type Sample = readonly [number, string];
interface Answer {
  readonly status: 'success' | 'error';
  readonly errorType?: string;
  readonly error?: string;
  readonly data?: {
    readonly resultType: string;
    readonly result: unknown;
  };
}

/** Each series by its labels, with its samples in order; a scalar has no labels. */
function samplesOf({ data }: Answer): { labels: string; samples: readonly Sample[] }[] {
  const { resultType, result } = data!;
  if (resultType === 'scalar' || resultType === 'string')
    return [{ labels: resultType, samples: [result as Sample] }];
  return (result as { metric: object; value?: Sample; values?: Sample[] }[]).map((one) => ({
    labels: JSON.stringify(Object.entries(one.metric).sort(([a], [b]) => (a < b ? -1 : 1))),
    samples: one.values ?? [one.value!],
  }));
}

/** What differs, or undefined. */
function difference(theirs: Answer, ours: Answer, ordered: boolean): string | undefined {
  if (theirs.status !== ours.status || theirs.errorType !== ours.errorType) {
    return `they: ${theirs.errorType ?? theirs.status} ${theirs.error ?? ''}; we: ${ours.errorType ?? ours.status} ${ours.error ?? ''}`;
  }
  if (theirs.status === 'error') return undefined;
  if (theirs.data!.resultType !== ours.data!.resultType)
    return `types ${theirs.data!.resultType}, ${ours.data!.resultType}`;
  const [a, b] = [samplesOf(theirs), samplesOf(ours)];
  if (!ordered) for (const one of [a, b]) one.sort((x, y) => (x.labels < y.labels ? -1 : 1));
  const labelsOf = (all: typeof a): string => all.map(({ labels }) => labels).join(' ');
  if (labelsOf(a) !== labelsOf(b)) return `series ${labelsOf(a)} against ${labelsOf(b)}`;
  for (const [i, { labels, samples }] of a.entries()) {
    const others = b[i]!.samples;
    const bad = samples.findIndex((sample, at) => !sameSample(sample, others[at]));
    if (bad >= 0 || samples.length !== others.length)
      return `${labels}: ${samples[bad]} against ${others[bad]}`;
  }
  return undefined;
}

function sameSample([time, value]: Sample, other: Sample | undefined): boolean {
  if (other === undefined || time !== other[0]) return false;
  const number = (text: string): number => Number(text.replace('Inf', 'Infinity'));
  return almostEqual(number(value), number(other[1]));
}

describe.skipIf(!installed)("Debian's Prometheus and we", () => {
  let store: ClickHouseScriptStore;
  let ours: Promql;
  let theirs: Peer;

  beforeAll(async () => {
    const series = comparisonSeries();
    store = await openClickHouseScriptStore();
    await store.load(series);
    ours = createPromql({ queryable: store.queryable, clock: machineClock });
    theirs = await startPrometheus(toOpenMetrics(series));
  }, 60_000);
  afterAll(async () => {
    await theirs?.stop();
    await store?.close();
  });

  async function askThem(path: string, parameters: Readonly<Record<string, string>>): Promise<Answer> {
    const body = new URLSearchParams({ ...parameters, query: forPrometheus2(parameters.query!) });
    const response = await fetch(`${theirs.url}/api/v1/${path}`, { method: 'POST', body });
    return (await response.json()) as Answer;
  }

  function asAnswer(result: QueryResult): Answer {
    if (!result.ok) return toHttpError(result.error).body;
    return JSON.parse(Buffer.concat([...encodeAnswer(result)]).toString()) as Answer;
  }

  /** What differs at one time and over a range. */
  async function differences(query: string): Promise<string[]> {
    const ordered = query.startsWith('sort');
    const instant = async (time: number): Promise<string | undefined> => {
      const [them, us] = await Promise.all([
        askThem('query', { query, time: String(time) }),
        ours.instant(query, time * 1_000),
      ]);
      const problem = difference(them, asAnswer(us), ordered);
      return problem && `${query} at ${time}: ${problem}`;
    };
    const range = async (): Promise<string | undefined> => {
      const [them, us] = await Promise.all([
        askThem('query_range', { query, start: '1207', end: '3517', step: '90' }),
        ours.range(query, 1_207_000, 3_517_000, 90_000),
      ]);
      const problem = difference(them, asAnswer(us), false);
      return problem && `${query} over time: ${problem}`;
    };
    const found = await Promise.all([instant(2_917), range()]);
    return found.filter((problem) => problem !== undefined);
  }

  const queries = comparisonQueries();

  it.each(Object.keys(queries))(
    'answer the same to %s',
    async (subject) => {
      const found: string[] = [];
      for (const query of queries[subject]!) {
        const problems = await differences(query);
        // What is excluded must differ, lest the list outlive its reasons.
        if (EXCLUDED[query] === undefined) found.push(...problems);
        else if (problems.length === 0) found.push(`${query} is excluded, but does not differ`);
      }
      expect(found).toEqual([]);
    },
    60_000,
  );

  it('are asked at least 300 queries, with every function that both have', () => {
    const all = Object.values(queries).flat();
    expect(new Set(all).size).toBeGreaterThan(300);
    const unused = Object.keys(FUNCTION_SIGNATURES).filter(
      (name) => !all.some((query) => query.includes(`${name}(`)),
    );
    expect(unused.sort()).toEqual(Object.keys(NOT_COMPARED).sort());
  });
});
