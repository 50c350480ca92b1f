import type { ChartState } from './types.ts';

/** A state as text or a line: AA on the surface. */
export const stateColour = {
  good: 'var(--tw-good, #12633a)',
  information: 'var(--tw-information, #3550a8)',
  warning: 'var(--tw-warning, #744c00)',
  page: 'var(--tw-page, #ab1d27)',
  safety: 'var(--tw-safety, #7f1d84)',
} satisfies Record<ChartState, string>;

/** A state as an area or bar: 3:1 on the surface is not promised, so a label or shape goes with it. */
export const stateFill = {
  good: 'var(--tw-good-solid, #17743f)',
  information: 'var(--tw-information-solid, #4059b8)',
  warning: 'var(--tw-warning-solid, #f0b429)',
  page: 'var(--tw-page-solid, #bd2530)',
  safety: 'var(--tw-safety-solid, #87238c)',
} satisfies Record<ChartState, string>;

/** A state behind text. */
export const stateSoft = {
  good: 'var(--tw-good-soft, #e2f2e9)',
  information: 'var(--tw-information-soft, #e7ebfa)',
  warning: 'var(--tw-warning-soft, #fbefd5)',
  page: 'var(--tw-page-soft, #fbe6e6)',
  safety: 'var(--tw-safety-soft, #f6e4f6)',
} satisfies Record<ChartState, string>;
