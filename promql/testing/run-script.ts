import { childrenOf, type DurationExpr, type Expr } from '../ast.ts';
import type { Promql } from '../engine.ts';
import type { LabelSet } from '../label-set.ts';
import type { StoredValue } from '../memory-store.ts';
import { parseExpr } from '../parser.ts';
import { pointsOf, type QueryResult, type QueryValue } from '../result.ts';
import { compareInstant, compareResult } from './compare.ts';
import { toCustomBucketHistograms } from './nhcb.ts';
import { type Command, type EvalCommand, type Expectation, parseScript } from './script.ts';
import type { NotedSeries, NotedValue } from './series-notation.ts';

/** A store that scripts can fill, and an engine over it. */
export interface ScriptStore {
  readonly promql: Promql;
  clear(): Promise<void>;
  load(series: readonly LoadedSeries[]): Promise<void>;
}

export interface LoadedSeries {
  readonly labels: LabelSet;
  readonly samples: readonly {
    readonly timeMs: number;
    readonly value: StoredValue;
    readonly startMs: number;
  }[];
}

/** One evaluation's outcome. */
export interface CaseOutcome {
  readonly line: number;
  readonly query: string;
  /** Undefined if it passed. */
  readonly problem: string | undefined;
}

/** Evaluations at a time: what one waits for the store, another computes. */
const AT_ONCE = 4;

/** Runs a script from an empty store and tells what came of each evaluation. Those of the same data run together. */
export async function runScript(text: string, store: ScriptStore): Promise<CaseOutcome[]> {
  const outcomes: CaseOutcome[] = [];
  const commands = parseScript(text);
  await store.clear();
  for (let next = 0; next < commands.length; ) {
    const command = commands[next]!;
    if (command.kind === 'eval') {
      const cases = evaluationsFrom(commands, next);
      outcomes.push(...(await runCases(cases, store.promql)));
      next += cases.length;
      continue;
    }
    if (command.kind === 'clear') await store.clear();
    else await store.load(toLoadedSeries(command));
    next++;
  }
  return outcomes;
}

function evaluationsFrom(commands: readonly Command[], from: number): EvalCommand[] {
  const cases: EvalCommand[] = [];
  for (const command of commands.slice(from)) {
    if (command.kind !== 'eval') break;
    cases.push(command);
  }
  return cases;
}

