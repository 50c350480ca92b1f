import type { Reader } from '../../storage/clickhouse/clickhouse.ts';
import type { StoredTrace } from '../../storage/traces.ts';
import type { TraceStore } from '../../traceql/trace-store.ts';

/** What answers about traces are made of. */
export interface TraceSources {
  readonly store: TraceStore;
  readonly byId: (traceId: string, abort: AbortSignal) => Promise<StoredTrace | null>;
  /** Outlines and single spans are read from it, and names and values of tags. */
  readonly clickhouse: Reader;
}
