import { ActionIcon, Menu, Popover } from '@mantine/core';
import {
  IconAlertTriangle,
  IconChartLine,
  IconCompass,
  IconDotsVertical,
  IconExternalLink,
  IconInfoCircle,
  IconTable,
} from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import {
  type AlertStateBand,
  AutoSize,
  type ChartAnnotation,
  type ChartText,
  type TimeRange,
} from '../charts/index.ts';
import { fillText } from '../charts/messages.ts';
import { formatMinute } from '../charts/time-format.ts';
import type { DashboardVariable, Panel } from './dashboard-model.ts';
import { Markdown } from './markdown.tsx';
import { PanelBody, queryPanelTypes } from './panel-body.tsx';
import { type PanelData, planQueries, type RunPanelQuery, usePanelData } from './panel-data.ts';
import type { QueryQueue } from './query-queue.ts';
import { interpolateText, interpolateUrl } from './template.ts';

/** What all panels of a dashboard share. */
export interface PanelContext {
  readonly values: Readonly<Record<string, string>>;
  readonly variables: readonly DashboardVariable[];
  readonly range: TimeRange;
  readonly tick: number;
  readonly scrapeMs: number;
  readonly run: RunPanelQuery;
  readonly queue: QueryQueue;
  readonly annotations: readonly ChartAnnotation[];
  readonly alertStatesFor: ((panel: Panel) => readonly AlertStateBand[]) | undefined;
  readonly onZoom: ((range: TimeRange) => void) | undefined;
  readonly onZoomBack: (() => void) | undefined;
  readonly onExplore: ((expr: string, range: TimeRange) => void) | undefined;
  readonly locale: string;
  readonly timeZone: string | undefined;
  readonly text: ChartText;
}

const isQueryPanel = (type: string): boolean => (queryPanelTypes as readonly string[]).includes(type);

/** One panel: its frame, its states and its inside. */
export function PanelView({ panel, context }: { readonly panel: Panel; readonly context: PanelContext }) {
  const title = interpolateText(panel.title, context.values);
  if (panel.type === 'text')
    return (
      <PanelFrame panel={panel} title={title} context={context}>
        <div className="twp-scroll">
          <Markdown source={interpolateText(panel.options.content ?? '', context.values)} />
        </div>
      </PanelFrame>
    );
  if (!isQueryPanel(panel.type))
    return (
      <PanelFrame panel={panel} title={title} context={context}>
        <p className="twp-message">{fillText(context.text.unknownPanel, { type: panel.type })}</p>
      </PanelFrame>
    );
  return <QueryPanel panel={panel} title={title} context={context} />;
}

function QueryPanel({
  panel,
  title,
  context,
}: {
  readonly panel: Panel;
  readonly title: string;
  readonly context: PanelContext;
}) {
  const box = useRef<HTMLDivElement>(null);
  const visible = useInView(box);
  const width = useMeasuredWidth(box);
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const [retries, setRetries] = useState(0);
  const input = {
    panel,
    values: context.values,
    variables: context.variables,
    range: context.range,
    width,
    scrapeMs: context.scrapeMs,
  };
  const data = usePanelData({
    ...input,
    run: context.run,
    queue: context.queue,
    visible: visible && width > 0,
    tick: context.tick + retries * 1e6,
  });
  const age = useAge(data, context.text);
  const plan = planQueries({ ...input, width: Math.max(1, width) });
  const expr = plan.ok ? plan.queries[0]?.query.expr : panel.targets[0]?.expr;
  const explore =
    context.onExplore === undefined || expr === undefined
      ? undefined
      : () => context.onExplore?.(expr, context.range);
  return (
    <PanelFrame
      panel={panel}
      title={title}
      context={context}
      boxRef={box}
      busy={data.loading}
      age={age}
      warnings={data.result?.warnings ?? []}
      view={view}
      onView={panel.type === 'timeseries' || panel.type === 'graph' ? setView : undefined}
      onExplore={explore}
    >
      <PanelInside
        panel={panel}
        title={title}
        context={context}
        data={data}
        stale={age !== undefined}
        view={view}
        onRetry={() => setRetries((count) => count + 1)}
        onExplore={explore}
      />
    </PanelFrame>
  );
}

