import { formatValue } from './format.ts';
import { type ChartText, fillText } from './messages.ts';
import { statisticsOf, trendOf } from './statistics.ts';
import { formatMinute } from './time-format.ts';
import type { ChartSeries, TimeRange } from './types.ts';

export interface SummaryInput {
  readonly title: string;
  readonly series: readonly ChartSeries[];
  readonly range: TimeRange;
  readonly unit?: string | undefined;
  readonly decimals?: number | undefined;
  readonly locale: string;
  readonly timeZone?: string | undefined;
  readonly text: ChartText;
}

const NAMED = 5;

/** The chart in words: title, range, and the last value and trend of the first series. */
export function summarise({
  title,
  series,
  range,
  text,
  locale,
  timeZone,
  unit,
  decimals,
}: SummaryInput): string {
  const from = formatMinute(range.fromMs, locale, timeZone);
  const to = formatMinute(range.toMs, locale, timeZone);
  const told = series.flatMap((one) => {
    const { last } = statisticsOf(one.points, range.fromMs, range.toMs);
    if (last === null) return [];
    return [
      fillText(text.summarySeries, {
        name: one.name,
        last: formatValue(last, { unit, decimals, locale }),
        trend: text[trendOf(one.points)],
      }),
    ];
  });
  if (told.length === 0) return fillText(text.summaryEmpty, { title, from, to });
  const more = told.length > NAMED ? ` ${fillText(text.moreSeries, { count: told.length - NAMED })}` : '';
  return fillText(text.summary, { title, from, to, series: told.slice(0, NAMED).join(' ') + more });
}
