import { describe, expect, it } from 'vitest';
import { parseDashboard } from './dashboard-model.ts';
import { loadPanel, type PanelQuery, type PlannedQuery, planQueries } from './panel-query.ts';
import { createQueryQueue } from './query-queue.ts';

function panelOf(targets: object[], over: object = {}) {
  const parsed = parseDashboard({ panels: [{ type: 'timeseries', targets, ...over }] });
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.model.sections[0]!.panels[0]!;
}

const AT = 1_770_814_807_123;
const range = { fromMs: AT - 3_600_000, toMs: AT };
const plan = (targets: object[], values: Record<string, string> = {}, over: object = {}) =>
  planQueries({ panel: panelOf(targets, over), values, variables: [], range, width: 600, scrapeMs: 10_000 });

describe('planQueries', () => {
  it('puts both ends on the step, so that a refresh asks for the same points', () => {
    const made = plan([{ refId: 'A', expr: 'rate(x[$__rate_interval])' }]);
    if (!made.ok) throw new Error('no plan');
    const { query } = made.queries[0]!;
    expect(query).toMatchObject({ expr: 'rate(x[40s])', stepMs: 15_000, instant: false });
    expect([query.fromMs % 15_000, query.toMs % 15_000]).toEqual([0, 0]);
    expect(query.toMs).toBeGreaterThan(AT - 15_000);
  });

  it('asks instants for the very end, and honours the panel’s own interval', () => {
    const made = plan(
      [
        { refId: 'A', expr: 'x', instant: true },
        { refId: 'B', expr: 'y' },
        { refId: 'C', expr: 'z', hide: true },
      ],
      {},
      { interval: '1m' },
    );
    if (!made.ok) throw new Error('no plan');
    expect(made.queries.map(({ query }) => [query.instant, query.toMs === AT, query.stepMs])).toEqual([
      [true, true, 60_000],
      [false, false, 60_000],
    ]);
  });

  it('does not ask while a variable has no value', () => {
    expect(plan([{ expr: 'x{c="$campaign"}' }])).toEqual({
      ok: false,
      problem: { kind: 'unset-variable', name: 'campaign' },
    });
    expect(plan([{ expr: 'x{c="$campaign"}' }], { campaign: 'a' }).ok).toBe(true);
  });
});

describe('loadPanel', () => {
  const planned = (refId: string, legendFormat?: string): PlannedQuery => ({
    refId,
    legendFormat,
    query: { expr: refId, fromMs: 0, toMs: 1, stepMs: 1, instant: false },
  });
  const run = async (query: PanelQuery) => ({
    series: [{ labels: { gate: 'north' }, points: [[0, 1]] as const }],
    warnings: query.expr === 'A' ? ['partial'] : ['partial', 'late'],
  });

  it('names series, keeps their query, and says every warning once', async () => {
    const result = await loadPanel(
      [planned('A', '{{gate}}'), planned('B')],
      range,
      run,
      createQueryQueue(2),
      new AbortController().signal,
    );
    expect(result.series.map(({ name, refId }) => [name, refId])).toEqual([
      ['north', 'A'],
      ['{gate="north"}', 'B'],
    ]);
    expect(result.warnings).toEqual(['partial', 'late']);
  });

  it('keeps what came when one of several fails, and says which', async () => {
    const half = (query: PanelQuery) =>
      query.expr === 'B' ? Promise.reject(new Error('too much')) : run(query);
    const result = await loadPanel(
      [planned('A'), planned('B')],
      range,
      half,
      createQueryQueue(2),
      new AbortController().signal,
    );
    expect(result.series).toHaveLength(1);
    expect(result.warnings).toEqual(['partial', 'B: too much']);
  });

  it('fails when all fail', async () => {
    const failing = () => Promise.reject(new Error('too much'));
    await expect(
      loadPanel(
        [planned('A'), planned('B')],
        range,
        failing,
        createQueryQueue(2),
        new AbortController().signal,
      ),
    ).rejects.toThrow('too much');
  });
});

describe('the query queue', () => {
  const open = () => {
    let finish = (): void => undefined;
    const promise = new Promise<void>((resolve) => {
      finish = resolve;
    });
    return { promise, finish: () => finish() };
  };

  it('runs no more at once than its limit, in order, also after failures', async () => {
    const queue = createQueryQueue(2);
    const gates = [open(), open(), open()];
    const started: number[] = [];
    const results = gates.map((gate, index) =>
      queue.run(async () => {
        started.push(index);
        await gate.promise;
        if (index === 0) throw new Error('failed');
        return index;
      }, new AbortController().signal),
    );
    expect(started).toEqual([0, 1]);
    gates[0]!.finish();
    await expect(results[0]).rejects.toThrow('failed');
    gates[1]!.finish();
    gates[2]!.finish();
    expect(await Promise.all(results.slice(1))).toEqual([1, 2]);
    expect(started).toEqual([0, 1, 2]);
  });

  it('never starts what was aborted while it waited', async () => {
    const queue = createQueryQueue(1);
    const first = open();
    const running = queue.run(() => first.promise, new AbortController().signal);
    const abort = new AbortController();
    let began = false;
    const waiting = queue.run(async () => {
      began = true;
    }, abort.signal);
    abort.abort();
    first.finish();
    await running;
    await expect(waiting).rejects.toBeDefined();
    expect(began).toBe(false);
    await expect(queue.run(async () => 'next', new AbortController().signal)).resolves.toBe('next');
  });
});