interface PanelInsideProps {
  readonly panel: Panel;
  readonly title: string;
  readonly context: PanelContext;
  readonly data: PanelData;
  readonly stale: boolean;
  readonly view: 'chart' | 'table';
  readonly onRetry: () => void;
  readonly onExplore: (() => void) | undefined;
}

function PanelInside({ panel, title, context, data, stale, view, onRetry, onExplore }: PanelInsideProps) {
  const { text, locale, timeZone } = context;
  const { result, problem } = data;
  const trouble =
    problem === null ? null : (
      <div className="twp-problem" role="alert">
        {problem.kind === 'unset-variable' ? (
          <p>{fillText(text.unsetVariable, { name: problem.name })}</p>
        ) : (
          <>
            <strong>{text.queryFailed}</strong>
            <p className="twp-problem-message">{problem.message}</p>
            {result === null ? <p>{text.queryFailedRemedy}</p> : null}
            <span className="twp-problem-actions">
              <button type="button" onClick={onRetry}>
                {text.retry}
              </button>
              {onExplore === undefined ? null : (
                <button type="button" onClick={onExplore}>
                  {text.exploreQuery}
                </button>
              )}
            </span>
          </>
        )}
      </div>
    );
  if (result === null) return trouble ?? <Skeleton type={panel.type} label={text.loading} />;
  const empty = result.series.every((one) => one.points.length === 0);
  const asked = result.range;
  return (
    <div className="twp-inside" data-stale={stale || problem !== null}>
      {trouble}
      {empty ? (
        <div className="twp-message">
          <strong>{panel.fieldConfig.defaults.noValue ?? text.noData}</strong>
          <p>
            {fillText(text.noDataWhy, {
              from: formatMinute(asked.fromMs, locale, timeZone),
              to: formatMinute(asked.toMs, locale, timeZone),
            })}
          </p>
        </div>
      ) : (
        <AutoSize className="twp-draw">
          {(size) => (
            <PanelBody
              panel={panel}
              title={title}
              series={result.series}
              range={asked}
              size={size}
              view={view}
              annotations={context.annotations}
              alertStates={context.alertStatesFor?.(panel) ?? []}
              onZoom={context.onZoom}
              onZoomBack={context.onZoomBack}
              locale={locale}
              text={text}
            />
          )}
        </AutoSize>
      )}
    </div>
  );
}

function Skeleton({ type, label }: { readonly type: string; readonly label: string }) {
  return (
    <div className="twp-skeleton" data-type={type} role="status" aria-label={label}>
      <span />
      <span />
      <span />
      <span />
    </div>
  );
}

interface PanelFrameProps {
  readonly panel: Panel;
  readonly title: string;
  readonly context: PanelContext;
  readonly children: ReactNode;
  readonly boxRef?: React.RefObject<HTMLDivElement | null>;
  readonly busy?: boolean;
  readonly age?: string | undefined;
  readonly warnings?: readonly string[];
  readonly view?: 'chart' | 'table';
  readonly onView?: ((view: 'chart' | 'table') => void) | undefined;
  readonly onExplore?: (() => void) | undefined;
}

function PanelFrame(props: PanelFrameProps) {
  const { panel, title, context, warnings = [], age } = props;
  const { text } = context;
  return (
    <section className="twp-panel" ref={props.boxRef} aria-label={title} aria-busy={props.busy ?? false}>
      <header className="twp-head">
        <h3 title={title}>{title}</h3>
        {panel.description === undefined || panel.description === '' ? null : (
          <Note icon={<IconInfoCircle size={14} />} label={`${text.description}: ${title}`}>
            <Markdown source={interpolateText(panel.description, context.values)} />
          </Note>
        )}
        {warnings.length === 0 ? null : (
          <Note icon={<IconAlertTriangle size={14} />} label={`${text.partial}: ${title}`} warning>
            <strong>{text.partial}</strong>
            {warnings.map((warning) => (
              <p key={warning}>{warning}</p>
            ))}
          </Note>
        )}
        <span className="twp-age">{age ?? ''}</span>
        <PanelMenu {...props} />
      </header>
      <div className="twp-body">{props.children}</div>
    </section>
  );
}

