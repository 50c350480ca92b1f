import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { type ChartText, chartTextFor } from './messages.ts';

/** What all charts of a page share. Colours come by CSS variables, so the theme needs no setting here. */
export interface ChartSettings {
  /** BCP 47, e.g. `en` or `zh-CN`: numbers, dates and words. */
  readonly locale: string;
  /** IANA zone for axis and tooltip; undefined is the viewer's own. */
  readonly timeZone?: string | undefined;
  readonly text: ChartText;
}

const SettingsContext = createContext<ChartSettings | null>(null);

/** Without a provider charts speak the document's language. */
function documentSettings(): ChartSettings {
  const locale = typeof document === 'undefined' ? 'en' : document.documentElement.lang || 'en';
  return { locale, text: chartTextFor(locale) };
}

export interface ChartSettingsProps {
  readonly locale: string;
  readonly timeZone?: string | undefined;
  readonly text?: ChartText | undefined;
  readonly children: ReactNode;
}

/** Sets locale, zone and words for every chart inside; a chart's own props win. */
export function ChartSettingsProvider({ locale, timeZone, text, children }: ChartSettingsProps) {
  const value = useMemo(
    () => ({ locale, timeZone, text: text ?? chartTextFor(locale) }),
    [locale, timeZone, text],
  );
  return <SettingsContext.Provider value={value}>{children}</SettingsContext.Provider>;
}

/** The props by which one chart departs from the page's settings. */
export interface LocalisedProps {
  readonly locale?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly text?: ChartText | undefined;
}

/** The page's settings with a chart's own props over them. */
export function useChartSettings(props: LocalisedProps): ChartSettings {
  const shared = useContext(SettingsContext) ?? documentSettings();
  const locale = props.locale ?? shared.locale;
  const timeZone = props.timeZone ?? shared.timeZone;
  const text = props.text ?? (props.locale === undefined ? shared.text : chartTextFor(locale));
  return useMemo(() => ({ locale, timeZone, text }), [locale, timeZone, text]);
}
