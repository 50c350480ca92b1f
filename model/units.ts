/**
 * Branded units. A nanosecond never meets a millisecond, and a number that came off the wire has no unit
 * until it is parsed into one of these.
 */
declare const unit: unique symbol;
type Unit<Base, Name extends string> = Base & { readonly [unit]: Name };

/** Milliseconds since the Unix epoch, UTC. */
export type EpochMs = Unit<number, 'EpochMs'>;
/** A length of time in milliseconds. */
export type DurationMs = Unit<number, 'DurationMs'>;

/** A number known to be milliseconds since the epoch. */
export const epochMs = (value: number): EpochMs => value as EpochMs;
/** A number known to be a length in milliseconds. */
export const durationMs = (value: number): DurationMs => value as DurationMs;

export const MINUTE_MS = durationMs(60_000);
export const HOUR_MS = durationMs(3_600_000);
export const DAY_MS = durationMs(86_400_000);

/** Where the time comes from. Only `app/` builds one from the machine's clock. */
export interface Clock {
  /** Wall time. It may jump in either direction. */
  now(): EpochMs;
  /** Milliseconds on a clock that never jumps; only differences mean something. */
  monotonic(): DurationMs;
}
