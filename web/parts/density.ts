import type { Format } from '../i18n/format.ts';
import { DENSEST } from './states.ts';

/** `5.6`, or `> 7` where a forecast puts more people into the queue's area than can stand in it. */
export const densityText = (density: number, format: Format): string =>
  density > DENSEST ? `> ${format.number(DENSEST)}` : format.number(density, 1);
