/** What every room says when it talks of telemetry on its way from the socket to the store. */

/** The signals of OTLP. */
export const OTLP_SIGNALS = ['traces', 'metrics', 'logs'] as const;
export type OtlpSignal = (typeof OTLP_SIGNALS)[number];

/** All signals, Prometheus's remote write among them. Each has its own WAL and its own loader. */
export const SIGNALS = [...OTLP_SIGNALS, 'remote_write'] as const;
export type Signal = (typeof SIGNALS)[number];

/** What is counted of each signal: what OTLP's `partial_success` and a partial remote write tell of. */
export const SIGNAL_ITEM = {
  traces: 'spans',
  metrics: 'data points',
  logs: 'log records',
  remote_write: 'samples, histograms, exemplars and metadata',
} as const satisfies Record<Signal, string>;

/** Telemetry that came into the store. Epoch milliseconds. */
export interface Loaded {
  readonly signal: Signal;
  /** The times of its items, both inclusive. */
  readonly oldestMs: number;
  readonly newestMs: number;
  /** When its newest record was accepted. */
  readonly acceptedMs: number;
}
