/**
 * Density at the front, persons/m2, from which a level begins. Set, within Fruin's queueing levels of service and
 * Still's figures for standing crowds: shoulders touch near 3.6, flow falls beyond 3, 5 is too late to begin.
 */
export const DENSITY_LEVELS = { information: 1.1, warning: 2, page: 3, safety: 4 } as const;
export type DensityLevel = 'good' | keyof typeof DENSITY_LEVELS;

export function densityLevel(perM2: number): DensityLevel {
  if (perM2 >= DENSITY_LEVELS.safety) return 'safety';
  if (perM2 >= DENSITY_LEVELS.page) return 'page';
  if (perM2 >= DENSITY_LEVELS.warning) return 'warning';
  return perM2 >= DENSITY_LEVELS.information ? 'information' : 'good';
}
