import { createPromql } from '../../../promql/engine.ts';
import type { ScriptStore } from '../../../promql/testing/run-script.ts';
import { machineClock } from '../../testing/store.ts';
import { openClickHouseScriptStore } from './script-store.ts';

/** promqltest scripts over an embedded ClickHouse. */
export async function openPromqlScriptStore(options: {
  readonly pushdown: boolean;
  /** Samples to keep in memory; default none. */
  readonly headBytes?: number | undefined;
}): Promise<{ readonly store: ScriptStore; close(): Promise<void> }> {
  const opened = await openClickHouseScriptStore(options);
  const promql = createPromql({
    queryable: opened.queryable,
    clock: machineClock,
    pushdown: options.pushdown,
  });
  return {
    store: { promql, clear: opened.clear, load: opened.load },
    close: opened.close,
  };
}
