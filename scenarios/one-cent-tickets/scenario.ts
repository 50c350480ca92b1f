/** Case 3 as data: which switches, and what should be seen where, by when. */
import type { FaultSwitches } from '../demo/faults.ts';

export interface Expectation {
  /** Seconds after the faults are switched on (`on`) or off (`off`). */
  readonly after: 'on' | 'off';
  readonly withinSeconds: number;
  readonly what: string;
  /** The alert whose state says so. */
  readonly alert?: string;
  readonly alertState?: 'firing' | 'resolved';
  /** Path on the web where to look. */
  readonly path: string;
}

export const ONE_CENT_TICKETS = {
  name: 'one-cent-tickets',
  campaignId: 'one-cent-tickets',
  /** The price is wrong, and both modules that should have limited the damage fail. */
  faults: { priceOverrideCny: 0.01, limiterOff: true, quotaCheckOff: true } satisfies FaultSwitches,
  expectations: [
    {
      after: 'on',
      withinSeconds: 20,
      what: 'orders climb from about 0.5 to about 20 a second, two units each; the lowest price charged is 0.01',
      path: '/campaigns/one-cent-tickets',
    },
    {
      after: 'on',
      withinSeconds: 60,
      what: 'UnitsUnderPriceFloor pages: units sold under the floor of 199 yuan, counted exactly',
      alert: 'UnitsUnderPriceFloor',
      alertState: 'firing',
      path: '/alerts/UnitsUnderPriceFloor',
    },
    {
      after: 'on',
      withinSeconds: 60,
      what: 'UnitsBeyondQuota pages: more than 600 units sold (on a fresh start some 20 s after the faults)',
      alert: 'UnitsBeyondQuota',
      alertState: 'firing',
      path: '/alerts/UnitsBeyondQuota',
    },
    {
      after: 'on',
      withinSeconds: 120,
      what: 'CrowdSurgeForecast pages with the safety mark: at the south gate more than 3 persons/m2 in coming opening hours',
      alert: 'CrowdSurgeForecast',
      alertState: 'firing',
      path: '/campaigns/one-cent-tickets',
    },
    {
      after: 'on',
      withinSeconds: 120,
      what: 'one incident has opened with them; its runbook says whom to call first',
      path: '/incidents',
    },
    {
      after: 'off',
      withinSeconds: 180,
      what: 'UnitsUnderPriceFloor and UnitsBeyondQuota resolve: no new units',
      alert: 'UnitsUnderPriceFloor',
      alertState: 'resolved',
      path: '/alerts/UnitsUnderPriceFloor',
    },
    {
      after: 'off',
      withinSeconds: 180,
      what: 'CrowdSurgeForecast keeps firing: the tickets stay sold, and the people will come',
      alert: 'CrowdSurgeForecast',
      alertState: 'firing',
      path: '/campaigns/one-cent-tickets',
    },
  ] satisfies readonly Expectation[] as readonly Expectation[],
} as const;
