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

const missing = !existsSync(CASES);
if (missing && process.env.CI === 'true') throw new Error(`${CASES} is missing`);

describe.skipIf(missing)(
  `Prometheus's own cases on ClickHouse${missing ? ` (skipped: ${CASES} is missing)` : ''}`,
  () => {
    it('pass, except those that need native histograms', { timeout: 600_000 }, async () => {
      const opened = await openPromqlScriptStore({ pushdown: true });
      try {
        const outcomes = await runDirectory(CASES, opened.store, (file) => WANTED.includes(file));
        const failed = outcomes.filter(({ problem }) => problem !== undefined);
        expect(failed.filter(({ problem }) => !problem?.startsWith(NEEDS_HISTOGRAMS))).toEqual([]);
        expect(outcomes.length - failed.length).toBeGreaterThan(140);
      } finally {
        await opened.close();
      }
    });
  },
);
