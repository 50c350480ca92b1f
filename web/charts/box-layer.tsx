import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import type { PlotFrame } from './plot-frame.ts';
import { Tooltip } from './tooltip.tsx';

/** A part of a plot of durations: epoch milliseconds and seconds, ends included. */
export interface DurationBox {
  readonly fromMs: number;
  readonly toMs: number;
  readonly shortest: number;
  readonly longest: number;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface BoxLayerProps {
  readonly frame: PlotFrame;
  readonly selected: DurationBox | null;
  readonly onSelect: ((box: DurationBox | null) => void) | undefined;
  readonly label: string;
  readonly describedBy: string;
  /** What the keys walk over, in the order of time; each by its place. */
  readonly count: number;
  readonly placeOf: (index: number) => Place;
  /** Which of them is meant by a place; null where none is near. */
  readonly nearest: (place: Place) => number | null;
  readonly onOpen: ((index: number) => void) | undefined;
  readonly valueText: (index: number) => string;
  readonly tooltip: (index: number) => ReactNode;
  /** The mark around the one that is pointed at. */
  readonly highlight: (index: number) => ReactNode;
  readonly children: ReactNode;
}

const DRAG_MINIMUM = 6;

const inside = (event: PointerEvent): Place => {
  const bounds = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
};

/** The part of a plot between two places, held inside the plot. */
export function boxBetween(frame: PlotFrame, a: Place, b: Place): DurationBox {
  const x = (value: number): number => frame.x.invert(Math.max(frame.left, Math.min(frame.right, value)));
  const y = (value: number): number => frame.y.invert(Math.max(frame.top, Math.min(frame.bottom, value)));
  return {
    fromMs: Math.floor(x(Math.min(a.x, b.x))),
    toMs: Math.ceil(x(Math.max(a.x, b.x))),
    shortest: y(Math.max(a.y, b.y)),
    longest: y(Math.min(a.y, b.y)),
  };
}

/** The box of a plot of durations: points at what is in it by pointer and keys, opens it, selects a part by dragging. */
export function BoxLayer(props: BoxLayerProps) {
  const { frame, count, onSelect, onOpen } = props;
  const element = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ readonly from: Place; readonly to: Place } | null>(null);
  const [active, setActive] = useState<number | null>(null);
  const [pointer, setPointer] = useState<Place | null>(null);
  const shown = active !== null && active < count ? active : null;

  const move = (event: PointerEvent): void => {
    const at = inside(event);
    if (drag !== null) setDrag({ ...drag, to: at });
    setActive(props.nearest(at));
    setPointer({ x: event.clientX, y: event.clientY });
  };
  const leave = (): void => {
    setActive(null);
    setPointer(null);
  };
  const press = (event: PointerEvent): void => {
    // A finger that goes up or down scrolls the page (`touch-action`), which cancels the drag; one that goes sideways selects.
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = inside(event);
    setDrag({ from: at, to: at });
  };
  const release = (event: PointerEvent): void => {
    const at = inside(event);
    const from = drag?.from ?? at;
    setDrag(null);
    if (Math.hypot(at.x - from.x, at.y - from.y) >= DRAG_MINIMUM) {
      onSelect?.(boxBetween(frame, from, at));
      return;
    }
    const meant = props.nearest(at);
    if (meant !== null) onOpen?.(meant);
  };
  const pressKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = keyTarget(event, count, shown);
    if (target !== undefined) setActive(target);
    else if (event.key === 'Enter' && shown !== null) onOpen?.(shown);
    else if (event.key === 'Escape' && (shown !== null || props.selected !== null)) {
      if (shown === null) onSelect?.(null);
      setActive(null);
    } else return;
    event.preventDefault();
    setPointer(null);
  };

  const dragged = drag === null ? null : boxBetween(frame, drag.from, drag.to);
  const tooltipAt = pointer ?? (shown === null ? null : onScreen(element.current, props.placeOf(shown)));
  return (
    <div
      ref={element}
      className="twc-plot"
      role="slider"
      tabIndex={0}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, count - 1)}
      aria-valuenow={shown ?? 0}
      aria-valuetext={count === 0 ? '' : props.valueText(shown ?? 0)}
      style={{
        width: frame.size.width,
        height: frame.size.height,
        cursor: shown !== null && onOpen !== undefined && drag === null ? 'pointer' : 'crosshair',
      }}
      onPointerMove={move}
      onPointerLeave={drag === null ? leave : undefined}
      onPointerDown={press}
      onPointerUp={release}
      onPointerCancel={() => setDrag(null)}
      onKeyDown={pressKey}
      onBlur={leave}
    >
      {props.children}
      <svg width={frame.size.width} height={frame.size.height} aria-hidden="true">
        <BoxMark frame={frame} box={dragged ?? props.selected} />
        {shown === null ? null : props.highlight(shown)}
      </svg>
      {tooltipAt === null || shown === null || dragged !== null ? null : (
        <Tooltip x={tooltipAt.x} y={tooltipAt.y}>
          {props.tooltip(shown)}
        </Tooltip>
      )}
    </div>
  );
}

function BoxMark({ frame, box }: { readonly frame: PlotFrame; readonly box: DurationBox | null }) {
  if (box === null) return null;
  const held = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
  const left = held(frame.x(box.fromMs), frame.left, frame.right);
  const right = held(frame.x(box.toMs), frame.left, frame.right);
  const top = held(frame.y(box.longest), frame.top, frame.bottom);
  const bottom = held(frame.y(box.shortest), frame.top, frame.bottom);
  return (
    <rect
      className="twc-box"
      x={left}
      y={top}
      width={Math.max(1, right - left)}
      height={Math.max(1, bottom - top)}
    />
  );
}

/** Where a key leads; undefined where it means nothing here. */
function keyTarget(event: KeyboardEvent, count: number, shown: number | null): number | undefined {
  if (count === 0) return undefined;
  const stride = event.shiftKey ? 10 : 1;
  const held = (index: number): number => Math.max(0, Math.min(count - 1, index));
  switch (event.key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return shown === null ? count - 1 : held(shown - stride);
    case 'ArrowRight':
    case 'ArrowUp':
      return shown === null ? 0 : held(shown + stride);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

function onScreen(element: HTMLElement | null, place: Place): Place | null {
  if (element === null) return null;
  const bounds = element.getBoundingClientRect();
  return { x: bounds.left + place.x, y: bounds.top + place.y };
}
