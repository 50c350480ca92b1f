import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { boxBetween } from './box-layer.tsx';
import { durationFrame, durationTicks } from './duration-frame.ts';
import {
  ChartSettingsProvider,
  type HeatmapCell,
  HeatmapChart,
  ScatterChart,
  type ScatterPoint,
} from './index.ts';

const FROM_MS = Date.UTC(2026, 1, 11, 12, 0, 0);
const range = { fromMs: FROM_MS, toMs: FROM_MS + 600_000 };
const size = { width: 600, height: 240 };

const render = (chart: ReactElement, locale = 'en'): string =>
  renderToStaticMarkup(
    <ChartSettingsProvider locale={locale} timeZone="Asia/Shanghai">
      {chart}
    </ChartSettingsProvider>,
  );

const point = (id: string, minute: number, seconds: number, failed = false): ScatterPoint => ({
  id,
  name: `POST /${id}`,
  timeMs: FROM_MS + minute * 60_000,
  seconds,
  failed,
});

describe('ScatterChart', () => {
  const points = [point('slow', 5, 2.5, true), point('early', 1, 0.02), point('late', 9, 0.08)];

  it('says in words what it shows', () => {
    const markup = render(<ScatterChart title="Duration" points={points} range={range} {...size} />);
    expect(markup).toContain(
      'Duration, Feb 11, 20:00 to Feb 11, 20:10: 3 points, 1 of them failed; 20 ms to 2.5 s, half of them at most 80 ms.',
    );
    expect(render(<ScatterChart title="耗时" points={points} range={range} {...size} />, 'zh-CN')).toContain(
      '共 3 个点，其中 1 个失败',
    );
  });

  it('marks the time of which not everything is known, and says so', () => {
    const unknownBefore = { timeMs: FROM_MS + 300_000, words: 'only the newest 3' };
    const markup = render(
      <ScatterChart title="Duration" points={points} range={range} unknownBefore={unknownBefore} {...size} />,
    );
    expect(markup).toMatch(/<g class="twc-unknown"><rect[^>]*><title>only the newest 3<\/title>/);
    expect(markup).toMatch(/<figcaption[^>]*>[^<]*at most 80 ms\. only the newest 3</);
  });

  it('begins with the earliest for those who walk by keys', () => {
    const markup = render(<ScatterChart title="Duration" points={points} range={range} {...size} />);
    expect(markup).toMatch(/aria-valuetext="POST \/early, [^"]*, 20 ms"/);
    expect(markup).toContain('aria-valuemax="2"');
  });

  it('takes no part of what is outside the range, nor fails on nothing or on no duration', () => {
    const outside = [point('before', -1, 1), point('now', 2, 0)];
    const markup = render(<ScatterChart title="Duration" points={outside} range={range} {...size} />);
    expect(markup).toContain('1 points');
    expect(markup).not.toContain('NaN');
    expect(render(<ScatterChart title="Duration" points={[]} range={range} {...size} />)).toContain(
      'No data',
    );
  });
});

describe('HeatmapChart', () => {
  const cells: readonly HeatmapCell[] = [
    { timeMs: FROM_MS, above: 0.125, upTo: 0.25, count: 1 },
    { timeMs: FROM_MS + 60_000, above: 0.25, upTo: 0.5, count: 100 },
    { timeMs: FROM_MS + 120_000, above: 0.25, upTo: 0.5, count: 0 },
  ];
  const markup = render(
    <HeatmapChart title="Latency" cells={cells} stepMs={60_000} range={range} {...size} />,
  );

  it('draws a box for each that is not empty, the fuller the more', () => {
    const opacities = [...markup.matchAll(/fill-opacity="([\d.]+)"/g)].map(([, value]) => Number(value));
    expect(opacities).toHaveLength(2);
    expect(opacities[1]).toBe(1);
    expect(opacities[0]).toBeGreaterThan(0.08);
    expect(opacities[0]).toBeLessThan(0.3);
  });

  it('says where most of them are', () => {
    expect(markup).toContain('101 in all; the most: ');
    expect(markup).toContain('above 250 ms, at most 500 ms: 100');
  });
});

describe('an axis of durations', () => {
  it('has round ticks, fewer of them the wider it is', () => {
    expect(durationTicks(0.001, 0.1, 10)).toEqual([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1]);
    expect(durationTicks(0.001, 10, 6)).toEqual([0.001, 0.01, 0.1, 1, 10]);
    expect(durationTicks(1.2, 2.6, 6)).toEqual([1.5, 2, 2.5]);
    expect(durationTicks(1e-6, 1e4, 5).length).toBeLessThanOrEqual(5);
  });

  it('turns a dragged part back into times and durations, held inside the plot', () => {
    const frame = durationFrame({ size, range, shortest: 0.01, longest: 1, locale: 'en' });
    const middle = { x: (frame.left + frame.right) / 2, y: (frame.top + frame.bottom) / 2 };
    const box = boxBetween(frame, middle, { x: 5_000, y: -50 });
    expect(box.fromMs).toBe(FROM_MS + 300_000);
    expect(box.toMs).toBe(range.toMs);
    expect(box.shortest).toBeCloseTo(0.1);
    expect(box.longest).toBeCloseTo(1);
    expect(boxBetween(frame, { x: 5_000, y: -50 }, middle)).toEqual(box);
  });
});
