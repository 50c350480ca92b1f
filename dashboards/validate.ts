import { TidewardenError } from '../model/errors.ts';

/** A dashboard of ours that is not fit to be shown; `problems` says what and where, one a line. */
export class DashboardError extends TidewardenError {
  override readonly name = 'DashboardError';
  readonly problems: readonly string[];
  constructor(uid: string, problems: readonly string[]) {
    super('dashboard_invalid', `dashboard ${uid} is not valid: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** Throws, with a message that says where, on a text that is not PromQL. */
export type ParseQuery = (query: string) => unknown;

const COLUMNS = 24;

/** Values under which every query must parse: as Grafana and our web fill them in. */
const sampleValues: Readonly<Record<string, string>> = {
  __rate_interval: '40s',
  __interval: '10s',
  __range: '1h',
  datasource: 'prometheus',
};

interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** What the check reads of a panel. */
export interface CheckedPanel {
  type: string;
  id?: number | undefined;
  title?: string | undefined;
  description?: string | undefined;
  gridPos?: Place | undefined;
  targets?: object[] | undefined;
  fieldConfig?: { defaults?: { unit?: string | undefined } | undefined } | undefined;
}

/** What the check reads of a dashboard. */
export interface CheckedDashboard {
  uid?: string | undefined;
  title?: string | undefined;
  panels?: CheckedPanel[] | undefined;
  templating?: { list?: { name: string }[] | undefined } | undefined;
}

/** Everything that is wrong with a dashboard; empty when it is fit to be shown. */
export function dashboardProblems(dashboard: CheckedDashboard, parseQuery: ParseQuery): readonly string[] {
  const panels = dashboard.panels ?? [];
  const declared = new Set((dashboard.templating?.list ?? []).map((variable) => variable.name));
  return [
    ...(dashboard.uid === undefined || dashboard.uid === '' ? ['has no uid'] : []),
    ...(dashboard.title === undefined || dashboard.title === '' ? ['has no title'] : []),
    ...(panels.length === 0 ? ['has no panels'] : []),
    ...(declared.has('datasource') ? [] : ['has no variable "datasource" of type prometheus']),
    ...duplicateIds(panels),
    ...placeProblems(panels),
    ...panels.flatMap((panel) => (panel.type === 'row' ? [] : panelProblems(panel, declared, parseQuery))),
  ];
}

const nameOf = (panel: CheckedPanel): string => `panel ${panel.id ?? '?'} "${panel.title ?? ''}"`;

function duplicateIds(panels: readonly CheckedPanel[]): string[] {
  const seen = new Set<number>();
  return panels.flatMap((panel) => {
    if (panel.id === undefined) return [`${nameOf(panel)} has no id`];
    if (seen.has(panel.id)) return [`${nameOf(panel)} repeats the id of another`];
    seen.add(panel.id);
    return [];
  });
}

function placeProblems(panels: readonly CheckedPanel[]): string[] {
  const found: string[] = [];
  panels.forEach((panel, index) => {
    const place = panel.gridPos;
    if (place === undefined) {
      found.push(`${nameOf(panel)} has no place in the grid`);
      return;
    }
    if (place.x < 0 || place.w < 1 || place.h < 1 || place.x + place.w > COLUMNS)
      found.push(`${nameOf(panel)} leaves the grid of ${COLUMNS} columns`);
    for (const other of panels.slice(0, index))
      if (other.gridPos !== undefined && overlap(place, other.gridPos))
        found.push(`${nameOf(panel)} overlaps ${nameOf(other)}`);
  });
  return found;
}

const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

function panelProblems(panel: CheckedPanel, declared: ReadonlySet<string>, parseQuery: ParseQuery): string[] {
  const name = nameOf(panel);
  const found: string[] = [];
  if (panel.title === undefined || panel.title === '') found.push(`${name} has no title`);
  if (panel.type === 'text') return found;
  if (panel.description === undefined || panel.description === '') found.push(`${name} has no description`);
  if (panel.fieldConfig?.defaults?.unit === undefined) found.push(`${name} has no unit`);
  const targets = panel.targets ?? [];
  if (targets.length === 0) found.push(`${name} has no query`);
  for (const target of targets) {
    const expr = 'expr' in target && typeof target.expr === 'string' ? target.expr : '';
    found.push(...queryProblems(expr, declared, parseQuery).map((problem) => `${name}: ${problem}`));
  }
  return found;
}

function queryProblems(expr: string, declared: ReadonlySet<string>, parseQuery: ParseQuery): string[] {
  const unknown: string[] = [];
  const filled = expr.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => {
    const value = sampleValues[name] ?? (declared.has(name) ? 'sample' : undefined);
    if (value === undefined) unknown.push(`asks for an unknown variable ${whole}`);
    return value ?? whole;
  });
  if (unknown.length > 0) return unknown;
  try {
    parseQuery(filled);
    return [];
  } catch (error) {
    return [`${error instanceof Error ? error.message : String(error)} in ${expr}`];
  }
}
