import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import {
  type AlertStateBand,
  type ChartAnnotation,
  ChartSettingsProvider,
  CrosshairProvider,
  chartTextFor,
  type TimeRange,
} from '../charts/index.ts';
import { fillText } from '../charts/messages.ts';
import { type DashboardSection, type Panel, parseDashboard } from './dashboard-model.ts';
import type { PanelContext } from './panel-context.ts';
import type { RunPanelQuery } from './panel-query.ts';
import { PanelView } from './panel-view.tsx';
import './panels.css';
import { createQueryQueue } from './query-queue.ts';
import { interpolateText, interpolateUrl } from './template.ts';
import { VariableBar } from './variable-bar.tsx';

export type { PanelQuery, PanelQueryResult, RunPanelQuery } from './panel-query.ts';

export interface DashboardViewProps {
  /** Grafana dashboard JSON, as served; checked before it is drawn. */
  readonly dashboard: unknown;
  /** Values of template variables; those missing take the dashboard's own current value. */
  readonly variables: Readonly<Record<string, string>>;
  /** Without it the page has fixed the variables and no selects are shown. */
  readonly onVariablesChange?: ((variables: Readonly<Record<string, string>>) => void) | undefined;
  readonly range: TimeRange;
  /** null: no refresh. */
  readonly refreshMs: number | null;
  /** The range slides on with time between the page's own changes of it. */
  readonly live: boolean;
  readonly onRangeChange?: ((range: TimeRange) => void) | undefined;
  /** Keep its identity between renders; all panels share it. */
  readonly runQuery: RunPanelQuery;
  readonly annotations?: readonly ChartAnnotation[] | undefined;
  /** Alert states to show under a panel's axis. */
  readonly alertStatesFor?: ((panel: Panel) => readonly AlertStateBand[]) | undefined;
  /** Opens a query in Explore; without it the menu has no such entry. */
  readonly onExplore?: ((expr: string, range: TimeRange) => void) | undefined;
  /** How often the services export metrics; rates look back at least four times that. */
  readonly scrapeMs?: number | undefined;
  readonly locale: string;
  readonly timeZone?: string | undefined;
}

const QUERIES_AT_ONCE = 6;
const noAnnotations: readonly ChartAnnotation[] = [];

/** A Grafana dashboard drawn by our own charts: the same file that Grafana imports. */
export function DashboardView(props: DashboardViewProps) {
  const { locale, timeZone } = props;
  const text = chartTextFor(locale);
  const parsed = useMemo(() => parseDashboard(props.dashboard), [props.dashboard]);
  const queue = useMemo(() => createQueryQueue(QUERIES_AT_ONCE), []);
  const clock = useRefresh(props.range, props.refreshMs, props.live);
  const zoom = useZoom(props.range, props.onRangeChange);
  const values = useMemo(() => {
    const own = parsed.ok ? parsed.model.variables : [];
    return { ...Object.fromEntries(own.map((one) => [one.name, one.current])), ...props.variables };
  }, [parsed, props.variables]);
  if (!parsed.ok)
    return (
      <p className="twp-message" role="alert">
        {fillText(text.invalidDashboard, { reason: parsed.reason })}
      </p>
    );
  const { model } = parsed;
  const context: PanelContext = {
    values,
    variables: model.variables,
    range: clock.range,
    tick: clock.tick,
    scrapeMs: props.scrapeMs ?? 10_000,
    run: props.runQuery,
    queue,
    annotations: props.annotations ?? noAnnotations,
    alertStatesFor: props.alertStatesFor,
    onZoom: zoom.zoom,
    onZoomBack: zoom.back,
    onExplore: props.onExplore,
    locale,
    timeZone,
    text,
  };
  return (
    <ChartSettingsProvider locale={locale} timeZone={timeZone}>
      <CrosshairProvider>
        <div className="twp-dashboard">
          {props.onVariablesChange === undefined ? null : (
            <VariableBar
              variables={model.variables}
              values={values}
              onChange={props.onVariablesChange}
              run={props.runQuery}
              range={props.range}
              text={text}
            />
          )}
          <DashboardLinks links={model.links} values={values} />
          {model.sections.map((section, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a dashboard have no id and may share a title
            <Section key={index} section={section} context={context} />
          ))}
        </div>
      </CrosshairProvider>
    </ChartSettingsProvider>
  );
}