function Note({
  icon,
  label,
  warning = false,
  children,
}: {
  readonly icon: ReactNode;
  readonly label: string;
  readonly warning?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <Popover width={320} position="bottom-start" withinPortal>
      <Popover.Target>
        <ActionIcon
          size={20}
          variant="subtle"
          color="gray"
          aria-label={label}
          className={warning ? 'twp-warning' : 'twp-note'}
        >
          {icon}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className="twp-popover">{children}</Popover.Dropdown>
    </Popover>
  );
}

function PanelMenu({ panel, title, context, view, onView, onExplore }: PanelFrameProps) {
  const { text } = context;
  const links = (panel.links ?? []).flatMap((link) => {
    const href = interpolateUrl(link.url, context.values);
    return href === undefined ? [] : [{ href, title: interpolateText(link.title, context.values) }];
  });
  const description = panel.description ?? '';
  if (links.length === 0 && onView === undefined && onExplore === undefined && description === '')
    return null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          size={20}
          variant="subtle"
          color="gray"
          className="twp-menu"
          aria-label={fillText(text.panelMenu, { title })}
        >
          <IconDotsVertical size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown maw={300}>
        {description === '' ? null : (
          <Menu.Label className="twp-menu-note">{interpolateText(description, context.values)}</Menu.Label>
        )}
        {onExplore === undefined ? null : (
          <Menu.Item leftSection={<IconCompass size={14} />} onClick={onExplore}>
            {text.exploreQuery}
          </Menu.Item>
        )}
        {onView === undefined ? null : (
          <Menu.Item
            leftSection={view === 'table' ? <IconChartLine size={14} /> : <IconTable size={14} />}
            onClick={() => onView(view === 'table' ? 'chart' : 'table')}
          >
            {view === 'table' ? text.showChart : text.showTable}
          </Menu.Item>
        )}
        {links.map((link) => (
          <Menu.Item
            key={link.href}
            component="a"
            href={link.href}
            leftSection={<IconExternalLink size={14} />}
          >
            {link.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Whether an element is on the screen or nearly so; true where the browser cannot say. */
function useInView(box: React.RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (typeof IntersectionObserver === 'undefined') {
      setSeen(true);
      return;
    }
    const observer = new IntersectionObserver(
      (entries) => setSeen(entries.some((entry) => entry.isIntersecting)),
      { rootMargin: '200px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return seen;
}

/** The width in steps of 50 px, so that dragging a window's edge does not ask anew at every pixel; 0 until measured. */
function useMeasuredWidth(box: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => setWidth(Math.max(50, Math.round(element.clientWidth / 50) * 50));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

const SLOW_MS = 1_500;

/** How old the shown data is, in words, while newer data is late or failed to come; undefined when it is fresh. */
function useAge(data: PanelData, text: ChartText): string | undefined {
  const [now, setNow] = useState<number | null>(null);
  const late = data.arrivedAt !== null && (data.loading || data.problem !== null);
  useEffect(() => {
    setNow(null);
    if (!late) return;
    const timer = setInterval(() => setNow(performance.now()), SLOW_MS);
    return () => clearInterval(timer);
  }, [late]);
  if (!late || now === null || data.arrivedAt === null) return undefined;
  const seconds = Math.max(1, Math.round((now - data.arrivedAt) / 1_000));
  return seconds < 120
    ? fillText(text.ageSeconds, { count: seconds })
    : fillText(text.ageMinutes, { count: Math.round(seconds / 60) });
}
