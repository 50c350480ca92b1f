import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { traceOutlineQuery, traceQuery } from '../../api/queries.ts';
import { useFormat } from '../../i18n/format.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { Section } from '../../parts/section.tsx';
import { DateTime } from '../../parts/time-text.tsx';
import classes from './compare.module.css';
import { compareTraces, type PairedPath } from './compare.ts';
import { type AttributeDifference, compareAttributes } from './compare-attributes.ts';
import { ComparedTree } from './compared-tree.tsx';
import { serviceColours } from './service-colours.ts';
import { buildTree, type TraceTree } from './tree.ts';

export interface CompareViewProps {
  readonly here: TraceTree;
  readonly hereId: string;
  readonly thereId: string;
}

/** How the trace of the page differs from another: in length, in spans, in attributes. */
export function CompareView({ here, hereId, thereId }: CompareViewProps) {
  const query = useQuery(traceOutlineQuery(thereId));
  const outline = query.data;
  const there = useMemo(() => (outline === undefined ? null : buildTree(outline)), [outline]);
  return (
    <Answer query={query} skeleton={<Skeleton height={420} />}>
      {() => there !== null && <Compared here={here} there={there} hereId={hereId} thereId={thereId} />}
    </Answer>
  );
}

interface ComparedProps extends CompareViewProps {
  readonly there: TraceTree;
}

function Compared({ here, there, hereId, thereId }: ComparedProps) {
  const { t } = useTranslation();
  const paths = useMemo(() => compareTraces(here, there), [here, there]);
  const colours = useMemo(
    () => serviceColours([...new Set([...here.services, ...there.services])].sort()),
    [here, there],
  );
  return (
    <>
      <div className={classes.pair}>
        <Side title={t('waterfall.thisTrace')} id={hereId} tree={here} />
        <Side title={t('waterfall.otherTrace')} id={thereId} tree={there} />
      </div>
      <Section title={t('waterfall.attributesDiffer')}>
        <Differences here={here} there={there} hereId={hereId} thereId={thereId} paths={paths} />
      </Section>
      <Section title={t('waterfall.spansDiffer')}>
        <ComparedTree paths={paths} colours={colours} hereId={hereId} thereId={thereId} />
      </Section>
    </>
  );
}

interface SideProps {
  readonly title: string;
  readonly id: string;
  readonly tree: TraceTree;
}

function Side({ title, id, tree }: SideProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={classes.side}>
      <strong>{title}</strong>{' '}
      <Link to="/traces/$traceId" params={{ traceId: id }} search={{}}>
        <code>{id}</code>
      </Link>
      <p className={classes.facts}>
        {tree.errors.length > 0 ? (
          <StateMark mark="page">{t('trace.errors', { count: tree.errors.length })}</StateMark>
        ) : (
          <StateMark mark="good">{t('trace.noErrors')}</StateMark>
        )}
        <strong>{format.duration(tree.durationNano / 1e6)}</strong>
        <span>
          {t('waterfall.spanCount', { count: tree.nodes.length, shown: format.number(tree.nodes.length) })}
        </span>
        <DateTime ms={tree.startMs} />
      </p>
    </div>
  );
}

/** What more spans than these say is more than a page takes. */
const MOST_COMPARED = 20_000;

interface DifferencesProps extends ComparedProps {
  readonly paths: readonly PairedPath[];
}

/** Attributes come after the spans: they are most of what traces say, and spans differ without them. */
function Differences({ here, there, hereId, thereId, paths }: DifferencesProps) {
  const { t } = useTranslation();
  const format = useFormat();
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

const MOST_SHOWN = 20;
const MOST_VALUES = 3;

function DifferenceTable({ differences }: { readonly differences: readonly AttributeDifference[] }) {
  const { t } = useTranslation();
  if (differences.length === 0) return <p className={classes.dim}>{t('waterfall.sameAttributes')}</p>;
  const values = (all: readonly string[]): string =>
    all.length === 0
      ? '–'
      : all.slice(0, MOST_VALUES).join(', ') +
        (all.length > MOST_VALUES ? ` +${all.length - MOST_VALUES}` : '');
  return (
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
        {differences.slice(0, MOST_SHOWN).map(({ key, here, there, paths, onError }) => (
          <tr key={key}>
            <th scope="row">
              {key} {onError && <StateMark mark="page">{t('waterfall.onError')}</StateMark>}
            </th>
            <td>{values(here)}</td>
            <td>{values(there)}</td>
            <td className={classes.figure}>{paths}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
