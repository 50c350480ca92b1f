/**
 * What becomes of one alert at one evaluation, as a table that covers every combination. No clock here: whether a
 * time has passed is a fact that is handed in.
 */

/** Where an alert stands. `inactive` is an alert that does not exist, or no longer. */
export type AlertPhase = 'inactive' | 'pending' | 'firing';

/**
 * What the evaluation says of the alert's series.
 * - `present`: the query answered and the series is in its result.
 * - `absent`: the query answered, and the series is not in its result.
 * - `no_data`: there is no series of the metrics that the query is about, so its empty result says nothing.
 * - `error`: the query did not answer.
 * - `unsure`: the result is empty, and the wall clock jumped moments ago, which may be why.
 */
export type Observation = 'present' | 'absent' | 'no_data' | 'error' | 'unsure';

export type TransitionKind = 'pending' | 'firing' | 'resolved' | 'dropped';

export interface Decision {
  readonly next: AlertPhase;
  /** What others are told; null: nothing changed. */
  readonly transition: TransitionKind | null;
  readonly reason: string;
}

/** A cell: one decision, or two that differ by whether a time has passed. */
type Cell =
  | Decision
  | { readonly time: 'for' | 'keep_firing_for'; readonly before: Decision; readonly after: Decision };

const stays = (next: AlertPhase, reason: string): Decision => ({ next, transition: null, reason });

const TABLE = {
  inactive: {
    present: {
      time: 'for',
      before: {
        next: 'pending',
        transition: 'pending',
        reason: 'the condition holds; waiting for its `for`',
      },
      after: { next: 'firing', transition: 'firing', reason: 'the condition holds' },
    },
    absent: stays('inactive', 'the condition does not hold'),
    no_data: stays('inactive', 'there is no data to judge by'),
    error: stays('inactive', 'the query fails'),
    unsure: stays('inactive', 'the clock jumped'),
  },
  pending: {
    present: {
      time: 'for',
      before: stays('pending', 'the condition holds; waiting for its `for`'),
      after: { next: 'firing', transition: 'firing', reason: 'the condition held for its `for`' },
    },
    absent: { next: 'inactive', transition: 'dropped', reason: 'the condition no longer holds' },
    // Nothing shows that the condition held meanwhile, so the wait begins anew, as in Prometheus.
    no_data: {
      next: 'inactive',
      transition: 'dropped',
      reason: 'its metric vanished before its `for` was over',
    },
    error: stays('pending', 'the query fails; neither fires nor is dropped until it answers'),
    unsure: stays('pending', 'the clock jumped; not dropped until it settles'),
  },
  firing: {
    present: stays('firing', 'the condition holds'),
    absent: {
      time: 'keep_firing_for',
      before: stays('firing', 'the condition no longer holds; kept by its `keep_firing_for`'),
      after: { next: 'inactive', transition: 'resolved', reason: 'the condition no longer holds' },
    },
    // Only an answer resolves: silence of the telemetry is no sign that the danger is over.
    no_data: stays('firing', 'its metric vanished; fires until an answer says otherwise'),
    error: stays('firing', 'the query fails; fires until an answer says otherwise'),
    unsure: stays('firing', 'the clock jumped; fires until it settles'),
  },
} as const satisfies Record<AlertPhase, Record<Observation, Cell>>;

/**
 * Decides on one alert. `forElapsed`: the condition has held for the rule's `for` (true where that is 0).
 * `keepElapsed`: the series has been absent for the rule's `keep_firing_for` (true where that is 0).
 */
export function decide(
  phase: AlertPhase,
  observation: Observation,
  elapsed: { readonly for: boolean; readonly keepFiringFor: boolean },
): Decision {
  const cell: Cell = TABLE[phase][observation];
  if (!('time' in cell)) return cell;
  const passed = cell.time === 'for' ? elapsed.for : elapsed.keepFiringFor;
  return passed ? cell.after : cell.before;
}
