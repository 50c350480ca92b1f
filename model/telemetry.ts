/** What every room says when it talks of telemetry on its way from the socket to the store. */

/** The three OTLP signals. Each has its own WAL, its own loader and its own tables. */
export const SIGNALS = ['traces', 'metrics', 'logs'] as const;
export type Signal = (typeof SIGNALS)[number];

/** What OTLP's `partial_success` counts for each signal. */
export const SIGNAL_ITEM = {
  traces: 'spans',
  metrics: 'data points',
  logs: 'log records',
} as const satisfies Record<Signal, string>;

/** Telemetry that came into the store, by the times of its items (epoch milliseconds, both inclusive). */
export interface Loaded {
  readonly signal: Signal;
  readonly oldestMs: number;
  readonly newestMs: number;
}
