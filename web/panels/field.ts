import { z } from 'zod';
import type { ChartPoint, ChartState, Threshold } from '../charts/index.ts';
import { type ChartText, formatValue } from '../charts/index.ts';
import type { FieldOverride, FieldSettings, Panel, ValueMapping } from './dashboard-model.ts';

/** Grafana's colour names as states: a dashboard of ours colours thresholds only by these. */
const stateNames: readonly (readonly [RegExp, ChartState])[] = [
  [/green/, 'good'],
  [/blue/, 'information'],
  [/yellow|orange/, 'warning'],
  [/red/, 'page'],
  [/purple/, 'safety'],
];

/** The state that a Grafana colour stands for; undefined for neutral and custom colours. */
export function stateOfColour(colour: string | undefined): ChartState | undefined {
  return stateNames.find(([pattern]) => pattern.test(colour ?? ''))?.[1];
}

/** Threshold steps as states. The base step, below all values, is at -Infinity. */
export function thresholdsOf(settings: FieldSettings, text: ChartText): readonly Threshold[] {
  return (settings.thresholds?.steps ?? []).flatMap((step) => {
    const state = stateOfColour(step.color);
    if (state === undefined) return [];
    return [{ value: step.value ?? Number.NEGATIVE_INFINITY, state, label: text.states[state] }];
  });
}

const applied: Readonly<Record<string, readonly string[]>> = { table: ['organize', 'merge'] };

/** What a panel asks for and this page does not do, by Grafana's names: said beside the data, never dropped unsaid. */
export function notApplied(panel: Panel): readonly string[] {
  const known = applied[panel.type] ?? [];
  const transformations = (panel.transformations ?? [])
    .map(({ id }) => id)
    .filter((id) => !known.includes(id));
  return [...transformations, ...(panel.repeat ? [`repeat by ${panel.repeat}`] : [])];
}

export interface MappedValue {
  readonly text: string | undefined;
  readonly state: ChartState | undefined;
}

/** The words that a mapping has for a value; the first mapping that fits wins. */
export function mapValue(value: number | null, mappings: readonly ValueMapping[]): MappedValue | undefined {
  for (const mapping of mappings) {
    const result = mappingResult(value, mapping);
    if (result !== undefined) return { text: result.text, state: stateOfColour(result.color) };
  }
  return undefined;
}

function mappingResult(
  value: number | null,
  mapping: ValueMapping,
): { text?: string | undefined; color?: string | undefined } | undefined {
  switch (mapping.type) {
    case 'value':
      return value === null ? undefined : mapping.options[`${value}`];
    case 'range': {
      const { from, to, result } = mapping.options;
      const inside =
        value !== null &&
        value >= (from ?? Number.NEGATIVE_INFINITY) &&
        value <= (to ?? Number.POSITIVE_INFINITY);
      return inside ? result : undefined;
    }
    case 'special': {
      const { match, result } = mapping.options;
      const empty = value === null && (match === 'null' || match === 'null+nan');
      const notNumber = Number.isNaN(value) && (match === 'nan' || match === 'null+nan');
      return empty || notNumber ? result : undefined;
    }
    case 'regex':
      return undefined;
  }
}

const reducers: Readonly<
  Record<string, (values: readonly number[], points: readonly ChartPoint[]) => number | null>
> = {
  lastNotNull: (values) => values.at(-1) ?? null,
  last: (_, points) => points.at(-1)?.[1] ?? null,
  firstNotNull: (values) => values[0] ?? null,
  first: (_, points) => points[0]?.[1] ?? null,
  max: (values) => (values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b))),
  min: (values) => (values.length === 0 ? null : values.reduce((a, b) => Math.min(a, b))),
  mean: (values) =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value / values.length, 0),
  sum: (values) => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)),
  count: (values) => values.length,
  range: (values) =>
    values.length === 0
      ? null
      : values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b)),
  diff: (values) => (values.length === 0 ? null : values.at(-1)! - values[0]!),
};

/** A series as one number by Grafana's reducer id; one that is not known counts as `lastNotNull`. */
export function reducePoints(points: readonly ChartPoint[], calculation: string | undefined): number | null {
  const values = points.flatMap(([, value]) => (value === null || Number.isNaN(value) ? [] : [value]));
  const reducer = reducers[calculation ?? 'lastNotNull'] ?? reducers.lastNotNull!;
  return reducer(values, points);
}

const overriddenValue = {
  unit: z.string(),
  decimals: z.number(),
  displayName: z.string(),
  min: z.number(),
  max: z.number(),
} as const;

const lineStyle = z.object({ fill: z.string().optional() });
const fixedColour = z.object({ fixedColor: z.string().optional() });

function matches(matcher: FieldOverride['matcher'], name: string, refId: string): boolean {
  const wanted = matcher.options;
  if (matcher.id === 'byName') return wanted === name;
  if (matcher.id === 'byFrameRefID') return wanted === refId;
  if (matcher.id === 'byRegexp' && typeof wanted === 'string') {
    try {
      return new RegExp(wanted.replace(/^\/(.*)\/[a-z]*$/, '$1')).test(name);
    } catch {
      return false;
    }
  }
  return false;
}

/** A field's settings: the panel's defaults with the overrides that match its name or its query. */
export function settingsFor(panel: Panel, name: string, refId: string): FieldSettings {
  const settings: Record<string, unknown> = { ...panel.fieldConfig.defaults };
  for (const { matcher, properties } of panel.fieldConfig.overrides) {
    if (!matches(matcher, name, refId)) continue;
    for (const { id, value } of properties) {
      if (id in overriddenValue) {
        const parsed = overriddenValue[id as keyof typeof overriddenValue].safeParse(value);
        if (parsed.success) settings[id] = parsed.data;
      } else if (id === 'custom.lineStyle') {
        const parsed = lineStyle.safeParse(value);
        if (parsed.success)
          settings.custom = { ...panel.fieldConfig.defaults.custom, lineStyle: parsed.data };
      } else if (id === 'color') {
        const parsed = fixedColour.safeParse(value);
        if (parsed.success) settings.color = parsed.data;
      }
    }
  }
  return settings as FieldSettings;
}

/** A field's value in words: mapped, formatted or said to be missing. */
export function displayValue(
  value: number | null,
  settings: FieldSettings,
  locale: string,
  text: ChartText,
): string {
  const mapped = mapValue(value, settings.mappings ?? [])?.text;
  if (mapped !== undefined) return mapped;
  if (value === null) return settings.noValue ?? text.noData;
  return formatValue(value, { unit: settings.unit, decimals: settings.decimals ?? undefined, locale });
}
