import type { AlertInstance } from '../model/api/alert.ts';
import type { TransitionKind } from './decision.ts';

/**
 * Something that happened to one alert. Beside the state machine's own: `updated`, a firing alert whose value changed;
 * `restored`, an alert that fired before a restart and is taken to fire still. A listener must expect to hear of the
 * same thing twice: `alert.fingerprint` with `alert.activeAtMs` says what is the same.
 */
export interface AlertTransition {
  readonly kind: TransitionKind | 'updated' | 'restored';
  readonly alert: AlertInstance;
  readonly reason: string;
  readonly atMs: number;
}

/** Hears of transitions in order, one at a time. If it rejects, it hears of the same one again later. */
export type TransitionListener = (transition: AlertTransition) => void | Promise<void>;
