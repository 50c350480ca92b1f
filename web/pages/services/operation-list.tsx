import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { serviceOperationsQuery } from '../../api/queries.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { useSteppedRange } from '../../frame/use-stepped-range.ts';
import { useFormat } from '../../i18n/format.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { RateTable } from './rate-table.tsx';
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
              <RateTable
                most={MOST_SHOWN}
                rows={operations.map((operation) => ({
                  ...operation,
                  key: `${operation.kind} ${operation.name} ${operation.overflow}`,
                  name: operation.overflow ? (
                    t('serviceMap.otherOperations')
                  ) : (
                    <Link to="/traces" search={{ service, name: operation.name }}>
                      {operation.name}
                    </Link>
                  ),
                }))}
              />
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
