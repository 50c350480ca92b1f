import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ServiceOperation } from '../../../model/api/service.ts';
import { serviceOperationsQuery } from '../../api/queries.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { useSteppedRange } from '../../frame/use-stepped-range.ts';
import { useFormat } from '../../i18n/format.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { ErrorShare } from './error-share.tsx';
import { errorMark, errorShare } from './figures.ts';
import classes from './services.module.css';

export interface OperationListProps {
  readonly service: string;
}

const MOST_SHOWN = 12;

/** The operations of a service, the most frequent first; a name leads to its traces. */
export function OperationList({ service }: OperationListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { campaign }: FrameSearch = useSearch({ strict: false });
  const query = useQuery(serviceOperationsQuery(service, { ...useSteppedRange(), campaign }));
  return (
    <section>
      <h4 className={classes.heading}>{t('serviceMap.operations')}</h4>
      <Answer query={query} skeleton={<RowsSkeleton rows={4} height={22} />}>
        {({ operations }) =>
          operations.length === 0 ? (
            <p className={classes.dim}>{t('serviceMap.noOperations')}</p>
          ) : (
            <>
              <table className={classes.table}>
                <thead>
                  <tr>
                    <th scope="col">{t('serviceMap.name')}</th>
                    <th scope="col">{t('serviceMap.rate')}</th>
                    <th scope="col">{t('serviceMap.errors')}</th>
                    <th scope="col">{t('serviceMap.p95')}</th>
                  </tr>
                </thead>
                <tbody>
                  {operations
                    .toSorted((a, b) => b.ratePerS - a.ratePerS)
                    .slice(0, MOST_SHOWN)
                    .map((operation) => (
                      <OperationRow
                        key={`${operation.kind} ${operation.name} ${operation.overflow}`}
                        service={service}
                        operation={operation}
                      />
                    ))}
                </tbody>
              </table>
              {operations.length > MOST_SHOWN && (
                <p className={classes.dim}>
                  {t('serviceMap.mostFrequent', {
                    shown: format.number(MOST_SHOWN),
                    all: format.number(operations.length),
                  })}
                </p>
              )}
            </>
          )
        }
      </Answer>
    </section>
  );
}

interface OperationRowProps extends OperationListProps {
  readonly operation: ServiceOperation;
}

function OperationRow({ service, operation }: OperationRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, overflow, ratePerS, p95Ms } = operation;
  return (
    <tr>
      <th scope="row">
        {overflow ? (
          t('serviceMap.otherOperations')
        ) : (
          <Link to="/traces" search={{ service, name }}>
            {name}
          </Link>
        )}
      </th>
      <td>{format.reading(ratePerS)}</td>
      <td>
        <ErrorShare share={errorShare(operation) ?? 0} mark={errorMark(operation)} />
      </td>
      <td>{p95Ms === null ? '–' : format.duration(p95Ms)}</td>
    </tr>
  );
}
