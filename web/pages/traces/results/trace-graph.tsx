import { Button, SegmentedControl } from '@mantine/core';
import { IconX, IconZoomIn } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { quantile } from 'd3';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceSearchResult, TraceSummary } from '../../../../model/api/trace.ts';
import {
  AutoSize,
  type DurationBox,
  PointMark,
  ScatterChart,
  type ScatterPoint,
} from '../../../charts/index.ts';
import { useSetFrame } from '../../../frame/use-time-range.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Answer } from '../../../parts/answer.tsx';
import type { TraceBox } from '../query/compose.ts';
import { formatBox } from '../search.ts';
import { TRACES_MAX, type TracesPageState } from '../use-traces-page.ts';
import { GraphSkeleton, SpanHeatmap, SpanRates } from './metric-graphs.tsx';
import classes from './results.module.css';
import { boxInMilliseconds, boxInSeconds } from './selected-box.ts';

export const GRAPH_HEIGHT = 240;

export interface TraceGraphProps {
  readonly state: TracesPageState;
  readonly found: UseQueryResult<TraceSearchResult>;
}

/** What was found over time: each trace as a point, all spans as a heatmap, or how many a second. A part can be selected. */
export function TraceGraph({ state, found }: TraceGraphProps) {
  const { t } = useTranslation();
  const { search, set, box } = state;
  const select = (of: TraceBox['of']) => (selected: DurationBox | null) =>
    set({ box: selected === null ? undefined : formatBox(boxInMilliseconds(selected, of)) });
  const graph = search.graph ?? 'scatter';
  return (
    <section className={classes.card} aria-label={t('traces.graph')}>
      <div className={classes.tools}>
        <SegmentedControl
          aria-label={t('traces.graph')}
          value={graph}
          data={[
            { value: 'scatter', label: t('traces.scatter') },
            { value: 'heatmap', label: t('traces.heatmap') },
            { value: 'rate', label: t('traces.rate') },
          ]}
          onChange={(next) =>
            set({ graph: next === 'heatmap' || next === 'rate' ? next : undefined, box: undefined })
          }
        />
        {graph === 'scatter' && <ScatterKey />}
        {box === null ? (
          <span className={classes.hint}>
            {t(graph === 'rate' ? 'traces.zoomHint' : 'traces.selectHint')}
          </span>
        ) : (
          <Selection box={box} onClear={() => set({ box: undefined })} />
        )}
        {graph === 'scatter' && box === null && found.data !== undefined && (
          <SlowestButton traces={found.data.traces} onSelect={(slow) => set({ box: formatBox(slow) })} />
        )}
      </div>
      {graph === 'scatter' && (
        <Answer query={found} skeleton={<GraphSkeleton height={GRAPH_HEIGHT} />}>
          {({ traces }) => <TraceScatter state={state} traces={traces} onSelect={select('trace')} />}
        </Answer>
      )}
      {graph === 'heatmap' && <SpanHeatmap state={state} height={GRAPH_HEIGHT} onSelect={select('span')} />}
      {graph === 'rate' && <SpanRates state={state} height={GRAPH_HEIGHT} />}
    </section>
  );
}

function ScatterKey() {
  const { t } = useTranslation();
  return (
    <span className={classes.key}>
      <span>
        <PointMark failed={false} /> {t('traces.withoutErrors')}
      </span>
      <span>
        <PointMark failed /> {t('traces.withErrors')}
      </span>
    </span>
  );
}

interface TraceScatterProps {
  readonly state: TracesPageState;
  readonly traces: readonly TraceSummary[];
  readonly onSelect: (box: DurationBox | null) => void;
}

function TraceScatter({ state, traces, onSelect }: TraceScatterProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { range, box } = state;
  const points = useMemo(
    () =>
      traces.map(
        (trace): ScatterPoint => ({
          id: trace.traceId,
          name: trace.rootName === '' ? t('trace.incomplete') : `${trace.rootService}: ${trace.rootName}`,
          timeMs: trace.startMs,
          seconds: trace.durationMs / 1_000,
          failed: trace.errors > 0,
          note: t('traces.pointNote', {
            spans: t('trace.spans', { count: trace.spans }),
            errors: t('trace.errors', { count: trace.errors }),
          }),
        }),
      ),
    [traces, t],
  );
  return (
    <AutoSize height={GRAPH_HEIGHT}>
      {(size) => (
        <ScatterChart
          {...size}
          title={t('traces.scatterTitle')}
          points={points}
          range={range}
          unknownBefore={
            traces.length < TRACES_MAX
              ? undefined
              : {
                  // A long trace is among the newest by a late span of it: only what began after every end is all there.
                  timeMs: Math.min(...traces.map(({ startMs, durationMs }) => startMs + durationMs)),
                  words: t('traces.onlyNewest', { count: traces.length }),
                }
          }
          selected={box?.of === 'trace' ? boxInSeconds(box) : null}
          onSelect={onSelect}
          onOpen={(traceId) => void navigate({ to: '/traces/$traceId', params: { traceId } })}
        />
      )}
    </AutoSize>
  );
}

/** What is selected, in words, and what can be done with it. */
function Selection({ box, onClear }: { readonly box: TraceBox; readonly onClear: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const setFrame = useSetFrame();
  return (
    <span className={classes.selection}>
      <span>
        {t('traces.selected', {
          from: format.seconds(box.fromMs),
          to: format.seconds(box.toMs),
          min: format.duration(box.minMs),
          max: format.duration(box.maxMs),
        })}
      </span>
      <Button
        variant="default"
        leftSection={<IconZoomIn size={14} aria-hidden />}
        onClick={() => setFrame({ from: String(Math.floor(box.fromMs)), to: String(Math.ceil(box.toMs)) })}
      >
        {t('traces.zoom')}
      </Button>
      <Button variant="default" leftSection={<IconX size={14} aria-hidden />} onClick={onClear}>
        {t('traces.unselect')}
      </Button>
    </span>
  );
}

interface SlowestButtonProps {
  readonly traces: readonly TraceSummary[];
  readonly onSelect: (box: TraceBox) => void;
}

/** The slowest tenth without a pointer: for those who use keys, and fingers. */
function SlowestButton({ traces, onSelect }: SlowestButtonProps) {
  const { t } = useTranslation();
  const lengths = traces.map(({ durationMs }) => durationMs);
  const from = quantile(lengths, 0.9);
  if (from === undefined || traces.length < 10) return null;
  return (
    <Button
      variant="default"
      onClick={() =>
        onSelect({
          fromMs: Math.min(...traces.map(({ startMs }) => startMs)),
          toMs: Math.max(...traces.map(({ startMs }) => startMs)),
          minMs: from,
          maxMs: Math.max(...lengths),
          of: 'trace',
        })
      }
    >
      {t('traces.selectSlowest')}
    </Button>
  );
}
