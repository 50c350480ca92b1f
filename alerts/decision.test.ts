import { describe, expect, test } from 'vitest';
import { type AlertPhase, decide, type Observation } from './decision.ts';

/**
 * Every row: from, what was observed, for elapsed?, keep_firing_for elapsed? → to, transition. `*` is either.
 * The test fails if a combination is not covered by exactly one row.
 */
const ROWS = `
inactive present n * -> pending  pending
inactive present y * -> firing   firing
inactive absent  * * -> inactive -
inactive no_data * * -> inactive -
inactive error   * * -> inactive -
inactive unsure  * * -> inactive -
pending  present n * -> pending  -
pending  present y * -> firing   firing
pending  absent  * * -> inactive dropped
pending  no_data * * -> inactive dropped
pending  error   * * -> pending  -
pending  unsure  * * -> pending  -
firing   present * * -> firing   -
firing   absent  * n -> firing   -
firing   absent  * y -> inactive resolved
firing   no_data * * -> firing   -
firing   error   * * -> firing   -
firing   unsure  * * -> firing   -
`
  .trim()
  .split('\n')
  .map((line) => line.split(/\s+/));

const PHASES: AlertPhase[] = ['inactive', 'pending', 'firing'];
const OBSERVATIONS: Observation[] = ['present', 'absent', 'no_data', 'error', 'unsure'];
const flag = (value: boolean) => (value ? 'y' : 'n');

const COMBINATIONS = PHASES.flatMap((phase) =>
  OBSERVATIONS.flatMap((observation) =>
    [false, true].flatMap((forElapsed) =>
      [false, true].map((keepElapsed) => ({ phase, observation, forElapsed, keepElapsed })),
    ),
  ),
);

describe('the decision table', () => {
  test.each(COMBINATIONS)(
    '$phase, $observation, for elapsed $forElapsed, keep elapsed $keepElapsed',
    (combination) => {
      const { phase, observation, forElapsed, keepElapsed } = combination;
      const rows = ROWS.filter(
        ([from, seen, forText, keepText]) =>
          from === phase &&
          seen === observation &&
          (forText === '*' || forText === flag(forElapsed)) &&
          (keepText === '*' || keepText === flag(keepElapsed)),
      );
      expect(rows).toHaveLength(1);
      const [, , , , , next, transition] = rows[0] ?? [];
      const decision = decide(phase, observation, { for: forElapsed, keepFiringFor: keepElapsed });
      expect([decision.next, decision.transition ?? '-']).toEqual([next, transition]);
      expect(decision.reason).not.toBe('');
    },
  );

  test('only an answer resolves', () => {
    for (const { phase, observation, forElapsed, keepElapsed } of COMBINATIONS) {
      const { transition } = decide(phase, observation, { for: forElapsed, keepFiringFor: keepElapsed });
      if (transition === 'resolved') expect(observation).toBe('absent');
      if (transition === 'firing' || transition === 'pending') expect(observation).toBe('present');
    }
  });
});
