import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import {
  type AlertStateBand,
  BarGauge,
  type ChartSeries,
  ChartSettingsProvider,
  DataTable,
  FanChart,
  Sparkline,
  Stat,
  StateTimeline,
  type Threshold,
  TimeSeriesChart,
  type TimeSeriesChartProps,
} from './index.ts';

const FROM_MS = Date.UTC(2026, 1, 11, 12, 0, 0);
const TO_MS = FROM_MS + 600_000;
const range = { fromMs: FROM_MS, toMs: TO_MS };

const series = (name: string, values: readonly (number | null)[], labels = { name }): ChartSeries => ({
  name,
  labels,
  points: values.map((value, index) => [FROM_MS + index * 60_000, value]),
});

const render = (chart: ReactElement, locale = 'en'): string =>
  renderToStaticMarkup(
    <ChartSettingsProvider locale={locale} timeZone="Asia/Shanghai">
      {chart}
    </ChartSettingsProvider>,
  );

const chart = (props: Partial<TimeSeriesChartProps>, locale = 'en'): string =>
  render(
    <TimeSeriesChart title="Orders" width={600} height={300} range={range} series={[]} {...props} />,
    locale,
  );

/** Every number in every path: one that is not finite would make the browser drop the line without a word. */
const pathNumbers = (markup: string): number[] =>
  [...markup.matchAll(/ d="([^"]*)"/g)].flatMap(([, path]) =>
    (path!.match(/-?[\d.]+(?:e-?\d+)?|NaN|Infinity/g) ?? []).map(Number),
  );

