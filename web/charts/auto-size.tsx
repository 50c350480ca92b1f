import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { Size } from './types.ts';

export interface AutoSizeProps {
  /** Fixed height in px; without it the container's height is measured too. */
  readonly height?: number | undefined;
  /** The width until measured, so that server rendering and the first paint have a layout. */
  readonly initialWidth?: number | undefined;
  readonly className?: string | undefined;
  readonly children: (size: Size) => ReactNode;
}

/** Measures its box and hands the size to a chart; the box keeps its height, so nothing jumps. */
export function AutoSize({ height, initialWidth = 600, className, children }: AutoSizeProps) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: initialWidth, height: height ?? 240 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => {
      const width = Math.floor(element.clientWidth);
      const measured = height ?? Math.floor(element.clientHeight);
      if (width > 0 && measured > 0)
        setSize((old) =>
          old.width === width && old.height === measured ? old : { width, height: measured },
        );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [height]);
  return (
    <div
      ref={box}
      className={className}
      style={{ width: '100%', height: height ?? '100%', minWidth: 0, overflow: 'hidden' }}
    >
      {children(size)}
    </div>
  );
}
