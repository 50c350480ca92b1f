import { crisp } from './axes.tsx';
import { formatFigure } from './format.ts';
import { type ChartText, fillText } from './messages.ts';
import type { PlotFrame } from './plot-frame.ts';
import { stateColour, stateFill, stateSoft } from './state-colours.ts';
import type { AlertStateBand, ChartAnnotation, ChartExemplar, Threshold } from './types.ts';

export interface ThresholdLinesProps {
  readonly frame: PlotFrame;
  readonly thresholds: readonly Threshold[];
  readonly unit?: string | undefined;
  readonly locale: string;
}

/** Labelled limits; the next one above the axis is named at the top edge, so that its absence is no surprise. */
export function ThresholdLines({ frame, thresholds, unit, locale }: ThresholdLinesProps) {
  const [low, high] = frame.y.domain() as [number, number];
  const placed = placeThresholds(
    frame,
    thresholds.filter((threshold) => threshold.value >= low && threshold.value <= high),
  );
  const next = thresholds.filter((threshold) => threshold.value > high).sort((a, b) => a.value - b.value)[0];
  return (
    <g>
      {placed.map(({ threshold, at, named }) => (
        <g key={`${threshold.value} ${threshold.label}`}>
          <line
            x1={frame.left}
            x2={frame.right}
            y1={at}
            y2={at}
            stroke={stateColour[threshold.state]}
            strokeDasharray="5 3"
          />
          {named ? (
            <text
              className="twc-halo"
              x={frame.left + 6}
              y={at - 4}
              style={{ fill: stateColour[threshold.state] }}
            >
              {`${threshold.label} ${formatFigure(threshold.value, { unit, locale })}`.trim()}
            </text>
          ) : null}
        </g>
      ))}
      {next === undefined ? null : (
        <text
          className="twc-halo"
          x={frame.right}
          y={10}
          textAnchor="end"
          style={{ fill: stateColour[next.state] }}
        >
          {`↑ ${next.label} ${formatFigure(next.value, { unit, locale })}`}
        </text>
      )}
    </g>
  );
}

const LABEL_HEIGHT = 11;

/** Lines from the lowest up; of names that would cover each other only the highest limit's is written. */
function placeThresholds(
  frame: PlotFrame,
  thresholds: readonly Threshold[],
): readonly { readonly threshold: Threshold; readonly at: number; readonly named: boolean }[] {
  let free = Number.NEGATIVE_INFINITY;
  return [...thresholds]
    .sort((a, b) => b.value - a.value)
    .map((threshold) => {
      const at = crisp(frame.y(threshold.value));
      const named = at - free >= LABEL_HEIGHT;
      if (named) free = at;
      return { threshold, at, named };
    })
    .reverse();
}

/** Moments as flags on the top edge with a line down; periods as a tinted band. */
export function AnnotationFlags({
  frame,
  annotations,
}: {
  readonly frame: PlotFrame;
  readonly annotations: readonly ChartAnnotation[];
}) {
  const { fromMs, toMs } = frame.range;
  return (
    <g>
      {annotations
        .filter((note) => note.timeMs <= toMs && (note.endMs ?? note.timeMs) >= fromMs)
        .map((note) => {
          const at = crisp(frame.x(Math.max(fromMs, note.timeMs)));
          const end = note.endMs === undefined ? at : frame.x(Math.min(toMs, note.endMs));
          return (
            <g key={`${note.timeMs} ${note.kind} ${note.text}`}>
              <title>{`${note.kind}: ${note.text}`}</title>
              {end > at ? (
                <rect
                  x={at}
                  y={frame.top}
                  width={end - at}
                  height={frame.bottom - frame.top}
                  fill="var(--twc-dim)"
                  opacity={0.1}
                />
              ) : null}
              <line
                x1={at}
                x2={at}
                y1={frame.top - 7}
                y2={frame.bottom}
                stroke="var(--twc-dim)"
                strokeDasharray="2 3"
              />
              <path d={`M${at},${frame.top - 9}l8,3.5l-8,3.5z`} fill="var(--twc-dim)" />
            </g>
          );
        })}
    </g>
  );
}

