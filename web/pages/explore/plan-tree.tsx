import { useTranslation } from 'react-i18next';
import type { QueryExplanation } from '../../../model/api/query-plan.ts';
import { useFormat } from '../../i18n/format.ts';
import { MarkIcon } from '../../parts/mark.tsx';
import { type PlanRow, planRows, summarisePlan } from './plan.ts';
import classes from './plan-tree.module.css';

/** How a query was worked out: a tree of its parts with who did each, from how many rows and in what time. */
export function PlanTree({ explanation }: { readonly explanation: QueryExplanation }) {
  const { t } = useTranslation();
  const format = useFormat();
  const summary = summarisePlan(explanation);
  const phases = [
    ['parse', explanation.parseMs],
    ['plan', explanation.planMs],
    ['evaluate', explanation.evaluateMs],
  ] as const;
  return (
    <div className={classes.plan}>
      <p className={classes.summary}>
        <strong>{t('explore.plan.total', { time: format.duration(explanation.totalMs) })}</strong>
        {phases.map(([phase, ms]) => (
          <span key={phase}>
            {t(`explore.plan.${phase}`)} {format.duration(ms)}
          </span>
        ))}
        <span>
          {t('explore.plan.rows', {
            count: explanation.rowsRead,
            rows: format.number(explanation.rowsRead, 0),
          })}
        </span>
        <span>{t('explore.plan.pushed', { count: summary.pushedDown })}</span>
      </p>
      {(summary.resolution === '5m' || summary.resolution === 'mixed') && (
        <p className={classes.rolledUp}>
          <MarkIcon mark="information" />
          <span>{t(`explore.plan.resolution.${summary.resolution}`)}</span>
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it scrolls, and a keyboard must be able to */}
      <div className={classes.scroll} tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('explore.plan.part')}</th>
              <th scope="col">{t('explore.plan.where')}</th>
              <th scope="col">{t('explore.plan.samples')}</th>
              <th scope="col" className={classes.number}>
                {t('explore.plan.seriesGiven')}
              </th>
              <th scope="col" className={classes.number}>
                {t('explore.plan.rowsRead')}
              </th>
              <th scope="col">{t('explore.plan.ownTime')}</th>
            </tr>
          </thead>
          <tbody>
            {planRows(explanation).map((row) => (
              <Part key={row.id} row={row} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Part({ row }: { readonly row: PlanRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { node } = row;
  return (
    <tr>
      <th scope="row" style={{ paddingInlineStart: 8 + row.depth * 16 }}>
        <code className={classes.expr}>{node.expr}</code>
        {node.pushedDown !== null && (
          <span className={classes.pushed}>
            {t('explore.plan.pushedDown')} <code>{node.pushedDown}</code>
          </span>
        )}
      </th>
      <td>
        <span className={classes.where} data-where={node.where}>
          {t(`explore.plan.by.${node.where}`)}
        </span>
      </td>
      <td>
        {node.resolution === null ? (
          <span className={classes.none}>–</span>
        ) : (
          <span className={classes.where} data-resolution={node.resolution}>
            {t(`explore.plan.read.${node.resolution}`)}
          </span>
        )}
      </td>
      <td className={classes.number}>{format.number(node.series, 0)}</td>
      <td className={classes.number}>{format.number(node.rowsRead, 0)}</td>
      <td>
        <span className={classes.time}>
          <span className={classes.track} aria-hidden>
            <span className={classes.bar} style={{ width: `${Math.max(1, row.bar * 100)}%` }} />
          </span>
          <span className={classes.ms}>
            {format.duration(node.ms)} · {format.percent(row.share, 0)}
          </span>
        </span>
      </td>
    </tr>
  );
}
