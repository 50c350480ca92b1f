import { durationMs } from '../../model/units.ts';
import { createPromql } from '../engine.ts';
import { MemoryStore } from '../memory-store.ts';
import type { ScriptStore } from './run-script.ts';

/** Scripts over series in memory. */
export function memoryScriptStore(): ScriptStore {
  const store = new MemoryStore();
  const clock = { monotonic: () => durationMs(performance.now()) };
  return {
    promql: createPromql({ queryable: store, clock }),
    clear: async () => store.clear(),
    load: async (series) => {
      for (const { labels, samples } of series) {
        for (const { timeMs, value, startMs } of samples) store.append(labels, timeMs, value, startMs);
      }
    },
  };
}