/** What the rule said, as a strip under the time axis: full for firing, outlined for pending, hatched for no data. */
export function AlertStrip({
  frame,
  bands,
  text,
  hatchId,
}: {
  readonly frame: PlotFrame;
  readonly bands: readonly AlertStateBand[];
  readonly text: ChartText;
  readonly hatchId: string;
}) {
  const { fromMs, toMs } = frame.range;
  const top = frame.bottom + 22;
  return (
    <g>
      <pattern id={hatchId} width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1={0} y1={0} x2={0} y2={5} stroke="var(--twc-edge)" strokeWidth={2} />
      </pattern>
      <line x1={frame.left} x2={frame.right} y1={top + 3.5} y2={top + 3.5} stroke="var(--twc-border)" />
      {bands
        .filter((band) => band.toMs >= fromMs && band.fromMs <= toMs && band.state !== 'inactive')
        .map((band) => {
          const from = frame.x(Math.max(fromMs, band.fromMs));
          const to = frame.x(Math.min(toMs, band.toMs));
          const state = band.severity ?? 'page';
          const fill =
            band.state === 'firing'
              ? stateFill[state]
              : band.state === 'pending'
                ? stateSoft[state]
                : `url(#${hatchId})`;
          return (
            <rect
              key={`${band.fromMs} ${band.state} ${band.label ?? ''}`}
              x={from}
              y={top}
              width={Math.max(2, to - from)}
              height={7}
              rx={1.5}
              fill={fill}
              stroke={band.state === 'pending' ? stateColour[state] : 'none'}
            >
              <title>{[band.label, text.alertStates[band.state]].filter(Boolean).join(': ')}</title>
            </rect>
          );
        })}
    </g>
  );
}

/** The vertical line that separates what was from what is forecast. */
export function NowLine({
  frame,
  nowMs,
  label,
}: {
  readonly frame: PlotFrame;
  readonly nowMs: number;
  readonly label: string;
}) {
  if (nowMs < frame.range.fromMs || nowMs > frame.range.toMs) return null;
  const at = crisp(frame.x(nowMs));
  return (
    <g>
      <line x1={at} x2={at} y1={frame.top - 4} y2={frame.bottom} stroke="var(--twc-text)" />
      <text
        className="twc-halo"
        x={at > frame.right - 36 ? at - 4 : at + 4}
        textAnchor={at > frame.right - 36 ? 'end' : 'start'}
        y={frame.top + 6}
        style={{ fill: 'var(--twc-text)' }}
      >
        {label}
      </text>
    </g>
  );
}

/** Traces behind the values, as diamonds; a click opens the trace. */
export function ExemplarDots({
  frame,
  exemplars,
  onOpen,
  text,
}: {
  readonly frame: PlotFrame;
  readonly exemplars: readonly ChartExemplar[];
  readonly onOpen: ((exemplar: ChartExemplar) => void) | undefined;
  readonly text: ChartText;
}) {
  return (
    <g>
      {exemplars
        .filter((one) => one.timeMs >= frame.range.fromMs && one.timeMs <= frame.range.toMs)
        .map((one) => {
          const x = frame.x(one.timeMs);
          const y = Math.max(frame.top, frame.y(one.value));
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the same traces are in the table view as links
            <path
              key={`${one.traceId} ${one.timeMs} ${one.value}`}
              className="twc-exemplar"
              d={`M${x},${y - 4}l4,4l-4,4l-4,-4z`}
              // A press on the plot begins to drag a range, and would take the click.
              onPointerDown={(event) => event.stopPropagation()}
              onClick={onOpen === undefined ? undefined : () => onOpen(one)}
            >
              <title>{fillText(text.openTrace, { id: one.traceId })}</title>
            </path>
          );
        })}
    </g>
  );
}