describe('TimeSeriesChart', () => {
  const placed = series('placed', [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110]);

  it('says in words what it shows', () => {
    const markup = chart({ series: [placed], unit: 'suffix:orders/min' });
    expect(markup).toContain('Orders, Feb 11, 20:00 to Feb 11, 20:10. placed: last 110 orders/min, rising.');
    expect(chart({ series: [placed], unit: 'short' }, 'zh-CN')).toContain('placed：最新 110，上升。');
  });

  it('writes the unit once, on the axis', () => {
    const markup = chart({ series: [placed], unit: 'suffix:orders/min', legend: 'table' });
    const seen = markup.replace(/<figcaption.*?<\/figcaption>/s, '').replace(/aria-valuetext="[^"]*"/g, '');
    expect(seen.split('orders/min').length - 1).toBe(1);
  });

  it('writes the unit of a series that has another one', () => {
    const markup = chart({
      series: [placed, { ...series('wait', [1, 2]), unit: 's' }],
      unit: 'short',
      legend: 'table',
    });
    expect(markup).toContain('<td>2 s</td>');
  });

  it('is a slider in time for the keyboard', () => {
    const markup = chart({ series: [placed] });
    expect(markup).toMatch(/role="slider"[^>]*tabindex="0"|tabindex="0"[^>]*role="slider"/i);
    expect(markup).toContain(`aria-valuemax="${TO_MS}"`);
    expect(markup).toMatch(/aria-valuetext="Feb 11, 20:10:00 GMT\+8, placed 110"/);
  });

  it('breaks the line at a gap', () => {
    const markup = chart({ series: [series('a', [1, 2, null, 4, 5, 6])], legend: 'hidden', fill: false });
    const lines = [...markup.matchAll(/ d="(M[^"]*)" stroke=/g)].map(([, path]) => path!);
    expect(lines).toHaveLength(1);
    expect(lines[0]!.split('M').length - 1).toBe(2);
  });

  it('draws a point on its own as a dot', () => {
    expect(chart({ series: [series('a', [5])] })).toContain('<circle');
  });

  it('tells no data from zero', () => {
    expect(chart({ series: [] })).toContain('no data');
    expect(chart({ series: [series('a', [null, null])] })).toContain('>No data<');
    expect(chart({ series: [series('a', [0, 0])] })).not.toContain('No data');
  });

  it.each<[string, (number | null)[]]>([
    ['NaN and infinities', [Number.NaN, 1, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY, null, 3]],
    ['all zero', [0, 0, 0]],
    ['negative', [-5, -1, -100]],
    ['one point', [7]],
    ['huge', [1e300, 1e308, -1e308]],
    ['tiny', [1e-300, 5e-324, 0]],
  ])('draws only finite coordinates for %s', (_, values) => {
    for (const stacked of [false, true]) {
      const markup = chart({
        series: [series('a', values), series('b', values)],
        stacked,
        fill: true,
        legend: 'table',
      });
      const numbers = pathNumbers(markup);
      expect(numbers.length).toBeGreaterThan(0);
      expect(numbers.every(Number.isFinite)).toBe(true);
      expect(markup).not.toMatch(/"(NaN|-?Infinity)"/);
    }
  });

  it('draws 200 series, and many points on a canvas', () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      series(`store-${index}`, [index, index + 1, index + 2]),
    );
    expect(chart({ series: many }).match(/data-series=/g)).toHaveLength(200);
    const long = many.map((one) => ({
      ...one,
      points: Array.from({ length: 100 }, (_, index) => [FROM_MS + index * 6_000, index] as const),
    }));
    const markup = chart({ series: long });
    expect(markup).toContain('<canvas');
    expect(markup).not.toContain('data-series=');
  });

  it('labels limits and names the next one beyond the axis', () => {
    const thresholds: Threshold[] = [
      { value: 100, label: 'warning', state: 'warning' },
      { value: 5_000, label: 'page', state: 'page' },
      { value: 9_000, label: 'safety', state: 'safety' },
    ];
    const markup = chart({ series: [placed], thresholds });
    expect(markup).toContain('>warning 100<');
    expect(markup).toContain('↑ page 5,000');
    expect(markup).not.toContain('safety 9,000');
  });

  it('names only the highest of limits that lie together', () => {
    const thresholds: Threshold[] = [2, 3, 4, 60].map((value) => ({ value, label: 'limit', state: 'page' }));
    const markup = chart({ series: [placed], thresholds });
    expect([...markup.matchAll(/>limit (\d+)</g)].map(([, value]) => value)).toEqual(['4', '60']);
    expect(markup.match(/stroke-dasharray="5 3"/g)).toHaveLength(4);
  });

  it('shows alert states that differ by more than colour', () => {
    const bands: AlertStateBand[] = (['firing', 'pending', 'no_data', 'inactive'] as const).map(
      (state, index) => ({
        fromMs: FROM_MS + index * 100_000,
        toMs: FROM_MS + (index + 1) * 100_000,
        state,
      }),
    );
    const markup = chart({ series: [placed], alertStates: bands });
    expect(markup.match(/<rect[^>]*><title>[^<]*<\/title>/g)).toHaveLength(3);
    expect(markup).toContain('<title>no data</title>');
    expect(markup).toMatch(/fill="url\(#[^"]*hatch\)"/);
  });

  it('flags annotations and the present', () => {
    const markup = chart({
      series: [placed],
      annotations: [
        { timeMs: FROM_MS + 60_000, kind: 'deploy', text: '4.2.1' },
        { timeMs: FROM_MS - 9e9, kind: 'old', text: 'outside' },
      ],
      nowMs: FROM_MS + 120_000,
    });
    expect(markup).toContain('<title>deploy: 4.2.1</title>');
    expect(markup).not.toContain('outside');
    expect(markup).toContain('>now<');
  });

  it('names lines directly where there is room, in a list where there is not', () => {
    const two = [placed, series('paid', [1, 2, 3])];
    expect(chart({ series: two, legend: 'hidden' })).not.toContain('twc-legend-list');
    expect(chart({ series: two, legend: 'hidden', width: 300 })).toContain('twc-legend-list');
  });

  it('is the same data as a table', () => {
    const markup = chart({ series: [series('a', [1.5, null, Number.NaN])], view: 'table' });
    expect(markup.match(/<tr/g)).toHaveLength(4);
    expect(markup).toContain('title="no value"');
    expect(markup).toContain('NaN');
    expect(markup.indexOf('20:02:00')).toBeLessThan(markup.indexOf('20:00:00'));
  });

  it('does not change when the same data comes again', () => {
    expect(chart({ series: [placed] })).toBe(chart({ series: [{ ...placed, points: [...placed.points] }] }));
  });
});

