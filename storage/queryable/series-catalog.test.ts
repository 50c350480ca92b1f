import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { LabelMatcher } from '../../model/labels.ts';
import { durationMs, epochMs } from '../../model/units.ts';
import type { QueryRequest, Reader } from '../clickhouse/clickhouse.ts';
import { SeriesCatalog } from './series-catalog.ts';

const HOUR_MS = 3_600_000;
const T0_MS = Date.UTC(2026, 0, 1);

interface Row {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly first: number;
  readonly last: number;
  readonly written: number;
}

/** A table `series` whose clock is the catalog's, so that what a refresh asks for can be looked at. */
function table() {
  const rows: Row[] = [];
  const asked: { since: number; returned: number }[] = [];
  let nowMs = T0_MS;
  const reader: Pick<Reader, 'rows'> = {
    rows: async ({ parameters }: QueryRequest) => {
      const { since, kept } = parameters as { since: number; kept: number };
      const found = rows.filter((row) => row.written > since && row.last > kept);
      asked.push({ since, returned: found.length });
      const marker = { id: '0', name: '', labels: {}, first: 0, last: 0, written: nowMs, native: false };
      return [...found.map((row) => ({ ...row, name: 'up', native: false })), marker];
    },
  };
  const catalog = new SeriesCatalog(
    {
      clickhouse: reader as Reader,
      clock: { now: () => epochMs(nowMs), monotonic: () => durationMs(nowMs) },
      logger: pino({ level: 'silent' }),
      registry: new Registry(),
      keptDays: 2,
    },
    (read) => read(),
  );
  return {
    catalog,
    asked,
    write: (...written: readonly Pick<Row, 'id' | 'labels'>[]) =>
      rows.push(
        ...written.map((row) => ({
          ...row,
          first: Math.floor(nowMs / HOUR_MS) * HOUR_MS,
          last: (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS,
          written: nowMs,
        })),
      ),
    pass: (ms: number) => {
      nowMs += ms;
    },
    names: (...matchers: readonly LabelMatcher[]) =>
      catalog.index.resolve(matchers, 0, Number.MAX_SAFE_INTEGER).map(({ labels }) => labels.get('pod')),
  };
}

const pod = (value: string): LabelMatcher => ({ name: 'pod', operator: '=', value });

describe('the index of series', () => {
  it('forgets series whose samples are gone, and nothing else', async () => {
    const { catalog, write, pass, names } = table();
    write({ id: '1', labels: { pod: 'a', job: 'x' } }, { id: '2', labels: { pod: 'b', job: 'x' } });
    await catalog.fresh();
    pass(40 * HOUR_MS);
    write({ id: '2', labels: { pod: 'b', job: 'x' } }, { id: '3', labels: { pod: 'c', job: 'x' } });
    await catalog.fresh();
    expect(names()).toEqual(['a', 'b', 'c']);
    pass(10 * HOUR_MS);
    await catalog.fresh();
    expect(names()).toEqual(['b', 'c']);
    expect(names(pod('a'))).toEqual([]);
    expect(names({ name: 'job', operator: '=', value: 'x' })).toEqual(['b', 'c']);
    expect(catalog.index.labelValues('pod', 0, Number.MAX_SAFE_INTEGER)).toEqual(['b', 'c']);
    // One that comes back is new.
    write({ id: '1', labels: { pod: 'a', job: 'x' } });
    pass(1_000);
    await catalog.fresh();
    expect(names(pod('a'))).toEqual(['a']);
  });

  it('stays as small as what is kept, however many series come and go', async () => {
    const { catalog, write, pass } = table();
    for (let hour = 0; hour < 200; hour++) {
      write(
        ...Array.from({ length: 20 }, (_, at) => ({
          id: `${hour * 20 + at + 1}`,
          labels: { pod: `${hour}-${at}` },
        })),
      );
      await catalog.fresh();
      pass(HOUR_MS);
    }
    await catalog.fresh();
    expect(catalog.index.size).toBeLessThanOrEqual(20 * 50);
    expect(catalog.index.size).toBeGreaterThanOrEqual(20 * 48);
  });

  it('reads a row again only while others may still turn up beside it', async () => {
    const { catalog, asked, write, pass } = table();
    write({ id: '1', labels: { pod: 'a' } });
    await catalog.fresh();
    pass(10_000);
    await catalog.fresh();
    pass(10_000);
    await catalog.fresh();
    pass(10_000);
    await catalog.fresh();
    expect(asked.map(({ returned }) => returned)).toEqual([1, 1, 1, 0]);
  });
});
