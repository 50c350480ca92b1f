import type { ChartSeries } from './types.ts';

/**
 * The series palette: ten hues that keep apart under the three common colour deficiencies (see the test; found by a
 * search that maximised the smallest distance) and have at least 3:1 against the surface in their theme. None is one of the state colours. Charts use the CSS variables
 * `--tw-chart-1` … `-10` of charts.css, which repeats these values.
 */
export const seriesPalette = {
  light: [
    '#3894f6',
    '#a66409',
    '#5d9269',
    '#502a9f',
    '#95971a',
    '#732c4a',
    '#155b7f',
    '#7a5438',
    '#6a6f7a',
    '#585ce1',
  ],
  dark: [
    '#3cb5fd',
    '#ad742a',
    '#9be5df',
    '#8f6cbd',
    '#9aaa03',
    '#cd4983',
    '#6da0bf',
    '#c58d7d',
    '#abbbc6',
    '#6870f4',
  ],
} as const;

export const PALETTE_SIZE = seriesPalette.light.length;

/** FNV-1a over the text's code units, 32 bits: the same for the same text on every machine. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value ^= text.charCodeAt(index);
    value = Math.imul(value, 0x01000193);
  }
  return value >>> 0;
}

/** How one series is drawn: a colour and, when colours run out, a dash pattern. */
export interface SeriesStyle {
  readonly colour: string;
  /** SVG dash array; `none` for a full line. */
  readonly dash: string;
}

const dashes = ['none', '6 3', '2 2', '8 3 2 3'];

/** The values of the labels that differ between the series: what the eye must tell apart. */
function distinguishingKey(series: ChartSeries, varying: readonly string[]): string {
  const values = varying.map((name) => series.labels[name] ?? '').join('|');
  return values.replaceAll('|', '') === '' ? series.name : values;
}

function varyingLabels(all: readonly ChartSeries[]): readonly string[] {
  const names = new Set(all.flatMap((series) => Object.keys(series.labels)));
  return [...names]
    .filter((name) => name !== '__name__' && new Set(all.map((series) => series.labels[name] ?? '')).size > 1)
    .sort();
}

/**
 * One style a series, in the order given. A colour follows from the value of the labels that differ, so `north` looks the
 * same in every panel; two values that want one colour are set apart in the order of their keys. Beyond ten series the
 * dash pattern changes.
 */
export function seriesStyles(all: readonly ChartSeries[]): readonly SeriesStyle[] {
  const varying = varyingLabels(all);
  const keys = all.map((series) => distinguishingKey(series, varying));
  const slots = new Map<string, number>();
  const taken = new Set<number>();
  for (const key of [...new Set(keys)].sort()) {
    const round = Math.floor(slots.size / PALETTE_SIZE) * PALETTE_SIZE;
    let slot = hash(key) % PALETTE_SIZE;
    while (taken.has(round + slot)) slot = (slot + 1) % PALETTE_SIZE;
    taken.add(round + slot);
    slots.set(key, round + slot);
  }
  return all.map((series, index) => {
    const slot = slots.get(keys[index]!)!;
    const round = Math.floor(slot / PALETTE_SIZE);
    return {
      colour: series.colour ?? `var(--tw-chart-${(slot % PALETTE_SIZE) + 1})`,
      dash: series.dashed === true ? '5 4' : dashes[round % dashes.length]!,
    };
  });
}
