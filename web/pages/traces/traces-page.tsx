import { SegmentedControl } from '@mantine/core';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceSearchResult, TraceSummary } from '../../../model/api/trace.ts';
import { incidentsQuery } from '../../api/queries.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { NothingFound } from '../../parts/nothing-found.tsx';
import { Empty, Failure } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Reading, useStill } from '../../parts/still.tsx';
import { ComparisonView } from './compare/comparison-view.tsx';
import { durationText } from './query/compose.ts';
import { readConditions } from './query/condition.ts';
import { isRefusal } from './query/fault.ts';
import { QueryCard } from './query-card.tsx';
import { MetricsAnswer, pointsOf } from './results/metrics-answer.tsx';
import { PartialNote } from './results/partial-note.tsx';
import results from './results/results.module.css';
import { TraceGraph } from './results/trace-graph.tsx';
import type { TracesSearch } from './search.ts';
import { TraceRows } from './trace-rows.tsx';
import classes from './traces.module.css';
import { useTraceKnowledge } from './use-trace-knowledge.ts';
import {
  TRACES_MAX,
  type TracesPageState,
  useTraceMetrics,
  useTraceSearch,
  useTracesPage,
} from './use-traces-page.ts';

/** Asked with one click where nothing is asked yet. */
const EXAMPLES = [
  '{ status = error }',
  '{ duration > 1s } | select(resource.service.name, span.order.id)',
  '{ kind = server } >> { status = error }',
  '{ } | quantile_over_time(duration, .5, .95) by (resource.service.name)',
];

/** A query for traces, what it finds as a graph and a list, and what sets a part of it apart. */
export function TracesPage() {
  const { t } = useTranslation();
  const state = useTracesPage();
  const { campaign }: FrameSearch = useSearch({ strict: false });
  const knowledge = useTraceKnowledge(state.range);
  const { metrics, narrowed, range } = state;
  const found = useTraceSearch(narrowed.query, range, metrics === null);
  const series = useTraceMetrics(narrowed.query, range, pointsOf(metrics), metrics !== null);
  const asked = metrics === null ? found : series;
  const refused = isRefusal(asked.error);
  return (
    <Page
      name={t('page.traces')}
      title={t('page.traces')}
      facts={metrics === null && !refused ? <Found found={found} /> : undefined}
    >
      <QueryCard state={state} knowledge={knowledge} error={asked.error} />
      <CampaignIncidents campaign={campaign} />
      {metrics !== null && <MetricsAnswer state={state} answer={series} />}
      {metrics === null && !refused && <Traces state={state} found={found} campaign={campaign} />}
      {state.q === '' && <Examples onPick={state.ask} />}
    </Page>
  );
}

function Found({ found }: { readonly found: UseQueryResult<TraceSearchResult> }) {
  const { t } = useTranslation();
  if (found.data === undefined) return <NotYet query={found} />;
  const count = found.data.traces.length;
  return <span>{t(count >= TRACES_MAX ? 'trace.foundMost' : 'trace.found', { count })}</span>;
}

interface TracesProps {
  readonly state: TracesPageState;
  readonly found: UseQueryResult<TraceSearchResult>;
  readonly campaign: string | undefined;
}

/** The graph, and below it the traces or what sets them apart. */
function Traces({ state, found, campaign }: TracesProps) {
  const { t } = useTranslation();
  const { search, set } = state;
  const nothing = found.data?.traces.length === 0;
  const isNarrowed = campaign !== undefined || (readConditions(state.q)?.length ?? state.q.length) > 0;
  const isPartial = found.data?.partial === true;
  // Graph and list both wait for it: it is told once.
  if (found.data === undefined && found.error !== null)
    return <Failure error={found.error} onRetry={() => void found.refetch()} />;
  return (
    <>
      {isPartial && <PartialNote reason={found.data?.reason ?? ''} />}
      {nothing && isPartial ? (
        <Empty title={t('trace.noneYet')} mark="unknown">
          {t('trace.noneYetWhy')}
        </Empty>
      ) : nothing ? (
        <NothingFound title={t(isNarrowed ? 'trace.none' : 'trace.nothing')} isNarrowed={isNarrowed}>
          {t(isNarrowed ? 'trace.noneWhy' : 'trace.nothingWhy')}
        </NothingFound>
      ) : (
        <>
          <TraceGraph state={state} found={found} />
          <div className={results.tools}>
            <SegmentedControl
              aria-label={t('traces.show')}
              value={search.tab ?? 'list'}
              data={[
                { value: 'list', label: t('traces.list') },
                { value: 'compare', label: t('traces.compare.title') },
              ]}
              onChange={(next) => set({ tab: next === 'compare' ? 'compare' : undefined })}
            />
            {search.tab === undefined && <SortBy state={state} />}
          </div>
          {search.tab === 'compare' ? (
            <section className={results.card} aria-label={t('traces.compare.title')}>
              <ComparisonView state={state} campaign={campaign} />
            </section>
          ) : (
            <TraceList state={state} found={found} />
          )}
        </>
      )}
    </>
  );
}

