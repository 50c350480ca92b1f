import type { Logger } from 'pino';
import type { LogTailEvent } from '../model/api/log.ts';
import { TidewardenError } from '../model/errors.ts';
import type { Loaded } from '../model/telemetry.ts';
import type { Clock } from '../model/units.ts';
import { StoreError } from '../storage/clickhouse/errors.ts';
import { pause } from '../storage/loader/pause.ts';
import type { Arrivals } from '../storage/logs/arrivals.ts';
import type { LogFilter } from '../storage/logs/log-filter.ts';
import { type EventClient, EventStream } from './http/event-stream.ts';

export interface LogTailsOptions {
  /** Calls back after each load; returns how to stop that. */
  readonly onLoad: (callback: (load: Loaded) => void) => () => void;
  /** Reads records of loads, at most so many. */
  readonly read: (
    filter: LogFilter,
    loads: readonly Loaded[],
    limit: number,
    abort: AbortSignal,
  ) => Promise<Arrivals>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  /** Clients at a time; default 16. Each asks the store once a load. */
  readonly clientsMax?: number;
  /** Records in one event; default 200. */
  readonly recordsMax?: number;
  /** Between two reads of one client; default 500. With the one above this bounds what one is sent. */
  readonly pauseMs?: number;
}

/** Log records as they come. `tail` throws where there are too many clients already. */
export interface LogTails {
  tail(filter: LogFilter): EventStream<LogTailEvent>;
}

/** Loads that a slow client or an absent store may leave waiting; older ones are skipped. */
const WAITING_MAX = 1_000;
const RETRY_MS = 1_000;

/** Follows the loader: a client's filter is asked of what each load brought, and of nothing else. */
export function createLogTails(options: LogTailsOptions): LogTails {
  const { clock, clientsMax = 16 } = options;
  let clients = 0;
  return {
    tail: (filter) => {
      if (clients >= clientsMax)
        throw new TidewardenError(
          'too_many_tails',
          `${clientsMax} live tails are open; close one, or search again after a while`,
        );
      return new EventStream<LogTailEvent>('log', (client) => {
        clients++;
        client.send({ kind: 'hello', atMs: clock.now() });
        void follow(options, filter, client).finally(() => clients--);
      });
    },
  };
}

async function follow(
  options: LogTailsOptions,
  filter: LogFilter,
  client: EventClient<LogTailEvent>,
): Promise<void> {
  const { read, logger, recordsMax = 200, pauseMs = 500 } = options;
  const { gone } = client;
  const arrivals = new Waiting(options.onLoad, gone);
  while (!gone.aborted) {
    await arrivals.some();
    await client.ready();
    if (gone.aborted) return;
    const loads = arrivals.take();
    try {
      const { records, dropped } = await read(filter, loads, recordsMax, gone);
      if (records.length > 0) client.send({ kind: 'records', records: [...records], dropped });
      await pause(pauseMs, gone);
    } catch (error) {
      if (gone.aborted) return;
      logger.warn({ err: error }, 'a live tail of logs could not be read');
      if (!(error instanceof StoreError && error.retryable)) {
        client.send({ kind: 'delayed', reason: 'Log records could not be read; the tail ends here' });
        return client.end();
      }
      client.send({ kind: 'delayed', reason: 'The store does not answer; what comes is shown when it does' });
      arrivals.putBack(loads);
      await pause(RETRY_MS, gone);
    }
  }
}

/** Loads of logs that a client was not shown yet. */
class Waiting {
  #loads: Loaded[] = [];
  #wake: () => void = () => {};
  readonly #gone: AbortSignal;

  constructor(onLoad: LogTailsOptions['onLoad'], gone: AbortSignal) {
    this.#gone = gone;
    const stop = onLoad((load) => {
      if (load.signal !== 'logs') return;
      this.putBack([...this.take(), load]);
      this.#wake();
    });
    gone.addEventListener('abort', () => {
      stop();
      this.#wake();
    });
  }

  async some(): Promise<void> {
    if (this.#loads.length > 0 || this.#gone.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  take(): Loaded[] {
    return this.#loads.splice(0);
  }

  putBack(loads: readonly Loaded[]): void {
    this.#loads = [...loads, ...this.#loads].slice(-WAITING_MAX);
  }
}
