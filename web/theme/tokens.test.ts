import { describe, expect, it } from 'vitest';
import { DARK, LIGHT, type Palette, paletteVariables } from './tokens.ts';

/** WCAG 2.2, relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
] as const)('the %s palette', (_, palette: Palette) => {
  const grounds = [palette.background, palette.surface, palette.raised, palette.hover];

  it('has text and code that can be read on everything they stand on', () => {
    const texts = [palette.text, palette.dim, palette.accent, ...Object.values(palette.syntax)];
    const faint = texts.flatMap((text) =>
      grounds.filter((ground) => contrast(text, ground) < 4.5).map((ground) => `${text} on ${ground}`),
    );
    expect(faint).toEqual([]);
  });

  it('keeps code readable where it is selected', () => {
    const faint = Object.values(palette.syntax).filter((text) => contrast(text, palette.accentSoft) < 4.5);
    expect(faint).toEqual([]);
  });

  it('names every colour of code for the editor', () => {
    expect(paletteVariables(palette)).toMatchObject({ '--tw-syntax-label': palette.syntax.label });
  });
});
