import { Button } from '@mantine/core';
import { IconTarget } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { spanQuery } from '../../api/queries.ts';
import { useFormat } from '../../i18n/format.ts';
import { MarkIcon, StateMark } from '../../parts/mark.tsx';
import { detailOf, firstCause, reasonOf } from './surroundings.ts';
import classes from './trace.module.css';
import type { TraceNode, Trouble } from './tree.ts';
import type { TraceView } from './use-trace-view.ts';
import { toggled } from './view-state.ts';

export interface SummaryProps {
  readonly traceId: string;
  readonly view: TraceView;
  readonly colours: ReadonlyMap<string, string>;
  /** There are more spans than the ones here. */
  readonly cut: boolean;
}

/** What failed and where, what was waited for, and what about the trace itself is not as it should be. */
export function Summary({ traceId, view, colours, cut }: SummaryProps) {
  const cause = firstCause(view.tree);
  return (
    <section className={classes.summary}>
      {cause !== null && <Cause cause={cause} traceId={traceId} view={view} />}
      <WaitedFor view={view} colours={colours} />
      <Doubts view={view} cut={cut} />
    </section>
  );
}

interface CauseProps {
  readonly cause: TraceNode;
  readonly traceId: string;
  readonly view: TraceView;
}

function Cause({ cause, traceId, view }: CauseProps) {
  const { t } = useTranslation();
  const said = useQuery(spanQuery(traceId, cause.span.spanId)).data;
  const reason = said === undefined ? '' : reasonOf(detailOf(cause, said));
  return (
    <p className={classes.cause}>
      <MarkIcon mark="page" />
      <span>
        {t('waterfall.failedFirst')}{' '}
        <button type="button" className={classes.jump} onClick={() => view.choose(cause)}>
          {cause.span.service}: {cause.span.name}
        </button>{' '}
        <span className={classes.reason}>{reason.slice(0, 300)}</span>
      </span>
    </p>
  );
}

/** As many services are named before the rest is one figure. */
const MOST_SERVICES = 12;

function WaitedFor({
  view,
  colours,
}: {
  readonly view: TraceView;
  readonly colours: ReadonlyMap<string, string>;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { path, tree, folds } = view;
  const waited = new Map(path.services.map((one) => [one.service, one]));
  const others = tree.services.filter((service) => !waited.has(service));
  const all = [...path.services.map(({ service }) => service), ...others];
  return (
    <div className={classes.waited}>
      <p className={classes.waitedHead}>
        <IconTarget size={14} aria-hidden />
        {t('waterfall.waitedFor', { time: format.duration(path.totalNano / 1e6) })}
      </p>
      <div className={classes.shares} aria-hidden>
        {path.services.map(({ service, share }) => (
          <span key={service} style={{ flexGrow: share, background: colours.get(service) }} title={service} />
        ))}
      </div>
      <ul className={classes.services} aria-label={t('waterfall.services')}>
        {all.slice(0, MOST_SERVICES).map((service) => {
          const own = waited.get(service);
          return (
            <li key={service}>
              <button
                type="button"
                className={classes.serviceChip}
                aria-pressed={folds.services.has(service)}
                title={t(folds.services.has(service) ? 'waterfall.unfoldService' : 'waterfall.foldService', {
                  service,
                })}
                onClick={() => view.setFolds({ ...folds, services: toggled(folds.services, service) })}
              >
                <span className={classes.swatch} style={{ background: colours.get(service) }} aria-hidden />
                <span className={classes.serviceName}>{service}</span>
                {own !== undefined && (
                  <span className={classes.dim}>
                    {format.duration(own.selfNano / 1e6)} · {format.percent(own.share, 0)}
                  </span>
                )}
              </button>
            </li>
          );
        })}
        {all.length > MOST_SERVICES && (
          <li className={classes.dim}>
            {t('waterfall.moreServices', { count: all.length - MOST_SERVICES })}
          </li>
        )}
      </ul>
    </div>
  );
}

const TROUBLES = ['parent-missing', 'cycle', 'same-id', 'negative-duration'] as const satisfies Trouble[];

function Doubts({ view, cut }: { readonly view: TraceView; readonly cut: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { tree } = view;
  const found = TROUBLES.filter((trouble) => tree.troubles[trouble] > 0);
  if (!cut && found.length === 0 && tree.copies === 0 && tree.clocks.length === 0) return null;
  return (
    <ul className={classes.doubts}>
      {cut && (
        <li>
          <StateMark mark="warning">
            {t('waterfall.cut', { shown: format.number(tree.nodes.length) })}
          </StateMark>
        </li>
      )}
      {tree.clocks.length > 0 && (
        <li>
          <StateMark mark="information">
            {t(view.clocksAdjusted ? 'waterfall.clocksAdjusted' : 'waterfall.clocksNotAdjusted', {
              clocks: format.list(
                tree.clocks
                  .slice(0, 4)
                  .map(
                    ({ service, offsetNano }) =>
                      `${service} ${offsetNano > 0 ? '+' : '−'}${format.duration(Math.abs(offsetNano) / 1e6)}`,
                  )
                  .concat(
                    tree.clocks.length > 4 ? [t('waterfall.more', { count: tree.clocks.length - 4 })] : [],
                  ),
              ),
            })}
          </StateMark>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => view.setSearch({ skew: view.clocksAdjusted ? '0' : undefined })}
          >
            {t(view.clocksAdjusted ? 'waterfall.asSent' : 'waterfall.adjust')}
          </Button>
        </li>
      )}
      {found.map((trouble) => (
        <li key={trouble}>
          <StateMark mark="unknown">
            {t(`waterfall.troubles.${trouble}`, {
              count: tree.troubles[trouble],
              shown: format.number(tree.troubles[trouble]),
            })}
          </StateMark>
        </li>
      ))}
      {tree.copies > 0 && (
        <li>
          <StateMark mark="unknown">
            {t('waterfall.copies', { count: tree.copies, shown: format.number(tree.copies) })}
          </StateMark>
        </li>
      )}
    </ul>
  );
}