function DashboardLinks({
  links,
  values,
}: {
  readonly links: readonly { readonly title: string; readonly url: string }[];
  readonly values: Readonly<Record<string, string>>;
}) {
  const safe = links.flatMap((link) => {
    const href = interpolateUrl(link.url, values);
    return href === undefined ? [] : [{ href, title: interpolateText(link.title, values) }];
  });
  if (safe.length === 0) return null;
  return (
    <nav className="twp-links">
      {safe.map((link) => (
        <a key={link.href} href={link.href}>
          {link.title}
        </a>
      ))}
    </nav>
  );
}

function Section({
  section,
  context,
}: {
  readonly section: DashboardSection;
  readonly context: PanelContext;
}) {
  const [collapsed, setCollapsed] = useState(section.collapsed);
  const title = section.title === null ? null : interpolateText(section.title, context.values);
  const top = Math.min(...section.panels.map((panel) => panel.gridPos.y));
  return (
    <section className="twp-section" aria-label={title ?? undefined}>
      {title === null ? null : (
        <h2>
          <button type="button" aria-expanded={!collapsed} onClick={() => setCollapsed(!collapsed)}>
            <span aria-hidden="true">{collapsed ? '▸' : '▾'}</span>
            {title}
          </button>
        </h2>
      )}
      {collapsed ? null : (
        <div className="twp-grid">
          {section.panels.map((panel, index) => (
            <div
              key={panel.id ?? index}
              className="twp-cell"
              data-type={panel.type}
              style={cellStyle(panel, top)}
            >
              <PanelView panel={panel} context={context} />
            </div>
          ))}
        </div>
      )}
    </section>
  );
}

/** A panel's place as CSS variables: the style sheet decides by the dashboard's width what to make of them. */
function cellStyle({ gridPos }: Panel, top: number): React.CSSProperties {
  return {
    '--twp-x': gridPos.x + 1,
    '--twp-y': gridPos.y - top + 1,
    '--twp-w': gridPos.w,
    '--twp-h': gridPos.h,
    '--twp-w-middle': Math.min(24, gridPos.w <= 4 ? 8 : gridPos.w * 2),
  } as React.CSSProperties;
}

/** Ticks every `refreshMs` while the page is seen; when live, the range slides by the time that has gone by. */
function useRefresh(
  range: TimeRange,
  refreshMs: number | null,
  live: boolean,
): { readonly range: TimeRange; readonly tick: number } {
  const { fromMs, toMs } = range;
  const [state, setState] = useState({ tick: 0, shiftMs: 0, fromMs, toMs });
  useEffect(() => {
    if (refreshMs === null) return;
    const started = performance.now();
    const advance = (): void => {
      if (document.visibilityState === 'hidden') return;
      const shiftMs = live ? performance.now() - started : 0;
      setState((old) => ({ tick: old.tick + 1, shiftMs, fromMs, toMs }));
    };
    const timer = setInterval(advance, Math.max(1_000, refreshMs));
    document.addEventListener('visibilitychange', advance);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', advance);
    };
  }, [refreshMs, live, fromMs, toMs]);
  // A range that the page has just set is taken as it is; the shift belongs to the one before.
  const shiftMs = live && state.fromMs === fromMs && state.toMs === toMs ? state.shiftMs : 0;
  return useMemo(
    () => ({ tick: state.tick, range: { fromMs: fromMs + shiftMs, toMs: toMs + shiftMs } }),
    [state.tick, fromMs, toMs, shiftMs],
  );
}

/** Zooming that any panel can undo: a double-click in one goes back on a zoom made in another. */
function useZoom(
  range: TimeRange,
  onRangeChange: ((range: TimeRange) => void) | undefined,
): { zoom: ((range: TimeRange) => void) | undefined; back: (() => void) | undefined } {
  const before = useRef<TimeRange[]>([]);
  const zoom = useCallback(
    (next: TimeRange) => {
      before.current.push(range);
      onRangeChange?.(next);
    },
    [range, onRangeChange],
  );
  const back = useCallback(() => {
    const previous = before.current.pop();
    if (previous !== undefined) onRangeChange?.(previous);
  }, [onRangeChange]);
  return onRangeChange === undefined ? { zoom: undefined, back: undefined } : { zoom, back };
}