async function runCases(cases: readonly EvalCommand[], promql: Promql): Promise<CaseOutcome[]> {
  const outcomes: CaseOutcome[] = [];
  const rest = cases.entries();
  const worker = async (): Promise<void> => {
    // The iterator is shared: each worker takes the next case that nobody has.
    for (const [i, command] of rest) {
      const problem = await runCase(command, promql);
      outcomes[i] = { line: command.line, query: command.query, problem };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return outcomes;
}

function toLoadedSeries(command: Command & { kind: 'load' }): LoadedSeries[] {
  const loaded: LoadedSeries[] = [];
  // Start times stand before the series that they are of; those without a metric hold for all that follow, over and over.
  let own: readonly NotedValue[] | undefined;
  let common: readonly NotedValue[] = [];
  for (const one of command.series) {
    if (one.startTimes && one.labels.pairs.length > 0) own = one.values;
    else if (one.startTimes) common = one.values;
    else {
      const starts = own;
      const startAt = (i: number): NotedValue =>
        starts === undefined ? common[i % common.length] : starts[i];
      loaded.push(toLoaded(one, command.stepMs, startAt));
      own = undefined;
    }
  }
  if (!command.withNhcb) return loaded;
  const classic = command.series.filter((one) => !one.startTimes);
  const native = toCustomBucketHistograms(classic).map((one) =>
    toLoaded(one, command.stepMs, () => undefined),
  );
  return [...loaded, ...native];
}

function toLoaded(
  { labels, values }: NotedSeries,
  stepMs: number,
  startAt: (i: number) => NotedValue,
): LoadedSeries {
  const samples = values.flatMap((value, i) => {
    if (value === undefined) return [];
    const timeMs = i * stepMs;
    const start = startAt(i);
    const startMs = typeof start === 'number' ? timeMs + start : 0;
    return [{ timeMs, value: typeof value === 'object' ? value.histogram : value, startMs }];
  });
  return { labels, samples };
}

async function runCase(command: EvalCommand, promql: Promql): Promise<string | undefined> {
  const { time, query } = command;
  if (time.kind === 'range') {
    const result = await promql.range(query, time.startMs, time.endMs, time.stepMs);
    return judge(command, result, compareResult) ?? judgeNotes(command, result);
  }
  const result = await promql.instant(query, time.atMs);
  const problem = judge(command, result, compareResult) ?? judgeNotes(command, result);
  if (problem !== undefined || !sameAsRange(command)) return problem;
  const asRange = await promql.range(query, time.atMs - MINUTE_MS, time.atMs + MINUTE_MS, MINUTE_MS);
  const rangeProblem = judge(command, asRange, (one, value) =>
    compareInstant(one, middleOf(value, time.atMs, one)),
  );
  return rangeProblem && `as a range query: ${rangeProblem}`;
}

const MINUTE_MS = 60_000;

function judge(
  command: EvalCommand,
  result: QueryResult,
  compare: (command: EvalCommand, value: QueryValue) => string | undefined,
): string | undefined {
  const fails = command.expectations.filter(({ kind }) => kind === 'fail');
  if (!result.ok) {
    if (fails.length === 0) return `failed: ${result.error.message}`;
    const other = fails.find(({ matches }) => matches !== undefined && !matches(result.error.message));
    return other && `wanted the error ${other.shown}, got ${result.error.message}`;
  }
  if (fails.length > 0) return 'wanted an error, got a result';
  return compare(command, result.value);
}

function judgeNotes(command: EvalCommand, result: QueryResult): string | undefined {
  if (!result.ok) return undefined;
  return (
    judgeAnnotations(command.expectations, 'warn', result.warnings) ??
    judgeAnnotations(command.expectations, 'info', result.infos)
  );
}

function judgeAnnotations(
  expectations: readonly Expectation[],
  kind: 'warn' | 'info',
  got: readonly string[],
): string | undefined {
  if (expectations.some((one) => one.kind === `no_${kind}`) && got.length > 0)
    return `unexpected ${kind}: ${got[0]}`;
  const wanted = expectations.filter((one) => one.kind === kind);
  if (wanted.length > 0 && got.length === 0) return `wanted a ${kind} ${wanted[0]!.shown}, got none`;
  const exact = wanted.filter(({ matches }) => matches !== undefined);
  const missing = exact.find(({ matches }) => !got.some((text) => matches!(text)));
  if (missing !== undefined) return `wanted the ${kind} ${missing.shown}, got ${got.join('; ')}`;
  if (exact.length === 0) return undefined;
  const extra = got.find((text) => !exact.some(({ matches }) => matches!(text)));
  return extra && `unexpected ${kind}: ${extra}`;
}

/** Whether an instant case means the same asked as a range: not if it is about order or the query's own bounds. */
function sameAsRange(command: EvalCommand): boolean {
  if (command.ordered || command.text !== undefined || command.rangeVector !== undefined) return false;
  if (command.expectations.some(({ kind }) => kind === 'fail')) return false;
  try {
    return !usesQueryBounds(parseExpr(command.query));
  } catch {
    return false;
  }
}

const BOUND_FUNCTIONS: readonly string[] = ['start', 'end', 'step', 'range'];

function usesQueryBounds(expr: Expr): boolean {
  if (expr.kind === 'call' && BOUND_FUNCTIONS.includes(expr.func)) return true;
  if ((expr.kind === 'vector_selector' || expr.kind === 'subquery') && expr.at !== undefined) {
    if (expr.at.kind !== 'timestamp') return true;
  }
  const durations: (DurationExpr | undefined)[] = [];
  if (expr.kind === 'vector_selector') durations.push(expr.offset);
  if (expr.kind === 'matrix_selector') durations.push(expr.range);
  if (expr.kind === 'subquery') durations.push(expr.range, expr.step, expr.offset);
  return (
    durations.some((one) => one !== undefined && usesBounds(one)) || childrenOf(expr).some(usesQueryBounds)
  );
}

function usesBounds(duration: DurationExpr): boolean {
  switch (duration.kind) {
    case 'step':
    case 'range':
      return true;
    case 'literal':
      return false;
    case 'negate':
    case 'paren':
      return usesBounds(duration.expr);
    default:
      return usesBounds(duration.left) || usesBounds(duration.right);
  }
}

/** A matrix at one time, as an instant query gives it. */
function middleOf(value: QueryValue, timeMs: number, command: EvalCommand): QueryValue {
  if (value.type !== 'matrix') return value;
  const samples = value.series.flatMap((series) => {
    const point = pointsOf(series).find((one) => one.timeMs === timeMs);
    return point === undefined ? [] : [{ labels: series.labels, point }];
  });
  const [first] = samples;
  if (command.scalar !== undefined && first?.point.value !== undefined) {
    return { type: 'scalar', timeMs, value: first.point.value };
  }
  return { type: 'vector', samples };
}
