import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ServiceHealth } from '../../model/api/now.ts';
import { useFormat } from '../i18n/format.ts';
import { StateMark } from './mark.tsx';
import classes from './service-table.module.css';
import { SERVICE_MARK } from './states.ts';
import { RelativeTime } from './time-text.tsx';

export interface ServiceTableProps {
  readonly services: readonly ServiceHealth[];
  readonly compact?: boolean;
}

const ORDER = { silent: 0, late: 1, good: 2 } as const satisfies Record<ServiceHealth['state'], number>;

/** Who sends telemetry, the worst first; one click leads to a service's traces. */
export function ServiceTable({ services, compact = false }: ServiceTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const sorted = services.toSorted(
    (a, b) => ORDER[a.state] - ORDER[b.state] || a.service.localeCompare(b.service),
  );
  return (
    <table className={classes.table} data-compact={compact}>
      <thead>
        <tr>
          <th scope="col">{t('service.name')}</th>
          <th scope="col">{t('service.stateTitle')}</th>
          {!compact && <th scope="col">{t('service.instances')}</th>}
          <th scope="col">{t('service.traces')}</th>
          <th scope="col">{t('service.metrics')}</th>
          <th scope="col">{t('service.logs')}</th>
          {!compact && <th scope="col">{t('service.spansPerSecond')}</th>}
          {!compact && <th scope="col">{t('service.errorRatio')}</th>}
        </tr>
      </thead>
      <tbody>
        {sorted.map((service) => (
          <tr key={service.service}>
            <th scope="row">
              <Link to="/traces" search={{ service: service.service }}>
                {service.service}
              </Link>
            </th>
            <td>
              <StateMark mark={SERVICE_MARK[service.state]}>{t(`service.state.${service.state}`)}</StateMark>
            </td>
            {!compact && <Cell name={t('service.instances')}>{format.number(service.instances)}</Cell>}
            <Cell name={t('service.traces')}>
              <LastSeen ms={service.tracesMs} />
            </Cell>
            <Cell name={t('service.metrics')}>
              <LastSeen ms={service.metricsMs} />
            </Cell>
            <Cell name={t('service.logs')}>
              <LastSeen ms={service.logsMs} />
            </Cell>
            {!compact && (
              <Cell name={t('service.spansPerSecond')}>{format.number(service.spansPerSecond, 1)}</Cell>
            )}
            {!compact && (
              <Cell name={t('service.errorRatio')}>
                {service.errorRatio === null ? t('parts.noData') : format.percent(service.errorRatio)}
              </Cell>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A cell that names its column on a phone, where the table becomes a list. */
function Cell({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <td data-name={name} className={classes.figure}>
      {children}
    </td>
  );
}

function LastSeen({ ms }: { readonly ms: number | null }) {
  const { t } = useTranslation();
  if (ms === null) return <span className={classes.never}>{t('service.never')}</span>;
  return <RelativeTime ms={ms} />;
}
