import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['**/node_modules/**', 'dist/**', 'data/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A machine that does ten things at once is slow, not wrong: a poll's own second would fail there.
    expect: { poll: { timeout: 30_000 } },
    // chdb holds one data directory a process, so tests that open it need processes of their own.
    pool: 'forks',
    maxWorkers: 2,
  },
});
