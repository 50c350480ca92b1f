import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A connection to the process's one data directory. It runs one query at a time and carries its own settings. */
export type Connection = { readonly connection: unique symbol };
export type StreamHandle = { readonly stream: unique symbol };

export interface QueryOutcome {
  readonly bytes: Uint8Array;
  /** Seconds. */
  readonly elapsed: number;
  readonly rowsRead: number;
  readonly bytesRead: number;
}
export interface InsertOutcome {
  readonly elapsed: number;
  readonly rowsWritten: number;
  readonly bytesWritten: number;
}
export type StreamChunk =
  | { readonly done: true }
  | { readonly done: false; readonly bytes: Uint8Array; readonly numRows: number };

/**
 * The slice of chdb's native addon that the engine uses. Its public `Session` refuses binary insert formats and does not say
 * how many rows an INSERT … SELECT wrote, which every load is checked by; both are there one layer below.
 */
export interface Native {
  CreateConnection(path: string, args: readonly string[]): Connection;
  CloseConnection(connection: Connection): void;
  QueryAsyncConnection(connection: Connection, sql: string, format: string): Promise<QueryOutcome>;
  /** `prefix` is an INSERT; `data` follows it as it is. Runs INSERT … SELECT too, with data that is only a space. */
  InsertRawAsyncConnection(
    connection: Connection,
    prefix: string,
    data: Buffer,
    countLines: boolean,
  ): Promise<InsertOutcome>;
  /** Blocks while the query is planned. */
  StreamQuery(connection: Connection, sql: string, format: string): StreamHandle;
  StreamFetch(handle: StreamHandle): Promise<StreamChunk>;
  /** Must not be called while a fetch runs. */
  StreamCancel(handle: StreamHandle): void;
}

/** Loads chdb's addon for this platform; throws what its loader says when there is none. */
export function loadNative(): Native {
  const require = createRequire(import.meta.url);
  const loader: { loadNative(): Native } = require(
    join(dirname(require.resolve('chdb/package.json')), 'dist', 'loader.js'),
  );
  return loader.loadNative();
}
