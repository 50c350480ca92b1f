/** The cases that can be, or will be, played: five incidents and two controls that must stay silent. */

export const SCENARIO_NAMES = [
  'autumn-first-meal',
  'ten-million-teas',
  'one-cent-tickets',
  'vanishing-cake',
  'campus-errands',
  'quiet-festival',
  'rainy-tuesday',
] as const;
export type ScenarioName = (typeof SCENARIO_NAMES)[number];

interface Described {
  readonly title: string;
  /** `control`: nothing may page. */
  readonly kind: 'incident' | 'control';
  /** What somebody who watches it learns. */
  readonly teaches: string;
}
export type CatalogueEntry = Described &
  ({ readonly runnable: true } | { readonly runnable: false; readonly reason: string });

const NOT_YET = 'its faults are not built into the demo services yet';

export const CATALOGUE = {
  'autumn-first-meal': {
    title: 'The order outage',
    kind: 'incident',
    teaches:
      'An outage that the server does not see: cancellations die on the way, a range service that fails closed strands every merchant, support drowns, some tiers recover first.',
    runnable: false,
    reason: NOT_YET,
  },
  'ten-million-teas': {
    title: 'The capacity shortfall',
    kind: 'incident',
    teaches:
      'A launch at three times the tested capacity: readiness that was red a week before, shops and riders that nobody told, and a price of 0.01 that is right.',
    runnable: false,
    reason: NOT_YET,
  },
  'one-cent-tickets': {
    title: 'The on-site crowd surge',
    kind: 'incident',
    teaches:
      'A wrong price online becomes a crowd at a gate: from the first unit under the floor to the forecast for every opening hour, and whom to call in which order.',
    runnable: true,
  },
  'vanishing-cake': {
    title: 'Silent refunds and the missing human',
    kind: 'incident',
    teaches:
      'Harm without an error: refunds that nobody asked for or heard of, a bot in circles, and the time to a human from the first contact.',
    runnable: false,
    reason: NOT_YET,
  },
  'campus-errands': {
    title: 'The slow decay',
    kind: 'incident',
    teaches:
      'What should open a ticket and page nobody: crashes at peak, too few couriers, complaints past their deadline, and a fairness gap.',
    runnable: false,
    reason: NOT_YET,
  },
  'quiet-festival': {
    title: 'Control: a well-run festival',
    kind: 'control',
    teaches:
      'Three times the usual load, an announced price of 0.01, a declared load test: nothing may page.',
    runnable: false,
    reason: NOT_YET,
  },
  'rainy-tuesday': {
    title: 'Control: an ordinary wet day',
    kind: 'control',
    teaches:
      'Rain, retries, a restart, skewed clocks, lost exports: nothing above a warning, nothing that flaps.',
    runnable: false,
    reason: NOT_YET,
  },
} as const satisfies Record<ScenarioName, CatalogueEntry> as Readonly<Record<ScenarioName, CatalogueEntry>>;

/** Whether a word is a scenario's name. */
export const isScenarioName = (word: string): word is ScenarioName =>
  (SCENARIO_NAMES as readonly string[]).includes(word);
