import { Button, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { traceQuery } from '../../../api/queries.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Answer, RowsSkeleton } from '../../../parts/answer.tsx';
import { MarkIcon } from '../../../parts/mark.tsx';
import { type AttributeDifference, compareAttributes } from './attributes.ts';
import classes from './compare.module.css';
import type { ComparedTraces } from './compare-view.tsx';
import type { PairedPath } from './paths.ts';

/** What more spans than these say is more than a page takes. */
const MOST_COMPARED = 20_000;

export interface AttributeDifferencesProps {
  readonly traces: ComparedTraces;
  readonly paths: readonly PairedPath[];
}

/** Attributes come after the spans: they are most of what traces say, and spans differ without them. */
export function AttributeDifferences({ traces, paths }: AttributeDifferencesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { here, there, hereId, thereId } = traces;
  const isFew = here.nodes.length + there.nodes.length <= MOST_COMPARED;
  const ours = useQuery(traceQuery(hereId, isFew));
  const theirs = useQuery(traceQuery(thereId, isFew));
  const differences = useMemo(
    () =>
      ours.data === undefined || theirs.data === undefined
        ? null
        : compareAttributes(paths, { here: ours.data.spans, there: theirs.data.spans }),
    [paths, ours.data, theirs.data],
  );
  if (!isFew)
    return (
      <p className={classes.dim}>{t('waterfall.tooManyCompared', { most: format.number(MOST_COMPARED) })}</p>
    );
  // Both are shown by the one that is not there yet.
  const slower = ours.data === undefined ? ours : theirs;
  return (
    <Answer query={slower} skeleton={<RowsSkeleton rows={4} height={26} />}>
      {() => differences !== null && <DifferenceTable differences={differences} />}
    </Answer>
  );
}

const SHOWN_AT_FIRST = 8;
const MOST_SHOWN = 50;
const MOST_VALUES = 3;

/** The most telling first, more of them when they are wanted. */
export function DifferenceTable({ differences }: { readonly differences: readonly AttributeDifference[] }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  if (differences.length === 0) return <p className={classes.dim}>{t('waterfall.sameAttributes')}</p>;
  return (
    <div className={classes.attributes}>
      <table className={classes.differences}>
        <thead>
          <tr>
            <th scope="col">{t('waterfall.attribute')}</th>
            <th scope="col">{t('waterfall.thisTrace')}</th>
            <th scope="col">{t('waterfall.otherTrace')}</th>
            <th scope="col">{t('waterfall.spansOf')}</th>
          </tr>
        </thead>
        <tbody>
          {differences.slice(0, all ? MOST_SHOWN : SHOWN_AT_FIRST).map((difference) => (
            <DifferenceRow key={difference.key} difference={difference} />
          ))}
        </tbody>
      </table>
      {!all && differences.length > SHOWN_AT_FIRST && (
        <Button variant="default" className={classes.more} onClick={() => setAll(true)}>
          {t('waterfall.showAll', { all: differences.length })}
        </Button>
      )}
    </div>
  );
}

const textOf = (values: readonly string[]): string =>
  values.length === 0
    ? '–'
    : values.slice(0, MOST_VALUES).join(', ') +
      (values.length > MOST_VALUES ? ` +${values.length - MOST_VALUES}` : '');

function DifferenceRow({ difference }: { readonly difference: AttributeDifference }) {
  const { t } = useTranslation();
  const { key, here, there, paths, onError } = difference;
  return (
    <tr>
      <th scope="row">
        {key}
        {onError && (
          <span className={classes.onError} title={t('waterfall.onError')}>
            <MarkIcon mark="page" size={14} />
            <VisuallyHidden>{t('waterfall.onError')}</VisuallyHidden>
          </span>
        )}
      </th>
      <td>{textOf(here)}</td>
      <td>{textOf(there)}</td>
      <td className={classes.figure}>{paths}</td>
    </tr>
  );
}