describe('FanChart', () => {
  const points = [0, 1, 2, 3, 30, 31, 32].map((step) => ({
    timeMs: FROM_MS + step * 10_000,
    low: 1,
    middle: 2,
    high: step,
  }));
  it('does not bridge the night', () => {
    const markup = render(
      <FanChart title="Density" width={600} height={240} points={points} range={range} nowMs={FROM_MS} />,
    );
    const middle = /d="(M[^"]*)" stroke="[^"]*" stroke-width="1.75"/.exec(markup)![1]!;
    expect(middle.split('M').length - 1).toBe(2);
    expect(markup).toContain('Density, Feb 11, 20:00');
  });
  it('has nothing to draw without points, and says so', () => {
    expect(render(<FanChart title="Density" width={600} height={240} points={[]} range={range} />)).toContain(
      'no data',
    );
  });
});

describe('figures', () => {
  const limits: Threshold[] = [
    { value: Number.NEGATIVE_INFINITY, label: 'good', state: 'good' },
    { value: 3, label: 'page', state: 'page' },
  ];

  it('say their state in a mark as well as in colour', () => {
    const markup = render(<Stat title="Density" value={3.4} unit="suffix:persons/m²" thresholds={limits} />);
    expect(markup).toContain('role="img" aria-label="page"');
    expect(markup).toContain('data-state="page"');
    expect(render(<Stat title="Density" value={1} thresholds={limits} />)).toContain('data-state="good"');
  });

  it('tell missing from zero', () => {
    expect(render(<Stat title="Sold" value={null} />)).toContain('No data');
    expect(render(<Stat title="Sold" value={0} />)).not.toContain('No data');
    const bars = render(
      <BarGauge
        title="Bars"
        items={[
          { name: 'a', value: null },
          { name: 'b', value: 0 },
        ]}
      />,
    );
    expect(bars.match(/twc-bar-missing/g)).toHaveLength(1);
    expect(render(<Sparkline title="Orders" points={[]} />)).toContain('aria-label="Orders: No data"');
  });

  it('keep bars inside their track for any value', () => {
    const markup = render(
      <BarGauge
        title="Bars"
        max={10}
        items={[-5, 0, 5, 500, Number.POSITIVE_INFINITY].map((value) => ({ name: `${value}`, value }))}
      />,
    );
    for (const [, left, width] of markup.matchAll(/left:([\d.-]+)%;width:([\d.-]+)%/g)) {
      expect(Number(left)).toBeGreaterThanOrEqual(0);
      expect(Number(left) + Number(width)).toBeLessThanOrEqual(100.001);
    }
  });

  it('write a table’s unit in its heading', () => {
    const markup = render(
      <DataTable
        title="Gates"
        columns={[{ key: 'a', title: 'Density', kind: 'number', unit: 'suffix:persons/m²' }]}
        rows={[{ a: 1.5 }, { a: null }]}
      />,
    );
    expect(markup.match(/persons\/m²/g)).toHaveLength(1);
    expect(markup).toContain('scope="col"');
  });

  it('name the latest state of every row of a timeline', () => {
    const markup = render(
      <StateTimeline
        title="Alerts"
        width={400}
        range={range}
        rows={[
          { name: 'Quota', bands: [{ fromMs: FROM_MS, toMs: TO_MS, state: 'firing' }] },
          { name: 'Floor', bands: [] },
        ]}
      />,
    );
    expect(markup).toContain('aria-label="Alerts: Quota firing, Floor No data"');
  });
});
