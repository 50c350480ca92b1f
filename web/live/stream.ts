import { type ChangeEvent, changeEvent } from '../../model/api/stream.ts';

/** `lost`: tried and failed, trying again at `retryAtMs`. */
export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live'; readonly sinceMs: number; readonly version: string }
  | { readonly state: 'lost'; readonly sinceMs: number; readonly retryAtMs: number };

export interface StreamSource {
  readonly open: (url: string) => EventSource;
  readonly now: () => number;
  readonly schedule: (run: () => void, afterMs: number) => () => void;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** The product says something (at least a comment) more often than this; the browser sees only events, hence the margin. */
const OPEN_TIMEOUT_MS = 10_000;

/**
 * Listens to GET /api/stream and connects again by itself, with growing pauses. EventSource gives up for good on
 * an HTTP error, so every failure closes it and a new one is opened here.
 */
export class ChangeStream {
  connection: Connection = { state: 'connecting' };
  readonly #source: StreamSource;
  readonly #onChange: (change: ChangeEvent) => void;
  readonly #listeners = new Set<() => void>();
  #events: EventSource | null = null;
  #cancel: () => void = () => {};
  #retryMs = FIRST_RETRY_MS;

  constructor(source: StreamSource, onChange: (change: ChangeEvent) => void) {
    this.#source = source;
    this.#onChange = onChange;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly current = (): Connection => this.connection;

  start(): void {
    this.#close();
    const events = this.#source.open('/api/stream');
    this.#events = events;
    events.addEventListener('change', (message) => this.#receive(message));
    events.addEventListener('error', () => this.#fail());
    this.#cancel = this.#source.schedule(() => {
      if (this.connection.state !== 'live') this.#fail();
    }, OPEN_TIMEOUT_MS);
  }

  stop(): void {
    this.#close();
    this.#retryMs = FIRST_RETRY_MS;
    this.#become({ state: 'connecting' });
  }

  #receive(message: MessageEvent): void {
    const change = parseChange(message.data);
    if (change === null) return;
    if (change.subject === 'hello') {
      this.#cancel();
      this.#retryMs = FIRST_RETRY_MS;
      this.#become({ state: 'live', sinceMs: this.#source.now(), version: change.version });
    }
    this.#onChange(change);
  }

  #fail(): void {
    this.#close();
    const now = this.#source.now();
    const sinceMs = this.connection.state === 'lost' ? this.connection.sinceMs : now;
    this.#become({ state: 'lost', sinceMs, retryAtMs: now + this.#retryMs });
    this.#cancel = this.#source.schedule(() => this.start(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  #close(): void {
    this.#cancel();
    this.#cancel = () => {};
    this.#events?.close();
    this.#events = null;
  }

  #become(connection: Connection): void {
    this.connection = connection;
    for (const listener of this.#listeners) listener();
  }
}

/** A change of a kind that this page does not know comes from a newer product and is no error. */
function parseChange(data: unknown): ChangeEvent | null {
  if (typeof data !== 'string') return null;
  try {
    return changeEvent.safeParse(JSON.parse(data)).data ?? null;
  } catch {
    return null;
  }
}
