import { z } from 'zod';

/**
 * The part of Grafana's dashboard JSON (schema versions 30 to 42, "v1") that this page draws. Everything else is kept
 * out on purpose: what is not named here has no effect.
 */
const gridPos = z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() });

const thresholdStep = z.object({ value: z.number().nullish(), color: z.string().default('') });

const mappingResult = z.object({ text: z.string().optional(), color: z.string().optional() });
const valueMapping = z.discriminatedUnion('type', [
  z.object({ type: z.literal('value'), options: z.record(z.string(), mappingResult) }),
  z.object({
    type: z.literal('range'),
    options: z.object({ from: z.number().nullish(), to: z.number().nullish(), result: mappingResult }),
  }),
  z.object({
    type: z.literal('special'),
    options: z.object({ match: z.string(), result: mappingResult }),
  }),
  z.object({ type: z.literal('regex'), options: z.object({ pattern: z.string(), result: mappingResult }) }),
]);
export type ValueMapping = z.infer<typeof valueMapping>;

const fieldSettings = z.object({
  unit: z.string().optional(),
  decimals: z.number().nullish(),
  min: z.number().nullish(),
  max: z.number().nullish(),
  displayName: z.string().optional(),
  noValue: z.string().optional(),
  thresholds: z.object({ mode: z.string().optional(), steps: z.array(thresholdStep) }).optional(),
  mappings: z.array(valueMapping).optional(),
  color: z.object({ mode: z.string().optional(), fixedColor: z.string().optional() }).optional(),
  custom: z
    .object({
      fillOpacity: z.number().optional(),
      stacking: z.object({ mode: z.string().optional() }).optional(),
      thresholdsStyle: z.object({ mode: z.string().optional() }).optional(),
      lineStyle: z.object({ fill: z.string().optional() }).optional(),
    })
    .optional(),
});
export type FieldSettings = z.infer<typeof fieldSettings>;

const override = z.object({
  matcher: z.object({ id: z.string(), options: z.unknown().optional() }),
  properties: z.array(z.object({ id: z.string(), value: z.unknown().optional() })),
});
export type FieldOverride = z.infer<typeof override>;

const target = z.object({
  refId: z.string().default('A'),
  expr: z.string().default(''),
  legendFormat: z.string().optional(),
  instant: z.boolean().optional(),
  range: z.boolean().optional(),
  hide: z.boolean().optional(),
  interval: z.string().optional(),
});

const link = z.object({
  title: z.string().default(''),
  url: z.string().default(''),
  targetBlank: z.boolean().optional(),
  tooltip: z.string().optional(),
});

const transformation = z.object({ id: z.string(), options: z.unknown().optional() });

const panelBase = z.object({
  id: z.number().optional(),
  type: z.string(),
  title: z.string().default(''),
  description: z.string().optional(),
  gridPos: gridPos.default({ x: 0, y: 0, w: 24, h: 8 }),
  interval: z.string().nullish(),
  maxDataPoints: z.number().nullish(),
  repeat: z.string().nullish(),
  targets: z.array(target).default([]),
  links: z.array(link).nullish(),
  transformations: z.array(transformation).nullish(),
  fieldConfig: z
    .object({ defaults: fieldSettings.default({}), overrides: z.array(override).default([]) })
    .default({ defaults: {}, overrides: [] }),
  options: z
    .object({
      legend: z
        .object({
          displayMode: z.string().optional(),
          showLegend: z.boolean().optional(),
        })
        .optional(),
      reduceOptions: z.object({ calcs: z.array(z.string()).optional() }).optional(),
      graphMode: z.string().optional(),
      mode: z.string().optional(),
      content: z.string().optional(),
    })
    .default({}),
});
export type Panel = z.infer<typeof panelBase>;

const rowPanel = panelBase.extend({
  collapsed: z.boolean().optional(),
  panels: z.array(panelBase).nullish(),
});

const variable = z.object({
  name: z.string(),
  type: z.string(),
  label: z.string().nullish(),
  hide: z.union([z.number(), z.string()]).nullish(),
  multi: z.boolean().optional(),
  includeAll: z.boolean().optional(),
  allValue: z.string().nullish(),
  query: z.unknown().optional(),
  current: z.object({ value: z.union([z.string(), z.array(z.string())]).optional() }).nullish(),
  options: z.array(z.object({ value: z.union([z.string(), z.array(z.string())]) })).nullish(),
});

