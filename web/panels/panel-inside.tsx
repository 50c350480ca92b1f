import { AutoSize } from '../charts/index.ts';
import { fillText } from '../charts/messages.ts';
import { formatMinute } from '../charts/time-format.ts';
import type { Panel } from './dashboard-model.ts';
import { PanelBody } from './panel-body.tsx';
import type { PanelContext } from './panel-context.ts';
import type { PanelData } from './panel-loader.ts';

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
