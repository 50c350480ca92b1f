import { select, type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from 'd3';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import type { Size } from '../../charts/index.ts';
import { NODE, type Place } from './route.ts';

const SCALES: [number, number] = [0.2, 2];
/** What does not fit at this scale is not made smaller still: it could not be read. */
const LEAST_FIT = 0.71;

export interface Zoom {
  readonly transform: ZoomTransform;
  zoomBy(factor: number): void;
  /** Shows all of it. */
  fit(): void;
}

/**
 * How `content` lies in `view`: all of it in the middle, never enlarged. Of what is too large to be read so, the surroundings of
 * `focus` are shown, or else its beginning.
 */
export function fitted(content: Size, view: Size, focus?: Place): ZoomTransform {
  const whole = Math.min(1, view.width / content.width, view.height / content.height);
  const scale = Math.max(LEAST_FIT, whole);
  const offset = (inside: number, outside: number, middle: number): number =>
    inside * scale <= outside
      ? (outside - inside * scale) / 2
      : Math.min(0, Math.max(outside - inside * scale, outside / 2 - middle * scale));
  return zoomIdentity
    .translate(
      offset(content.width, view.width, focus === undefined ? 0 : focus.x + NODE.width / 2),
      offset(content.height, view.height, focus === undefined ? 0 : focus.y + NODE.height / 2),
    )
    .scale(scale);
}

/**
 * Moves and scales what is in `box`: dragging, two fingers, or the wheel with Ctrl; without it the wheel, and one finger,
 * scroll the page. It fits anew only when `content` or `view` change their size.
 */
export function useZoom(
  box: RefObject<HTMLDivElement | null>,
  content: Size,
  view: Size,
  focus: Place | undefined,
): Zoom {
  const [transform, setTransform] = useState<ZoomTransform>(() => fitted(content, view, focus));
  const behaviour = useRef<ZoomBehavior<HTMLDivElement, unknown> | null>(null);
  const focused = useRef(focus);
  focused.current = focus;
  const { width, height } = content;
  const { width: viewWidth, height: viewHeight } = view;

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const zooming = zoom<HTMLDivElement, unknown>()
      .scaleExtent(SCALES)
      .filter((event: Event) => isMeant(event))
      .on('zoom', ({ transform: next }: { transform: ZoomTransform }) => setTransform(next));
    behaviour.current = zooming;
    select(element).call(zooming).on('dblclick.zoom', null);
    return () => void select(element).on('.zoom', null);
  }, [box]);

  const fit = useCallback(() => {
    if (box.current === null || behaviour.current === null) return;
    const to = fitted({ width, height }, { width: viewWidth, height: viewHeight }, focused.current);
    behaviour.current.transform(select(box.current), to);
  }, [box, width, height, viewWidth, viewHeight]);
  useEffect(fit, [fit]);

  const zoomBy = useCallback(
    (factor: number) => {
      if (box.current !== null) behaviour.current?.scaleBy(select(box.current), factor);
    },
    [box],
  );
  return { transform, zoomBy, fit };
}

function isMeant(event: Event): boolean {
  if (event.type === 'wheel') return (event as WheelEvent).ctrlKey || (event as WheelEvent).metaKey;
  if (event.type.startsWith('touch')) return (event as TouchEvent).touches.length >= 2;
  return (event as MouseEvent).button === 0;
}
