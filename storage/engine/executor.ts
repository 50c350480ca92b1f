import type { Connection, Native, StreamHandle } from './native.ts';
import type { Statement } from './statement.ts';
import { literal, setStatement } from './statement.ts';

export interface Summary {
  readonly readRows: number;
  readonly readBytes: number;
  readonly writtenRows: number;
  readonly writtenBytes: number;
  /** Seconds. */
  readonly elapsed: number;
}

/** A request ready to run. */
export interface Job {
  /** Marks the query while it runs, so that it can be found and killed. */
  readonly id: string;
  readonly database: string | null;
  /** Of this query only; `param_…` are its parameters. */
  readonly settings: Iterable<readonly [string, string]>;
  readonly statement: Exclude<Statement, { kind: 'nothing' }>;
}

/**
 * The setting that carries a job's id. Its text cannot: what ClickHouse shows of a query with parameters is printed anew, without its
 * comments. The query id is the library's own.
 */
const MARK = 'log_comment';

/** The database of a connection that has just been opened. */
const OPENED_IN = 'default';

/**
 * Runs jobs, each on a connection of its own, so that no setting, parameter or temporary table of one request can reach another. Opening
 * and closing one takes half a millisecond, which no answer waits for: one is always open for the next job.
 */
export class Executor {
  readonly #native: Native;
  readonly #path: string;
  readonly #args: readonly string[];
  /** Keeps the engine open while no request runs; kills run on it. */
  readonly #resident: Connection;
  #next: Connection | undefined;

  constructor(native: Native, path: string, args: readonly string[]) {
    this.#native = native;
    this.#path = path;
    this.#args = args;
    this.#resident = this.#open();
  }

  /** Runs a statement on the resident connection, for start-up and kills. */
  async control(sql: string): Promise<string> {
    const { bytes } = await this.#native.QueryAsyncConnection(this.#resident, sql, 'TabSeparated');
    return Buffer.from(bytes).toString('utf8');
  }

  /** Ends the query of that id, if it runs. */
  async kill(id: string): Promise<void> {
    await this.control(`KILL QUERY WHERE Settings['${MARK}'] = ${literal(id)} ASYNC`);
  }

  /** A connection that nothing has been asked on. */
  #take(): Connection {
    const connection = this.#next ?? this.#open();
    this.#next = undefined;
    return connection;
  }

  #open(): Connection {
    return this.#native.CreateConnection(this.#path, this.#args);
  }

  /** Closes a connection, and opens another, once the answer is on its way. */
  #leave(connection: Connection): void {
    setImmediate(() => {
      try {
        this.#native.CloseConnection(connection);
        this.#next ??= this.#open();
      } catch {
        // An engine beyond repair opens none: the next job says so, to somebody who waits for it.
      }
    });
  }

  async #prepare(job: Job): Promise<Connection> {
    const connection = this.#take();
    try {
      if (job.database !== null && job.database !== OPENED_IN)
        await this.#native.QueryAsyncConnection(connection, `USE \`${job.database}\``, 'Null');
      const set = setStatement([...job.settings, [MARK, job.id]]);
      await this.#native.QueryAsyncConnection(connection, set, 'Null');
    } catch (error) {
      this.#leave(connection);
      throw error;
    }
    return connection;
  }

  /** Runs a job to its end and returns its whole output. Throws what the engine says. */
  async run(job: Job): Promise<{ bytes: Uint8Array; summary: Summary }> {
    const connection = await this.#prepare(job);
    try {
      const { statement } = job;
      const { sql } = statement;
      if (statement.kind === 'query') {
        const outcome = await this.#native.QueryAsyncConnection(connection, sql, statement.format);
        return { bytes: outcome.bytes, summary: readSummary(outcome) };
      }
      const data = statement.kind === 'insert-data' ? statement.data : Buffer.from(' ');
      const outcome = await this.#native.InsertRawAsyncConnection(connection, sql, data, false);
      return { bytes: new Uint8Array(0), summary: writeSummary(outcome) };
    } finally {
      this.#leave(connection);
    }
  }

  /** Runs a query and yields its output block by block; stopping early ends it. */
  async *stream(job: Job): AsyncGenerator<Uint8Array, void, void> {
    const { statement } = job;
    if (statement.kind !== 'query') throw new RangeError('Only queries can be streamed');
    const connection = await this.#prepare(job);
    let handle: StreamHandle | null = null;
    let done = false;
    try {
      handle = this.#native.StreamQuery(connection, statement.sql, statement.format);
      while (!done) {
        const chunk = await this.#native.StreamFetch(handle);
        done = chunk.done;
        if (!chunk.done) yield chunk.bytes;
      }
    } finally {
      if (handle !== null && !done) this.#native.StreamCancel(handle);
      this.#leave(connection);
    }
  }
}

function readSummary(outcome: { elapsed: number; rowsRead: number; bytesRead: number }): Summary {
  return {
    readRows: outcome.rowsRead,
    readBytes: outcome.bytesRead,
    writtenRows: 0,
    writtenBytes: 0,
    elapsed: outcome.elapsed,
  };
}

function writeSummary(outcome: { elapsed: number; rowsWritten: number; bytesWritten: number }): Summary {
  return {
    readRows: outcome.rowsWritten,
    readBytes: outcome.bytesWritten,
    writtenRows: outcome.rowsWritten,
    writtenBytes: outcome.bytesWritten,
    elapsed: outcome.elapsed,
  };
}
