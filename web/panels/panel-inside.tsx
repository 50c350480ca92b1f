import { AutoSize, type TimeRange } from '../charts/index.ts';
import { fillText } from '../charts/messages.ts';
import { formatMinute } from '../charts/time-format.ts';
import type { Panel } from './dashboard-model.ts';
import { PanelBody } from './panel-body.tsx';
import type { PanelContext } from './panel-context.ts';
import type { PanelData } from './panel-loader.ts';
import type { PanelSeries } from './panel-query.ts';

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

/** What a query panel shows in each of its states. */
export function PanelInside({
  panel,
  title,
  context,
  data,
  stale,
  view,
  onRetry,
  onExplore,
}: PanelInsideProps) {
  const { text, locale } = context;
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
  const empty = isEmpty(panel, result.series);
  const asked = result.range;
  return (
    <div className="twp-inside" data-stale={stale || problem !== null}>
      {trouble}
      {empty ? (
        <NothingThere panel={panel} context={context} range={asked} />
      ) : (
        <AutoSize className="twp-draw">
          {(size) => (
            <PanelBody
              panel={panel}
              title={title}
              series={result.series}
              range={asked}
              stepMs={result.stepMs}
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

/** Whether nobody reported anything; limits that the dashboard itself draws as plain numbers do not count. */
function isEmpty(panel: Panel, series: readonly PanelSeries[]): boolean {
  const constants = new Set(
    panel.targets.filter((target) => Number.isFinite(Number(target.expr))).map((target) => target.refId),
  );
  return series.every((one) => one.points.length === 0 || constants.has(one.refId));
}

/** No data, which is not zero: a figure says it in two words, a graph has the room to say why. */
function NothingThere({
  panel,
  context: { text, locale, timeZone },
  range,
}: {
  readonly panel: Panel;
  readonly context: PanelContext;
  readonly range: TimeRange;
}) {
  const why = fillText(text.noDataWhy, {
    from: formatMinute(range.fromMs, locale, timeZone),
    to: formatMinute(range.toMs, locale, timeZone),
  });
  const words = panel.fieldConfig.defaults.noValue;
  if (panel.type === 'stat' || words !== undefined)
    return (
      <p className="twp-figure-missing" title={words === undefined ? why : undefined}>
        {words ?? text.noData}
      </p>
    );
  return (
    <div className="twp-message">
      <strong>{text.noData}</strong>
      <p>{why}</p>
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
