import { type LabelMatcher, METRIC_NAME } from '../../model/labels.ts';
import { type CallExpr, childrenOf, type Expr } from '../ast.ts';
import { EvaluationError, SAME_LABELSET } from '../errors.ts';
import { LabelSet } from '../label-set.ts';
import { compileMatchers, matchesAll } from '../matcher.ts';
import type { SelectorPlan } from '../plan.ts';
import { isStaleAt, wordsOf } from '../queryable.ts';
import type { EvaluationContext } from './context.ts';
import { ABSENT, endOf, SeriesBuilder, type StepGrid, timeAt, type VectorSeries } from './grid.ts';

/** The labels by which a series and its info series find each other. Fixed, as in Prometheus. */
const IDENTIFYING_LABELS = ['instance', 'job'] as const;
const IDENTIFYING: ReadonlySet<string> = new Set(IDENTIFYING_LABELS);
const DEFAULT_INFO_METRIC: LabelMatcher = { name: METRIC_NAME, operator: '=', value: 'target_info' };

const ANY_INFO_METRIC: LabelMatcher = { name: METRIC_NAME, operator: '=~', value: '.+_info' };

const isPositive = (matchers: readonly LabelMatcher[]): boolean =>
  matchers.some(({ operator }) => operator === '=' || operator === '=~');

/** `info(vector, {selector})`: adds the data labels of info series with the same instance and job. */
export async function evaluateInfo(
  call: CallExpr,
  base: readonly VectorSeries[],
  grid: StepGrid,
  context: EvaluationContext,
): Promise<VectorSeries[]> {
  const selector = call.args[1];
  const matchers = selector?.kind === 'vector_selector' ? selector.matchers : [];
  const given = matchers.filter(({ name }) => name === METRIC_NAME);
  const data = matchers.filter(({ name }) => name !== METRIC_NAME);
  const names = given.length > 0 ? given : [DEFAULT_INFO_METRIC];
  const isInfo = ignoreTest(given.length > 0 || selector === undefined ? names : []);
  // Negative matchers alone choose among the metrics that are named as info metrics.
  const chosen = isPositive(names) ? names : [...names, ANY_INFO_METRIC];
  const enriched = base.filter((one) => !isInfo(one.labels));
  const info = await fetchInfoSeries(call, enriched, [...chosen, ...data], grid, context);
  return new InfoJoin(data, info, grid).run(base, isInfo);
}

/** Info series themselves are left as they are; which those are, only a positive matcher says. */
function ignoreTest(names: readonly LabelMatcher[]): (labels: LabelSet) => boolean {
  const compiled = compileMatchers(names);
  return (labels) => isPositive(names) && matchesAll(labels, compiled);
}

/** An info series at each step: the time of its newest sample in the lookback window, NaN if none. */
interface InfoSeries {
  readonly labels: LabelSet;
  readonly sampleTimes: Float64Array;
}

async function fetchInfoSeries(
  call: CallExpr,
  enriched: readonly VectorSeries[],
  matchers: readonly LabelMatcher[],
  grid: StepGrid,
  context: EvaluationContext,
): Promise<InfoSeries[]> {
  const identity: LabelMatcher[] = [];
  for (const name of IDENTIFYING_LABELS) {
    const values = new Set(enriched.map((one) => one.labels.get(name)).filter((value) => value !== ''));
    if (values.size === 0) continue;
    const value = [...values].map(escapePattern).join('|');
    identity.push({ name, operator: '=~', value });
  }
  if (identity.length === 0) return [];
  const { lookbackMs } = context.plan.request;
  const reference = referenceTime(call.args[0]!, context);
  const first = reference.atMs ?? grid.startMs;
  const last = reference.atMs ?? endOf(grid);
  const found = await context.queryable.select({
    matchers: [...identity, ...matchers],
    startMs: first - reference.offsetMs - lookbackMs,
    endMs: last - reference.offsetMs,
    hints: { func: 'info', rangeMs: 0, stepMs: grid.stepMs, by: false, grouping: [] },
    abort: context.budget.abort,
    onRead: context.recorder?.onRead(`info ${call.position.start}`),
  });
  context.budget.countSeries(found);
  return found.map((series) => {
    const sampleTimes = new Float64Array(grid.steps).fill(Number.NaN);
    const words = wordsOf(series.values);
    let at = -1;
    for (let step = 0; step < grid.steps; step++) {
      const end = (reference.atMs ?? timeAt(grid, step)) - reference.offsetMs;
      while (at + 1 < series.timestampsMs.length && series.timestampsMs[at + 1]! <= end) at++;
      if (at < 0 || series.timestampsMs[at]! <= end - lookbackMs) continue;
      if (series.histograms?.[at] !== undefined) throw new EvaluationError('info sample should be float');
      if (!isStaleAt(words, at)) sampleTimes[step] = series.timestampsMs[at]!;
    }
    return { labels: series.labels, sampleTimes };
  });
}

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** The time as of which the base series are read: the modifiers of its first selector and of the subqueries around it. */
function referenceTime(
  expr: Expr,
  context: EvaluationContext,
): { atMs: number | undefined; offsetMs: number } {
  const reference = { atMs: undefined as number | undefined, offsetMs: 0 };
  let current: Expr | undefined = expr;
  while (current !== undefined) {
    const plan: Pick<SelectorPlan, 'atMs' | 'offsetMs'> | undefined =
      current.kind === 'vector_selector'
        ? context.plan.selectors.get(current)
        : current.kind === 'subquery'
          ? context.plan.subqueries.get(current)
          : undefined;
    if (plan?.atMs !== undefined) {
      reference.atMs = plan.atMs;
      reference.offsetMs = 0;
    }
    reference.offsetMs += plan?.offsetMs ?? 0;
    current = childrenOf(current).find((child) => hasSelector(child));
  }
  return reference;
}