function SortBy({ state }: { readonly state: TracesPageState }) {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      aria-label={t('traces.sort')}
      value={state.search.sort ?? 'newest'}
      data={[
        { value: 'newest', label: t('traces.newest') },
        { value: 'slowest', label: t('traces.slowest') },
        { value: 'errors', label: t('traces.mostErrors') },
      ]}
      onChange={(next) => state.set({ sort: next === 'slowest' || next === 'errors' ? next : undefined })}
    />
  );
}

const COMPARE = {
  newest: (a, b) => b.startMs - a.startMs,
  slowest: (a, b) => b.durationMs - a.durationMs,
  errors: (a, b) => b.errors - a.errors || b.startMs - a.startMs,
} as const satisfies Record<string, (a: TraceSummary, b: TraceSummary) => number>;

/** The traces of the selection; spans are selected in the heatmap, and asked for by one more stage. */
function TraceList({ state, found }: Omit<TracesProps, 'campaign'>) {
  const { t } = useTranslation();
  const { box, q, narrowed, range, search } = state;
  const spans = box?.of === 'span' ? box : null;
  const within = useTraceSearch(
    spans === null
      ? narrowed.query
      : `${narrowed.query} | { duration >= ${durationText(spans.minMs)} && duration <= ${durationText(spans.maxMs)} }`,
    spans ?? range,
    spans !== null,
  );
  const matches = spans !== null || (readConditions(q)?.length ?? (q === '' ? 0 : 1)) > 0;
  return (
    <Answer query={spans === null ? found : within} skeleton={<RowsSkeleton rows={8} height={52} />}>
      {({ traces }) => (
        <SelectedRows
          traces={traces}
          state={state}
          sort={search.sort}
          matches={matches}
          none={t('traces.noneSelected')}
        />
      )}
    </Answer>
  );
}

interface SelectedRowsProps {
  readonly traces: readonly TraceSummary[];
  readonly state: TracesPageState;
  readonly sort: TracesSearch['sort'];
  readonly matches: boolean;
  readonly none: string;
}

function SelectedRows({ traces, state, sort, matches, none }: SelectedRowsProps) {
  const { t } = useTranslation();
  const { box, narrowed } = state;
  const { from, to } = useTimeRange();
  const still = useStill(JSON.stringify([narrowed.query, box, from, to]), traces);
  const shown = useMemo(
    () =>
      still.shown
        .filter(
          ({ startMs, durationMs }) =>
            box?.of !== 'trace' ||
            (startMs >= box.fromMs &&
              startMs <= box.toMs &&
              durationMs >= box.minMs &&
              durationMs <= box.maxMs),
        )
        .toSorted(COMPARE[sort ?? 'newest']),
    [still.shown, box, sort],
  );
  return shown.length === 0 ? (
    <p className={classes.dim}>{none}</p>
  ) : (
    <Reading still={still} className={classes.reading}>
      {still.isBehind && <p className={classes.behind}>{t('traces.standsStill')}</p>}
      <TraceRows traces={shown} matches={matches} />
    </Reading>
  );
}

/** Open incidents of the campaign that the page is narrowed to: whoever looks for a cause should know of them. */
function CampaignIncidents({ campaign }: { readonly campaign: string | undefined }) {
  const { t } = useTranslation();
  const { data } = useQuery({ ...incidentsQuery, enabled: campaign !== undefined });
  const open = (data ?? []).filter((one) => one.campaignId === campaign && one.state !== 'resolved');
  if (open.length === 0) return null;
  return (
    <p className={classes.incidents}>
      <StateMark mark="warning">{t('traces.openIncidents', { count: open.length })}</StateMark>
      {open.map(({ id, title }) => (
        <Link key={id} to="/incidents/$id" params={{ id }}>
          {title}
        </Link>
      ))}
    </p>
  );
}

function Examples({ onPick }: { readonly onPick: (query: string) => void }) {
  const { t } = useTranslation();
  return (
    <section className={classes.examples} aria-label={t('traces.examples')}>
      <span className={classes.dim}>{t('traces.examples')}</span>
      {EXAMPLES.map((example) => (
        <button key={example} type="button" className={classes.example} onClick={() => onPick(example)}>
          <code>{example}</code>
        </button>
      ))}
    </section>
  );
}
