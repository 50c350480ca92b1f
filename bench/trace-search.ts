import { searchForPage, traceDetailJson } from '../app/views/traces.ts';
import { machineClock, openTestStore, type TestStore } from '../storage/testing/store.ts';
import { createClickHouseTraceStore } from '../storage/traceql/clickhouse-trace-store.ts';
import { getTrace } from '../storage/traces.ts';
import { parseQuery } from '../traceql/parser.ts';
import type { TraceStore } from '../traceql/trace-store.ts';
import type { Bench, BenchResult } from './bench.ts';
import { Noise, SPANS_A_TRACE, spanAt, type TraceSet, traceId } from './trace-bodies.ts';
import { loadTraceSet, type TraceLoad } from './trace-load.ts';

const DAY_MS = 86_400_000;
const DAYS = 10;
const TRACES = 1_000_000;
const TRACES_QUICK = 20_000;
/** Traces that a search wants: what the page and Grafana ask for. */
const WANTED = 20;
const QUERIES = 20;
const SPANS_PER_CPU_SECOND = 82_000;
const BYTES_A_SPAN = 40;

interface Question {
  readonly what: string;
  readonly medianMs: number;
  /** Asks one of many such questions and resolves to how many traces, or spans, were answered. */
  ask(): Promise<number>;
}

export const traceSearch: Bench = {
  name: 'trace-search',
  about:
    '10,000,000 spans over 10 days in the shape of the Jaeger-on-ClickHouse benchmark: load, bytes, 20 distinct warm queries of each kind to JSON',
  async run({ quick, say }) {
    const store = await openTestStore();
    try {
      const startMs = Math.floor(machineClock.now() / DAY_MS) * DAY_MS - DAYS * DAY_MS;
      const set = { traces: quick ? TRACES_QUICK : TRACES, startMs, spreadMs: DAYS * DAY_MS };
      const load = await loadTraceSet(store, set, say);
      const answers = [];
      for (const question of questions(store, set)) answers.push(await measure(question));
      return { rows: [rowOf(load), ...answers.map(({ row }) => row)], verdicts: verdicts(load, answers) };
    } finally {
      await store.close();
    }
  },
};

function questions(store: TestStore, set: TraceSet): readonly Question[] {
  const { clickhouse } = store;
  const traces = createClickHouseTraceStore({ clickhouse, clock: machineClock });
  const noise = new Noise(42);
  const someSpan = () => spanAt(noise.below(set.traces), noise.below(SPANS_A_TRACE));
  const endMs = set.startMs + set.spreadMs;
  /** All ten days but for a part of the last, so that no two questions have one range. */
  const tenDays = (): Range => [set.startMs, endMs - noise.below(DAY_MS)];
  const oneDay = (): Range => {
    const from = set.startMs + noise.below(DAYS - 1) * DAY_MS + noise.below(DAY_MS);
    return [from, from + DAY_MS];
  };
  const search = (query: string, range: Range): Promise<number> => ask(traces, query, range);
  return [
    {
      what: 'trace by id',
      medianMs: 10,
      ask: async () => {
        const trace = await getTrace(clickhouse, traceId(noise.below(set.traces)).toString('hex'));
        if (trace !== null) Buffer.concat([...traceDetailJson(trace)]);
        return trace?.spans.length ?? 0;
      },
    },
    {
      what: 'service, ten days',
      medianMs: 30,
      ask: () => search(`{ resource.service.name = "${someSpan().service}" }`, tenDays()),
    },
    {
      what: 'service and operation, ten days',
      medianMs: 30,
      ask: () => {
        const { service, name } = someSpan();
        return search(`{ resource.service.name = "${service}" && name = "${name}" }`, tenDays());
      },
    },
    {
      what: 'duration, ten days',
      medianMs: 30,
      ask: () => search(`{ duration >= ${800 + noise.below(100)}ms && duration <= 1s }`, tenDays()),
    },
    { what: 'time, a day', medianMs: 30, ask: () => search('{}', oneDay()) },
    {
      what: 'one attribute, ten days',
      medianMs: 120,
      ask: () => {
        const { attribute } = someSpan();
        return search(`{ span.${attribute.key} = "${attribute.value}" }`, tenDays());
      },
    },
    {
      what: 'all filters, a day',
      medianMs: 80,
      ask: () => {
        const { service, name, attribute } = someSpan();
        return search(
          `{ resource.service.name = "${service}" && name = "${name}" && duration > 1ms && duration < 900ms
            && span.${attribute.key} = "${attribute.value}" }`,
          oneDay(),
        );
      },
    },
  ];
}

type Range = readonly [startMs: number, endMs: number];

async function ask(traces: TraceStore, query: string, [startMs, endMs]: Range): Promise<number> {
  const parsed = parseQuery(query);
  if (parsed.kind !== 'search') throw new Error(`${query} is no search`);
  const { pipeline } = parsed;
  const request = { pipeline, startMs, endMs, limit: WANTED, spansPerSpanset: 3 };
  const answer = await searchForPage(traces, request);
  if (answer.partial) throw new Error(answer.reason ?? 'partial');
  JSON.stringify(answer);
  return answer.traces.length;
}

interface Answers {
  readonly question: Question;
  readonly medianMs: number;
  readonly row: BenchResult['rows'][number];
}

/** Medians of distinct questions; one is asked before, to warm up. */
async function measure(question: Question): Promise<Answers> {
  await question.ask();
  const times: number[] = [];
  let found = 0;
  for (let query = 0; query < QUERIES; query++) {
    const started = performance.now();
    found += await question.ask();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const medianMs = times[QUERIES / 2]!;
  const row = {
    what: question.what,
    medianMs,
    fastestMs: times[0]!,
    slowestMs: times.at(-1)!,
    foundEach: found / QUERIES,
  };
  return { question, medianMs, row };
}

const rowOf = (load: TraceLoad): BenchResult['rows'][number] => ({
  what: 'load, merges settled',
  spans: load.spans,
  perSecond: load.spans / load.seconds,
  perCpuSecond: load.spans / load.cpuSeconds,
  bytesEach: load.bytesEach,
  parts: load.parts,
});

function verdicts(load: TraceLoad, answers: readonly Answers[]): BenchResult['verdicts'] {
  const perCpuSecond = load.spans / load.cpuSeconds;
  return [
    {
      figure: 'spans per CPU second, merges settled',
      wanted: `≥ ${SPANS_PER_CPU_SECOND}`,
      got: perCpuSecond.toFixed(0),
      holds: perCpuSecond >= SPANS_PER_CPU_SECOND,
    },
    {
      figure: 'bytes a span on disk, traces included',
      wanted: `≤ ${BYTES_A_SPAN}`,
      got: load.bytesEach.toFixed(2),
      holds: load.bytesEach <= BYTES_A_SPAN,
    },
    ...answers.map(({ question, medianMs }) => ({
      figure: `${question.what}: median of ${QUERIES}, ms`,
      wanted: `≤ ${question.medianMs}`,
      got: medianMs.toFixed(1),
      holds: medianMs <= question.medianMs,
    })),
  ];
}