const dashboard = z.object({
  uid: z.string().nullish(),
  title: z.string().default(''),
  description: z.string().nullish(),
  panels: z.array(rowPanel).default([]),
  templating: z.object({ list: z.array(variable).default([]) }).default({ list: [] }),
  links: z.array(link.extend({ type: z.string().optional() })).nullish(),
});

/** A template variable as the page uses it. */
export interface DashboardVariable {
  readonly name: string;
  readonly label: string;
  readonly kind: string;
  /** `label_values(metric, label)` of a query variable, as written. */
  readonly query: string;
  readonly options: readonly string[];
  readonly current: string;
  readonly allValue: string;
  readonly hidden: boolean;
}

/** Panels under one row heading; the first section may have none. */
export interface DashboardSection {
  readonly title: string | null;
  readonly collapsed: boolean;
  readonly panels: readonly Panel[];
}

interface DashboardModel {
  readonly title: string;
  readonly sections: readonly DashboardSection[];
  readonly variables: readonly DashboardVariable[];
  readonly links: readonly { readonly title: string; readonly url: string }[];
}

export type ParsedDashboard =
  | { readonly ok: true; readonly model: DashboardModel }
  | { readonly ok: false; readonly reason: string };

const first = (value: string | readonly string[] | undefined): string =>
  typeof value === 'string' ? value : (value?.[0] ?? '');

function variableQuery(query: unknown): string {
  if (typeof query === 'string') return query;
  const wrapped = z.object({ query: z.string() }).safeParse(query);
  return wrapped.success ? wrapped.data.query : '';
}

function sectionsOf(panels: z.infer<typeof dashboard>['panels']): readonly DashboardSection[] {
  const ordered = [...panels].sort((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x);
  const sections: { title: string | null; collapsed: boolean; panels: Panel[] }[] = [
    { title: null, collapsed: false, panels: [] },
  ];
  for (const panel of ordered) {
    if (panel.type !== 'row') sections.at(-1)!.panels.push(panel);
    else
      sections.push({
        title: panel.title,
        collapsed: panel.collapsed === true,
        panels: [...(panel.panels ?? [])],
      });
  }
  return sections.filter((section) => section.title !== null || section.panels.length > 0);
}

/** Grafana's API and its «share» export put the dashboard inside an envelope. */
const envelope = z.object({ dashboard: z.record(z.string(), z.unknown()) });
/** Grafana 12's second schema, which names panels in `spec.elements`. */
const secondSchema = z.object({ spec: z.object({ elements: z.unknown() }) });

/** Reads Grafana dashboard JSON; says what is wrong and where instead of drawing half of it. */
export function parseDashboard(json: unknown): ParsedDashboard {
  if (secondSchema.safeParse(json).success)
    return { ok: false, reason: 'spec.elements: this is schema v2; export it as the classic model (v1)' };
  const wrapped = envelope.safeParse(json);
  const parsed = dashboard.safeParse(wrapped.success ? wrapped.data.dashboard : json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return {
      ok: false,
      reason: `${issue?.path.join('.') || 'dashboard'}: ${issue?.message ?? 'not readable'}`,
    };
  }
  const { data } = parsed;
  if (data.panels.length === 0) return { ok: false, reason: 'panels: there are none' };
  return {
    ok: true,
    model: {
      title: data.title,
      sections: sectionsOf(data.panels),
      variables: data.templating.list.map((one) => ({
        name: one.name,
        label: one.label ?? one.name,
        kind: one.type,
        query: variableQuery(one.query),
        options: (one.options ?? []).map((option) => first(option.value)),
        current: first(one.current?.value),
        allValue: one.allValue ?? '.*',
        hidden: one.hide === 2 || one.hide === 'hideVariable' || one.type === 'datasource',
      })),
      links: (data.links ?? []).filter((one) => one.url !== '').map(({ title, url }) => ({ title, url })),
    },
  };
}
