import { LabelSet } from '../../promql/label-set.ts';
import { formatNumber } from '../../promql/number-literal.ts';
import type { LoadedSeries } from '../../promql/testing/run-script.ts';
import { numbers } from './numbers.ts';

const SCRAPE_MS = 15_000;
/** Samples lie between whole seconds, so that no window of a query in whole seconds begins at one. A time that a float holds exactly. */
const OFF_SECOND_MS = 375;
const SAMPLES = 240;

type Value = (at: number, before: number) => number | undefined;

function series(labels: Readonly<Record<string, string>>, value: Value): LoadedSeries {
  const samples: LoadedSeries['samples'][number][] = [];
  let before = 0;
  for (let at = 0; at < SAMPLES; at++) {
    const next = value(at, before);
    if (next === undefined) continue;
    before = next;
    samples.push({ timeMs: at * SCRAPE_MS + OFF_SECOND_MS, value: next, startMs: 0 });
  }
  return { labels: LabelSet.fromLabels(labels), samples };
}

/**
 * An hour of samples every 15 s: counters with resets, one that begins late and one that ends early; gauges with gaps, NaN and
 * infinities; classic histograms, one of them not monotonic; info-like series to join with.
 */
export function comparisonSeries(): LoadedSeries[] {
  const next = numbers(11);
  const all: LoadedSeries[] = [];
  for (const job of ['order', 'dispatch']) {
    for (const instance of ['a:1', 'b:1', 'c:1']) {
      all.push(series({ __name__: 'up', job, instance }, (at) => (at % 37 === 5 ? 0 : 1)));
      all.push(series({ __name__: 'build_info', job, instance, version: `1.${instance[0]}` }, () => 1));
      for (const code of ['200', '404', '500']) {
        const rise = code === '200' ? 40 : 3;
        const labels = { __name__: 'requests_total', job, instance, code };
        all.push(
          series(labels, (at, before) => {
            if (instance === 'c:1' && job === 'dispatch' && at < 90) return undefined;
            if (instance === 'b:1' && code === '404' && at > 150) return undefined;
            return next() < 0.01 ? Math.floor(next() * 5) : before + Math.floor(next() * rise);
          }),
        );
      }
      for (const le of ['0.1', '0.5', '1', '2.5', '+Inf']) {
        const share = { '0.1': 2, '0.5': 5, '1': 8, '2.5': 9, '+Inf': 10 }[le]!;
        const scale = instance === 'b:1' && le === '1' ? 3 : share;
        const labels = { __name__: 'latency_seconds_bucket', job, instance, le };
        all.push(series(labels, (at) => Math.floor((at + 10) * scale * (job === 'order' ? 1 : 1.7))));
      }
      all.push(series({ __name__: 'latency_seconds_count', job, instance }, (at) => (at + 10) * 10));
      all.push(series({ __name__: 'latency_seconds_sum', job, instance }, (at) => (at + 10) * 5.3));
    }
  }
  const rooms: Readonly<Record<string, Value>> = {
    hall: (at) => 20 + 5 * Math.sin(at / 9) + next(),
    cellar: (at) => (at % 11 < 3 ? undefined : -3 + next() * 2),
    attic: (at) => (at % 23 === 4 ? Number.NaN : 30 + next() * 7),
    oven: (at) => (at === 120 ? Number.POSITIVE_INFINITY : 180 + Math.floor(next() * 3)),
    freezer: (at) => (at % 60 < 30 ? -18 : -18.5),
    safe: () => 15,
  };
  for (const [room, value] of Object.entries(rooms)) {
    const floor = ['cellar', 'safe'].includes(room) ? '-1' : '1';
    all.push(series({ __name__: 'temperature_celsius', room, floor }, value));
    all.push(series({ __name__: 'wanted_celsius', room }, (at) => 18 + (at % 5)));
  }
  all.push(series({ __name__: 'calendar_seconds' }, (at) => 951_700_000 + at * 86_400 * 9));
  return all;
}

/** The same as OpenMetrics text, for `promtool tsdb create-blocks-from openmetrics`. */
export function toOpenMetrics(all: readonly LoadedSeries[]): string {
  const lines = all.flatMap(({ labels, samples }) => {
    const name = labels.get('__name__');
    const pairs = Object.entries(labels.without('__name__').toLabels()).map(
      ([key, value]) => `${key}=${JSON.stringify(value)}`,
    );
    return samples.map(
      ({ timeMs, value }) => `${name}{${pairs.join(',')}} ${formatNumber(Number(value))} ${timeMs / 1_000}`,
    );
  });
  return `${lines.join('\n')}\n# EOF\n`;
}
