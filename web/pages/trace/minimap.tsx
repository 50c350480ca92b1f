import { useComputedColorScheme } from '@mantine/core';
import { memo, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { FAILED, FIRST_SERVICE, minimapPixels, NOTHING } from './minimap-pixels.ts';
import type { TraceView } from './use-trace-view.ts';
import classes from './waterfall.module.css';

export interface MinimapProps {
  readonly view: TraceView;
  readonly colours: ReadonlyMap<string, string>;
}

const HEIGHT = 48;
const WIDTH = 720;

/** All spans at once, small, and which part of the time the rows below show: drag to choose it, double-click for all. */
export const Minimap = memo(function Minimap({ view, colours }: MinimapProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { tree, rows, window, setWindow } = view;
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number } | null>(null);
  const pixels = useMemo(() => {
    const serviceIndex = new Map([...colours.keys()].map((service, index) => [service, index]));
    return minimapPixels(rows, tree.durationNano, WIDTH, HEIGHT, serviceIndex);
  }, [rows, tree, colours]);
  const scheme = useComputedColorScheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours' names mean others in the other scheme
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context != null) paint(context, pixels, [...colours.values()]);
  }, [pixels, colours, scheme]);
  const share = (event: PointerEvent<HTMLElement>): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - left) / width));
  };
  const shown = drag ?? {
    from: window.fromNano / tree.durationNano,
    to: window.toNano / tree.durationNano,
  };
  const [from, to] = [Math.min(shown.from, shown.to), Math.max(shown.from, shown.to)];
  const finish = (): void => {
    setDrag(null);
    // A click is no choice of a time.
    if (drag !== null && Math.abs(drag.to - drag.from) > 0.003)
      setWindow({ fromNano: from * tree.durationNano, toNano: to * tree.durationNano });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for pointers; the keys + - 0 do the same
    <div
      className={classes.minimap}
      title={t('waterfall.minimap')}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: share(event), to: share(event) });
      }}
      onPointerMove={(event) => drag !== null && setDrag({ ...drag, to: share(event) })}
      onPointerUp={finish}
      onPointerCancel={() => setDrag(null)}
      onDoubleClick={() => setWindow({ fromNano: 0, toNano: tree.durationNano })}
    >
      <canvas ref={canvas} width={WIDTH} height={HEIGHT} aria-hidden />
      <span className={classes.outside} style={{ left: 0, width: `${from * 100}%` }} />
      <span className={classes.outside} style={{ left: `${to * 100}%`, right: 0 }} />
      {(from > 0 || to < 1) && (
        <span className={classes.windowText}>
          {t('waterfall.window', {
            from: format.duration((from * tree.durationNano) / 1e6),
            to: format.duration((to * tree.durationNano) / 1e6),
          })}
        </span>
      )}
    </div>
  );
});

/** Custom properties resolved to `[red, green, blue]`; a canvas does not know them. */
function resolve(colour: string, style: CSSStyleDeclaration): readonly number[] {
  const name = /^var\((--[\w-]+)\)$/.exec(colour)?.[1];
  const value = name === undefined ? colour : style.getPropertyValue(name).trim();
  const hex = /^#([0-9a-f]{6})$/i.exec(value)?.[1] ?? '808080';
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

function paint(context: CanvasRenderingContext2D, pixels: Uint8Array, services: readonly string[]): void {
  const style = getComputedStyle(context.canvas);
  const colours = services.map((colour) => resolve(colour, style));
  const failed = resolve('var(--tw-page-solid)', style);
  const image = context.createImageData(WIDTH, HEIGHT);
  for (let index = 0; index < pixels.length; index++) {
    const value = pixels[index]!;
    if (value === NOTHING) continue;
    const colour = value === FAILED ? failed : (colours[value - FIRST_SERVICE] ?? failed);
    image.data.set(colour, index * 4);
    image.data[index * 4 + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
