import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryScriptStore } from './testing/memory-script-store.ts';
import { runDirectory } from './testing/run-directory.ts';

/** Beside the project's root. */
const CASES = resolve(import.meta.dirname, '../../shared/promqltest');

/** Cases that are known not to pass yet, as `file:line`. A case that passes must not stand here. */
const NOT_YET: readonly string[] = [];

const missing = !existsSync(CASES);
if (missing && process.env.CI === 'true') throw new Error(`${CASES} is missing`);

describe.skipIf(missing)(`Prometheus's own cases${missing ? ` (skipped: ${CASES} is missing)` : ''}`, () => {
  it('pass, except those that are listed', async () => {
    const outcomes = await runDirectory(CASES, memoryScriptStore());
    expect(outcomes.length).toBeGreaterThan(1_000);
    const failed = outcomes.filter(({ problem }) => problem !== undefined);
    const unexpected = failed.filter(({ file, line }) => !NOT_YET.includes(`${file}:${line}`));
    expect(unexpected).toEqual([]);
    const passing = NOT_YET.filter((place) => !failed.some(({ file, line }) => `${file}:${line}` === place));
    expect(passing, 'these pass now: take them off the list').toEqual([]);
  });
});
