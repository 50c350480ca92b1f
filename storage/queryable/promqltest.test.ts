import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runDirectory } from '../../promql/testing/run-directory.ts';
import { openPromqlScriptStore } from './testing/promql-script-store.ts';

/** Beside the project's root. */
const CASES = resolve(import.meta.dirname, '../../../shared/promqltest');

/** Those whose answers hang on which samples are kept. */
const OF_HEAD = ['staleness.test', 'start_timestamps.test', 'range_queries.test'];

const missing = !existsSync(CASES);
if (missing && process.env.CI === 'true') throw new Error(`${CASES} is missing`);

describe.skipIf(missing)(
  `Prometheus's own cases on ClickHouse${missing ? ` (skipped: ${CASES} is missing)` : ''}`,
  () => {
    it.each([
      { how: 'pushed down', pushdown: true, headBytes: 0, wanted: undefined, least: 1_000 },
      { how: 'from samples alone', pushdown: false, headBytes: 0, wanted: undefined, least: 1_000 },
      { how: 'from the head of samples', pushdown: true, headBytes: 2 ** 24, wanted: OF_HEAD, least: 20 },
    ])('pass, $how', { timeout: 600_000 }, async ({ pushdown, headBytes, wanted, least }) => {
      const opened = await openPromqlScriptStore({ pushdown, headBytes });
      try {
        const outcomes = await runDirectory(CASES, opened.store, (file) => wanted?.includes(file) ?? true);
        expect(outcomes.filter(({ problem }) => problem !== undefined)).toEqual([]);
        expect(outcomes.length).toBeGreaterThan(least);
      } finally {
        await opened.close();
      }
    });
  },
);