const hasSelector = (expr: Expr): boolean =>
  expr.kind === 'vector_selector' || childrenOf(expr).some((child) => hasSelector(child));

class InfoJoin {
  readonly #dataNames: ReadonlySet<string>;
  readonly #emptyAllowed: boolean;
  readonly #grid: StepGrid;
  readonly #infoByKey = new Map<string, InfoSeries[]>();
  readonly #outputs = new Map<string, { out: SeriesBuilder; lastStep: number }>();

  constructor(data: readonly LabelMatcher[], info: readonly InfoSeries[], grid: StepGrid) {
    this.#dataNames = new Set(data.map(({ name }) => name));
    this.#emptyAllowed = compileMatchers(data).every((matcher) => matcher.test(''));
    this.#grid = grid;
    for (const one of info) {
      const key = one.labels.only(IDENTIFYING).key;
      const same = this.#infoByKey.get(key);
      if (same === undefined) this.#infoByKey.set(key, [one]);
      else same.push(one);
    }
  }

  run(base: readonly VectorSeries[], isInfo: (labels: LabelSet) => boolean): VectorSeries[] {
    for (const one of base) {
      const ignored = isInfo(one.labels);
      const candidates = this.#infoByKey.get(one.labels.only(IDENTIFYING).key) ?? [];
      for (let step = 0; step < this.#grid.steps; step++) {
        if (one.present[step] === ABSENT) continue;
        const labels = ignored ? one.labels : this.#enrich(one.labels, candidates, step);
        if (labels !== undefined) this.#emit(one, labels, step);
      }
    }
    return [...this.#outputs.values()].map(({ out }) => out);
  }

  #emit(one: VectorSeries, labels: LabelSet, step: number): void {
    let output = this.#outputs.get(labels.key);
    if (output === undefined) {
      output = { out: new SeriesBuilder(labels, one.dropName, this.#grid.steps), lastStep: -1 };
      this.#outputs.set(labels.key, output);
    }
    if (output.lastStep === step) throw new EvaluationError(SAME_LABELSET);
    output.lastStep = step;
    output.out.copyFrom(one, step);
  }

  /** The labels with those of the info series; undefined if the data matchers ask for some and there are none. */
  #enrich(base: LabelSet, candidates: readonly InfoSeries[], step: number): LabelSet | undefined {
    const chosen = this.#newestByName(candidates, step);
    if (chosen.size === 0) return this.#emptyAllowed ? base : undefined;
    const added = new Map<string, string>();
    for (const info of chosen.values()) {
      for (const [name, value] of info.labels.entries()) {
        if (name === METRIC_NAME || (this.#dataNames.size > 0 && !this.#dataNames.has(name))) continue;
        const before = added.get(name);
        if (before !== undefined && before !== value) throw new EvaluationError(`conflicting label: ${name}`);
        if (!base.has(name)) added.set(name, value);
      }
    }
    return added.size === 0 ? base : LabelSet.fromEntries([...base.entries(), ...added]);
  }

  /** Of each info metric the series with the newest sample. */
  #newestByName(candidates: readonly InfoSeries[], step: number): Map<string, InfoSeries> {
    const chosen = new Map<string, InfoSeries>();
    for (const info of candidates) {
      const time = info.sampleTimes[step]!;
      if (Number.isNaN(time)) continue;
      const name = info.labels.get(METRIC_NAME);
      const before = chosen.get(name);
      const beforeTime = before?.sampleTimes[step] ?? Number.NEGATIVE_INFINITY;
      if (beforeTime === time) {
        throw new EvaluationError(
          `found duplicate series for info metric: existing ${before!.labels} @ ${beforeTime}, new ${info.labels} @ ${time}`,
        );
      }
      if (time > beforeTime) chosen.set(name, info);
    }
    return chosen;
  }
}
