import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PALETTE_SIZE, seriesPalette, seriesStyles } from './palette.ts';
import type { ChartSeries } from './types.ts';

type Rgb = readonly [number, number, number];

const parse = (hex: string): Rgb =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as unknown as Rgb;
const toLinear = (channel: number): number =>
  channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
const linear = (colour: Rgb): Rgb => colour.map(toLinear) as unknown as Rgb;
const luminance = (colour: Rgb): number => {
  const [r, g, b] = linear(colour);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(parse(a)), luminance(parse(b))].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

/** Full deficiency, linear RGB: Machado, Oliveira and Fernandes 2009, table 1. */
const deficiencies: Readonly<Record<string, readonly Rgb[]>> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** OKLab of a colour as someone with the deficiency sees it (Ottosson 2020). */
function seen(hex: string, matrix: readonly Rgb[]): Rgb {
  const from = linear(parse(hex));
  const [r, g, b] = matrix.map((row) =>
    Math.min(1, Math.max(0, row[0] * from[0] + row[1] * from[1] + row[2] * from[2])),
  ) as unknown as Rgb;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const distance = (a: Rgb, b: Rgb): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

describe.each([
  ['light', '#ffffff'],
  ['dark', '#151c1e'],
] as const)('the %s palette', (theme, surface) => {
  const colours = seriesPalette[theme];

  it.each(colours)('%s has 3:1 on the surface', (colour) => {
    expect(contrast(colour, surface)).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.keys(deficiencies))('keeps its colours apart under %s', (name) => {
    const matrix = deficiencies[name]!;
    let closest = { pair: '', apart: Number.POSITIVE_INFINITY };
    colours.forEach((a, index) => {
      for (const b of colours.slice(index + 1)) {
        const apart = distance(seen(a, matrix), seen(b, matrix));
        if (apart < closest.apart) closest = { pair: `${a} ${b}`, apart };
      }
    });
    // Four just noticeable differences in OKLab (0.02 each); thin lines need more than areas.
    expect(closest.apart, closest.pair).toBeGreaterThan(0.08);
  });

  it('is what the style sheet says', () => {
    const sheet = readFileSync(new URL('charts.css', import.meta.url), 'utf8');
    const part = theme === 'light' ? sheet.split(':root[data')[0]! : sheet.split(':root[data')[1]!;
    colours.forEach((colour, index) => {
      expect(part).toContain(`--tw-chart-${index + 1}: ${colour};`);
    });
  });
});

describe('seriesStyles', () => {
  const of = (labels: Record<string, string>): ChartSeries => ({
    name: Object.values(labels).join(),
    labels,
    points: [],
  });

  it('gives a label value one colour in every panel', () => {
    const one = seriesStyles([of({ gate: 'north', job: 'a' }), of({ gate: 'south', job: 'a' })]);
    const other = seriesStyles([of({ gate: 'south', band: 'high' }), of({ gate: 'north', band: 'high' })]);
    expect(other[1]).toEqual(one[0]);
    expect(other[0]).toEqual(one[1]);
  });

  it('gives ten series ten colours, and more of them other dashes', () => {
    const styles = seriesStyles(Array.from({ length: 35 }, (_, index) => of({ store: `store-${index}` })));
    expect(new Set(styles.map((style) => `${style.colour} ${style.dash}`)).size).toBe(35);
    expect(new Set(styles.map((style) => style.colour)).size).toBe(PALETTE_SIZE);
  });

  it('tells series apart by name where labels do not', () => {
    const [a, b] = seriesStyles([
      { name: 'placed', labels: {}, points: [] },
      { name: 'paid', labels: {}, points: [] },
    ]);
    expect(a!.colour).not.toBe(b!.colour);
  });
});
