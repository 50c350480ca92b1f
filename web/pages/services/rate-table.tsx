import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { ErrorShare } from './error-share.tsx';
import { errorMark, errorShare } from './figures.ts';
import { rateText } from './rate-text.ts';
import classes from './services.module.css';

/** What comes so often, with so many errors and so slowly: an operation, or the calls of another service. */
export interface RateRow {
  readonly key: string;
  readonly name: ReactNode;
  readonly ratePerS: number;
  readonly requests: number;
  readonly errors: number;
  readonly p95Ms: number | null;
}

/** The most frequent first; of many, `most`. */
export function RateTable({ rows, most }: { readonly rows: readonly RateRow[]; readonly most?: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
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
        {rows
          .toSorted((a, b) => b.ratePerS - a.ratePerS)
          .slice(0, most)
          .map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.name}</th>
              <td>{rateText(row.ratePerS, t, format)}</td>
              <td>
                <ErrorShare share={errorShare(row) ?? 0} mark={errorMark(row)} />
              </td>
              <td>{row.p95Ms === null ? '–' : format.duration(row.p95Ms)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
