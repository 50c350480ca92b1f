import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runDirectory } from '../../promql/testing/run-directory.ts';
import { NEEDS_HISTOGRAMS } from '../../promql/testing/run-script.ts';
import { openPromqlScriptStore } from './testing/promql-script-store.ts';

/** Beside the project's root. */
const CASES = resolve(import.meta.dirname, '../../../shared/promqltest');

/** Those that show what a store may get wrong; the command line runs them all, which takes minutes. */
const WANTED = [
  'at_modifier.test',
  'duration_expression.test',
  'limit.test',
  'name_label_dropping.test',
  'range_queries.test',
  'selectors.test',
  'staleness.test',
  'start_timestamps.test',
  'subquery.test',
];

/** Those whose answers hang on which samples are kept. */
const WANTED_OF_HEAD = ['staleness.test', 'start_timestamps.test', 'range_queries.test'];

const missing = !existsSync(CASES);
if (missing && process.env.CI === 'true') throw new Error(`${CASES} is missing`);

describe.skipIf(missing)(
  `Prometheus's own cases on ClickHouse${missing ? ` (skipped: ${CASES} is missing)` : ''}`,
  () => {
    it.each([
      { how: 'worked out by the store', headBytes: 0, wanted: WANTED, least: 140 },
      { how: 'from the head of samples', headBytes: 2 ** 24, wanted: WANTED_OF_HEAD, least: 20 },
    ])(
      'pass, except those that need native histograms, $how',
      {
        timeout: 600_000,
      },
      async ({ headBytes, wanted, least }) => {
        const opened = await openPromqlScriptStore({ pushdown: true, headBytes });
        try {
          const outcomes = await runDirectory(CASES, opened.store, (file) => wanted.includes(file));
          const failed = outcomes.filter(({ problem }) => problem !== undefined);
          expect(failed.filter(({ problem }) => !problem?.startsWith(NEEDS_HISTOGRAMS))).toEqual([]);
          expect(outcomes.length - failed.length).toBeGreaterThan(least);
        } finally {
          await opened.close();
        }
      },
    );
  },
);
