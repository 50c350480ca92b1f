import { type RefObject, useEffect, useState } from 'react';
import type { ChartText } from '../charts/index.ts';
import { fillText } from '../charts/messages.ts';
import type { PanelData } from './panel-loader.ts';

/** Whether an element is on the screen or nearly so; true where the browser cannot say. */
export function useInView(box: RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    if (typeof IntersectionObserver === 'undefined') {
      setSeen(true);
      return;
    }
    const observer = new IntersectionObserver(
      (entries) => setSeen(entries.some((entry) => entry.isIntersecting)),
      { rootMargin: '200px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return seen;
}

/** The width in steps of 50 px, so that dragging a window's edge does not ask anew at every pixel; 0 until measured. */
export function useMeasuredWidth(box: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => setWidth(Math.max(50, Math.round(element.clientWidth / 50) * 50));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

const SLOW_MS = 2_500;

/** How old the shown data is, in words, while newer data is late or failed to come; undefined when it is fresh. */
export function useAge(data: PanelData, text: ChartText): string | undefined {
  const [now, setNow] = useState<number | null>(null);
  const late = data.arrivedAt !== null && (data.loading || data.problem !== null);
  useEffect(() => {
    setNow(null);
    if (!late) return;
    const timer = setInterval(() => setNow(performance.now()), SLOW_MS);
    return () => clearInterval(timer);
  }, [late]);
  if (!late || now === null || data.arrivedAt === null) return undefined;
  const seconds = Math.max(1, Math.round((now - data.arrivedAt) / 1_000));
  return seconds < 120
    ? fillText(text.ageSeconds, { count: seconds })
    : fillText(text.ageMinutes, { count: Math.round(seconds / 60) });
}
