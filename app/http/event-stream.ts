import type { Response } from 'express';

/** A client that takes nothing for so long is let go. */
const STALLED_MS = 60_000;
const HEARTBEAT_MS = 15_000;

/** The other end of a stream of server-sent events. */
export interface EventClient<Event> {
  send(event: Event): void;
  /** Resolves when it has taken what was sent, or has gone. */
  ready(): Promise<void>;
  /** Fires when it has gone. */
  readonly gone: AbortSignal;
  /** Ends the stream. */
  end(): void;
}

/** An answer that goes on as server-sent events, until one side leaves. */
export class EventStream<Event> {
  readonly #name: string;
  readonly #run: (client: EventClient<Event>) => void;

  /** `name` is the events' `event:`; `run` is called once a client is there to be sent to. */
  constructor(name: string, run: (client: EventClient<Event>) => void) {
    this.#name = name;
    this.#run = run;
  }

  open(response: Response): void {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    if (response.req.method === 'HEAD') {
      response.end();
      return;
    }
    const gone = new AbortController();
    const heartbeat = setInterval(() => {
      if (!response.writableNeedDrain) response.write(':\n\n');
    }, HEARTBEAT_MS);
    response.on('close', () => {
      clearInterval(heartbeat);
      gone.abort();
    });
    response.write('retry: 1000\n\n');
    this.#run({
      send: (event) => {
        if (gone.signal.aborted || response.writableEnded) return;
        response.write(`event: ${this.#name}\ndata: ${JSON.stringify(event)}\n\n`);
      },
      ready: () => drained(response, gone.signal),
      gone: gone.signal,
      end: () => response.end(),
    });
  }
}

function drained(response: Response, gone: AbortSignal): Promise<void> {
  if (!response.writableNeedDrain || gone.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const stalled = setTimeout(() => response.destroy(), STALLED_MS);
    const done = () => {
      clearTimeout(stalled);
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
