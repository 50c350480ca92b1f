import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { type CrosshairStore, useCrosshairTime } from './crosshair.tsx';
import type { PlotFrame } from './plot-frame.ts';
import { Tooltip } from './tooltip.tsx';
import type { TimeRange } from './types.ts';

export interface TimePlotLayerProps {
  readonly frame: PlotFrame;
  readonly store: CrosshairStore;
  /** Every time at which there is something to read, rising. */
  readonly times: readonly number[];
  readonly onZoom: ((range: TimeRange) => void) | undefined;
  readonly onZoomBack: (() => void) | undefined;
  readonly label: string;
  readonly describedBy: string;
  /** What a screen reader says at a time. */
  readonly valueText: (timeMs: number) => string;
  /** Lines and dots at a time, SVG. */
  readonly marks: (timeMs: number) => ReactNode;
  /** The tooltip's content; `valueAtPointer` is null when the crosshair came by keyboard. */
  readonly tooltip: (timeMs: number, valueAtPointer: number | null) => ReactNode;
  readonly children: ReactNode;
}

interface Drag {
  readonly startX: number;
  readonly currentX: number;
}

const DRAG_MINIMUM = 6;

/** The time of `times` nearest to a moment; the moment itself where there are none. */
export function snapTime(times: readonly number[], timeMs: number): number {
  let low = 0;
  let high = times.length - 1;
  if (high < 0) return timeMs;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  const before = times[low - 1];
  return before !== undefined && timeMs - before <= times[low]! - timeMs ? before : times[low]!;
}

/** Where the arrow keys lead from a crosshair: the next reading in that direction, kept inside the readings. */
export function stepTime(times: readonly number[], timeMs: number | null, steps: number): number | null {
  if (times.length === 0) return null;
  if (timeMs === null) return steps < 0 ? times.at(-1)! : times[0]!;
  const index = times.indexOf(snapTime(times, timeMs));
  return times[Math.max(0, Math.min(times.length - 1, index + steps))]!;
}

/** The plot's box: moves the shared crosshair by pointer and keys, zooms by dragging, shows the tooltip. */
export function TimePlotLayer(props: TimePlotLayerProps) {
  const { frame, store, times, onZoom, onZoomBack } = props;
  const box = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [pointer, setPointer] = useState<{ x: number; y: number } | null>(null);
  const [focused, setFocused] = useState(false);
  const timeMs = useCrosshairTime(store);
  const shown = timeMs === null ? null : snapTime(times, timeMs);

  const inside = (event: PointerEvent): { x: number; y: number } => {
    const bounds = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
  };
  const clampX = (x: number): number => Math.max(frame.left, Math.min(frame.right, x));
  const move = (event: PointerEvent): void => {
    const at = inside(event);
    if (drag !== null) setDrag({ ...drag, currentX: clampX(at.x) });
    if (drag === null && (at.x < frame.left - 4 || at.x > frame.right + 4 || at.y > frame.bottom + 30)) {
      leave();
      return;
    }
    setPointer({ x: event.clientX, y: event.clientY });
    store.set(frame.x.invert(clampX(at.x)));
  };
  const leave = (): void => {
    setPointer(null);
    store.set(null);
  };
  const press = (event: PointerEvent): void => {
    if (event.button !== 0 || event.pointerType === 'touch' || onZoom === undefined) return;
    const { x } = inside(event);
    if (x < frame.left || x > frame.right) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ startX: x, currentX: x });
  };
  const release = (): void => {
    if (drag === null) return;
    setDrag(null);
    const [from, to] = [Math.min(drag.startX, drag.currentX), Math.max(drag.startX, drag.currentX)];
    if (to - from < DRAG_MINIMUM) return;
    onZoom?.({ fromMs: Math.round(frame.x.invert(from)), toMs: Math.round(frame.x.invert(to)) });
  };
  const pressKey = (event: KeyboardEvent): void => {
    const target = keyTarget(event, times, shown);
    if (target !== undefined) store.set(target);
    else if (event.key === '+' && onZoom !== undefined) {
      const middle = shown ?? (frame.range.fromMs + frame.range.toMs) / 2;
      const quarter = (frame.range.toMs - frame.range.fromMs) / 4;
      onZoom({ fromMs: Math.round(middle - quarter), toMs: Math.round(middle + quarter) });
    } else if (event.key === '-' && onZoomBack !== undefined) onZoomBack();
    else return;
    event.preventDefault();
    setPointer(null);
  };

  const tooltipAt = pointer ?? (focused && shown !== null ? anchor(box.current, frame, shown) : null);
  const [earliest, latest] = [times[0] ?? frame.range.fromMs, times.at(-1) ?? frame.range.toMs];
  return (
    <div
      ref={box}
      className="twc-plot"
      role="slider"
      tabIndex={0}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-valuemin={earliest}
      aria-valuemax={latest}
      aria-valuenow={shown ?? latest}
      aria-valuetext={props.valueText(shown ?? latest)}
      style={{
        width: frame.size.width,
        height: frame.size.height,
        cursor: onZoom === undefined ? undefined : 'crosshair',
      }}
      onPointerMove={move}
      onPointerLeave={drag === null ? leave : undefined}
      onPointerDown={press}
      onPointerUp={release}
      onPointerCancel={() => setDrag(null)}
      onDoubleClick={onZoomBack}
      onKeyDown={pressKey}
      onFocus={() => setFocused(true)}
      onBlur={() => {
        setFocused(false);
        if (pointer === null) store.set(null);
      }}
    >
      {props.children}
      <svg width={frame.size.width} height={frame.size.height} aria-hidden="true">
        {drag === null ? null : (
          <rect
            x={Math.min(drag.startX, drag.currentX)}
            y={frame.top}
            width={Math.abs(drag.currentX - drag.startX)}
            height={frame.bottom - frame.top}
            fill="var(--twc-accent)"
            opacity={0.16}
          />
        )}
        {shown === null || shown < frame.range.fromMs || shown > frame.range.toMs ? null : (
          <>
            <line
              x1={frame.x(shown)}
              x2={frame.x(shown)}
              y1={frame.top}
              y2={frame.bottom}
              stroke="var(--twc-edge)"
            />
            {props.marks(shown)}
          </>
        )}
      </svg>
      {tooltipAt === null || shown === null || drag !== null ? null : (
        <Tooltip x={tooltipAt.x} y={tooltipAt.y}>
          {props.tooltip(shown, pointer === null ? null : pointerValue(box.current, frame, pointer.y))}
        </Tooltip>
      )}
    </div>
  );
}

/** The crosshair's new time for a key, null to remove it, undefined when the key means nothing here. */
function keyTarget(
  event: KeyboardEvent,
  times: readonly number[],
  shown: number | null,
): number | null | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const stride = event.shiftKey ? 10 : 1;
  switch (event.key) {
    case 'ArrowLeft':
      return stepTime(times, shown, -stride);
    case 'ArrowRight':
      return stepTime(times, shown, stride);
    case 'Home':
      return times[0] ?? null;
    case 'End':
      return times.at(-1) ?? null;
    case 'Escape':
      return null;
    default:
      return undefined;
  }
}

function anchor(
  element: HTMLElement | null,
  frame: PlotFrame,
  timeMs: number,
): { x: number; y: number } | null {
  if (element === null) return null;
  const bounds = element.getBoundingClientRect();
  return { x: bounds.left + frame.x(timeMs), y: bounds.top + frame.top };
}

function pointerValue(element: HTMLElement | null, frame: PlotFrame, clientY: number): number | null {
  return element === null ? null : frame.y.invert(clientY - element.getBoundingClientRect().top);
}
