import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  rem,
  type VariantColorsResolver,
} from '@mantine/core';
import { DARK, FONTS, LIGHT, type Palette, paletteVariables, SIZES } from './tokens.ts';

/** Mantine wants ten shades; only 3 to 8 are ever used, and those by way of the variables below. */
const tide: MantineColorsTuple = [
  '#e8f5f7',
  '#d3eaed',
  '#a6d5db',
  '#62c6d2',
  '#4ba9b5',
  '#2b8f9c',
  '#177b89',
  '#0b6270',
  '#08525e',
  '#06424c',
];

/** Mantine's own neutrals, as far as its components use them without asking a variable: our greys. */
const gray: MantineColorsTuple = [
  '#f8fafa',
  '#e9eeee',
  '#dfe5e6',
  '#d8dfe0',
  '#b6c2c4',
  '#7e8c8f',
  '#66757a',
  '#4f5d60',
  '#2f3a3d',
  '#162022',
];
const dark: MantineColorsTuple = [
  '#e3eaea',
  '#c3cccd',
  '#9eacaf',
  '#71858a',
  '#2a3639',
  '#222d30',
  '#1b2426',
  '#151c1e',
  '#0e1415',
  '#090d0e',
];

/** Text on a filled control is what the palette says, in both schemes; Mantine would reckon it from one of them. */
const resolveVariantColours: VariantColorsResolver = (input) => {
  const colours = defaultVariantColorsResolver(input);
  if (input.variant !== 'filled') return colours;
  if (input.color === 'var(--tw-page-solid)') return { ...colours, color: 'var(--tw-page-on-solid)' };
  return {
    ...colours,
    background: 'var(--tw-accent)',
    hover: 'var(--tw-accent)',
    color: 'var(--tw-on-accent)',
  };
};

/** Components of Mantine in our measures: 13 px, a grid of 4 px, corners of 6 px, no shadow but on overlays. */
export const theme = createTheme({
  primaryColor: 'tide',
  primaryShade: { light: 7, dark: 3 },
  variantColorResolver: resolveVariantColours,
  colors: { tide, gray, dark },
  fontFamily: FONTS.text,
  fontFamilyMonospace: FONTS.code,
  fontSizes: {
    xs: rem(SIZES.small),
    sm: rem(SIZES.base),
    md: rem(SIZES.base),
    lg: rem(SIZES.large),
    xl: rem(18),
  },
  lineHeights: { xs: '1.35', sm: '1.45', md: '1.45', lg: '1.4', xl: '1.3' },
  spacing: { xs: rem(4), sm: rem(8), md: rem(12), lg: rem(16), xl: rem(24) },
  radius: { xs: rem(3), sm: rem(4), md: rem(SIZES.radius), lg: rem(8), xl: rem(12) },
  defaultRadius: 'md',
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: rem(18), lineHeight: '1.3' },
      h2: { fontSize: rem(15), lineHeight: '1.35' },
      h3: { fontSize: rem(13), lineHeight: '1.4' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Autocomplete: { defaultProps: { size: 'xs', comboboxProps: { transitionProps: { duration: 0 } } } },
    Select: { defaultProps: { size: 'xs', comboboxProps: { transitionProps: { duration: 0 } } } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs', transitionDuration: 100 } },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } },
    Popover: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } },
    Tooltip: {
      defaultProps: { transitionProps: { duration: 80 }, openDelay: 300, multiline: true, maw: 340 },
    },
    // Mantine's <header> would be a second banner beside the top bar.
    ModalHeader: { defaultProps: { role: 'presentation' } },
    DrawerHeader: { defaultProps: { role: 'presentation' } },
    Modal: { defaultProps: { transitionProps: { duration: 100 }, centered: true } },
    Drawer: { defaultProps: { transitionProps: { duration: 100 } } },
  },
});

function mantineVariables(palette: Palette): Record<string, string> {
  return {
    ...paletteVariables(palette),
    // What floats above the page; the page itself is painted in base.css.
    '--mantine-color-body': palette.surface,
    '--mantine-color-text': palette.text,
    '--mantine-color-dimmed': palette.dim,
    '--mantine-color-placeholder': palette.dim,
    '--mantine-color-anchor': palette.accent,
    '--mantine-color-default': palette.surface,
    '--mantine-color-default-hover': palette.hover,
    '--mantine-color-default-color': palette.text,
    '--mantine-color-default-border': palette.edge,
    '--mantine-color-error': palette.states.page.text,
    '--mantine-color-disabled': palette.hover,
    '--mantine-color-disabled-color': palette.dim,
    '--mantine-color-disabled-border': palette.border,
    '--mantine-color-tide-filled': palette.accent,
    '--mantine-color-tide-filled-hover': palette.accent,
    '--mantine-color-tide-light': palette.accentSoft,
    '--mantine-color-tide-light-hover': palette.accentSoft,
    '--mantine-color-tide-light-color': palette.accent,
    '--mantine-color-tide-outline': palette.accent,
    '--mantine-color-tide-outline-hover': palette.accentSoft,
    '--mantine-color-gray-light-color': palette.dim,
    '--mantine-color-gray-light-hover': palette.hover,
    '--mantine-primary-color-contrast': palette.onAccent,
  };
}

/** Puts our palette into Mantine's own variables and beside them, for both colour schemes. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: mantineVariables(LIGHT),
  dark: mantineVariables(DARK),
});
