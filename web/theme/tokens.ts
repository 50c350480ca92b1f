/**
 * Every colour, size and font of the screens. Nothing else in `web/` but the charts' palette names a colour.
 *
 * Colours of states say how bad something is and mean nothing else; the series of charts have a palette of their own
 * (`charts/palette.ts`). Text colours have at least 4.5:1 on `background`, `surface`, `raised` and `hover`; a state's
 * `text` has it on its own `soft` too.
 */
export const STATES = ['good', 'information', 'warning', 'page', 'safety'] as const;
export type State = (typeof STATES)[number];

export interface StateColours {
  /** Text and icons on a surface or on `soft`. */
  readonly text: string;
  /** A quiet fill behind `text`. */
  readonly soft: string;
  /** A loud fill. */
  readonly solid: string;
  /** Text on `solid`. */
  readonly onSolid: string;
}

/** Colours of code in an editor: they tell kinds of words apart and mean no state. */
interface SyntaxColours {
  readonly function: string;
  readonly keyword: string;
  readonly label: string;
  readonly string: string;
  readonly number: string;
}

export interface Palette {
  readonly background: string;
  readonly surface: string;
  readonly raised: string;
  readonly hover: string;
  readonly border: string;
  /** Borders of controls: 3:1 on the surface. */
  readonly edge: string;
  readonly grid: string;
  readonly text: string;
  readonly dim: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly onAccent: string;
  readonly shade: string;
  readonly syntax: SyntaxColours;
  readonly states: Readonly<Record<State, StateColours>>;
}

export const LIGHT: Palette = {
  background: '#f3f6f6',
  surface: '#ffffff',
  raised: '#f8fafa',
  hover: '#e9eeee',
  border: '#d8dfe0',
  edge: '#7e8c8f',
  grid: '#e6ebeb',
  text: '#162022',
  dim: '#4f5d60',
  accent: '#0b6270',
  accentSoft: '#dceff1',
  onAccent: '#ffffff',
  shade: 'rgb(16 28 30 / 45%)',
  syntax: {
    function: '#0b6270',
    keyword: '#5a3f9e',
    label: '#7a4a1c',
    string: '#3f6628',
    number: '#8a3566',
  },
  states: {
    good: { text: '#12633a', soft: '#e2f2e9', solid: '#17743f', onSolid: '#ffffff' },
    information: { text: '#3550a8', soft: '#e7ebfa', solid: '#4059b8', onSolid: '#ffffff' },
    warning: { text: '#744c00', soft: '#fbefd5', solid: '#f0b429', onSolid: '#241a00' },
    page: { text: '#ab1d27', soft: '#fbe6e6', solid: '#bd2530', onSolid: '#ffffff' },
    safety: { text: '#7f1d84', soft: '#f6e4f6', solid: '#87238c', onSolid: '#ffffff' },
  },
};

export const DARK: Palette = {
  background: '#0e1415',
  surface: '#151c1e',
  raised: '#1b2426',
  hover: '#222d30',
  border: '#2a3639',
  edge: '#71858a',
  grid: '#222c2f',
  text: '#e3eaea',
  dim: '#9eacaf',
  accent: '#62c6d2',
  accentSoft: '#14343a',
  onAccent: '#06191c',
  shade: 'rgb(0 0 0 / 60%)',
  syntax: {
    function: '#62c6d2',
    keyword: '#bba8f2',
    label: '#d8b184',
    string: '#a7cb8c',
    number: '#e5a6c9',
  },
  states: {
    good: { text: '#69d19a', soft: '#11291d', solid: '#4fbf84', onSolid: '#04160c' },
    information: { text: '#a5b7ff', soft: '#1a2243', solid: '#90a5f7', onSolid: '#0a1030' },
    warning: { text: '#f2bf58', soft: '#30260f', solid: '#f0b429', onSolid: '#241a00' },
    page: { text: '#ff9a95', soft: '#3a181b', solid: '#f0605f', onSolid: '#220405' },
    safety: { text: '#f0a4f2', soft: '#361a39', solid: '#d877dc', onSolid: '#22042a' },
  },
};

/** Chinese faces come after the Latin ones, so that digits and Latin letters stay in the system's face. */
export const FONTS = {
  text: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif",
  code: "ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', 'Noto Sans Mono CJK SC', monospace",
} as const;

/** Sizes in pixels on a grid of four. */
export const SIZES = { small: 12, base: 13, large: 15, radius: 6 } as const;

/** The custom properties of a palette: `--tw-surface`, `--tw-page-soft` and so on. */
export function paletteVariables(palette: Palette): Record<string, string> {
  const variables: Record<string, string> = {
    '--tw-background': palette.background,
    '--tw-surface': palette.surface,
    '--tw-raised': palette.raised,
    '--tw-hover': palette.hover,
    '--tw-border': palette.border,
    '--tw-edge': palette.edge,
    '--tw-grid': palette.grid,
    '--tw-text': palette.text,
    '--tw-dim': palette.dim,
    '--tw-accent': palette.accent,
    '--tw-accent-soft': palette.accentSoft,
    '--tw-on-accent': palette.onAccent,
    '--tw-shade': palette.shade,
  };
  for (const [kind, colour] of Object.entries(palette.syntax)) variables[`--tw-syntax-${kind}`] = colour;
  for (const state of STATES) {
    const colours = palette.states[state];
    variables[`--tw-${state}`] = colours.text;
    variables[`--tw-${state}-soft`] = colours.soft;
    variables[`--tw-${state}-solid`] = colours.solid;
    variables[`--tw-${state}-on-solid`] = colours.onSolid;
  }
  return variables;
}
