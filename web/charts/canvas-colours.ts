import { useSyncExternalStore } from 'react';

const subscribeToTheme = (listener: () => void): (() => void) => {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme', 'class'] });
  return () => observer.disconnect();
};

const themeNow = (): string => document.documentElement.dataset.mantineColorScheme ?? 'light';

/** The theme on screen: a canvas must be drawn anew when it changes, as its colours are resolved when it is drawn. */
export const useTheme = (): string => useSyncExternalStore(subscribeToTheme, themeNow, () => 'light');

/** The value of `var(--name)`; any other colour is itself. */
export function resolveColour(style: CSSStyleDeclaration, colour: string): string {
  const name = /^var\((--[\w-]+)/.exec(colour)?.[1];
  return name === undefined ? colour : style.getPropertyValue(name).trim() || 'gray';
}

/** Makes a canvas as sharp as the screen; null where there is none to draw on. */
export function sharpContext(
  element: HTMLCanvasElement | null,
  size: { readonly width: number; readonly height: number },
): CanvasRenderingContext2D | null {
  const context = element?.getContext('2d') ?? null;
  if (element === null || context === null) return null;
  const ratio = window.devicePixelRatio || 1;
  element.width = Math.round(size.width * ratio);
  element.height = Math.round(size.height * ratio);
  context.scale(ratio, ratio);
  return context;
}
