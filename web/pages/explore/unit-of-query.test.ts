import { describe, expect, it } from 'vitest';
import type { MetricMetadata } from '../../api/prometheus-metadata.ts';
import { unitOfQuery } from './unit-of-query.ts';

const meta = (type: MetricMetadata['type'], unit: string): MetricMetadata[] => [{ type, unit, help: '' }];
const METADATA = new Map([
  ['order_placed_total', meta('counter', '{order}')],
  ['order_failed_total', meta('counter', '{order}')],
  ['revenue_total', meta('counter', 'CNY')],
  ['wait_left', meta('gauge', 's')],
  ['http_server_request_duration_seconds', meta('histogram', 's')],
  ['memory_used', meta('gauge', 'By')],
  ['free_ratio', meta('gauge', '1')],
]);

describe('the unit of a query', () => {
  it.each([
    ['wait_left', 's'],
    ['memory_used{job="a"} offset 5m', 'bytes'],
    ['sum by (a) (rate(order_placed_total[5m]))', 'cps'],
    ['sum by (a) (rate(order_placed_total[5m])) * 60', 'cpm'],
    ['60 * rate(order_placed_total[5m])', 'cpm'],
    ['increase(revenue_total[1h])', 'currencyCNY'],
    ['rate(memory_used[5m])', 'binBps'],
    ['histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket[5m])))', 's'],
    [
      'rate(http_server_request_duration_seconds_sum[5m]) / rate(http_server_request_duration_seconds_count[5m])',
      's',
    ],
    ['rate(order_failed_total[5m]) / rate(order_placed_total[5m])', 'percentunit'],
    ['100 * (rate(order_failed_total[5m]) / rate(order_placed_total[5m]))', 'percent'],
    ['free_ratio', 'percentunit'],
    ['(wait_left + 5) > 10', 's'],
    ['wait_left > bool 10', 'short'],
    ['count(wait_left)', 'short'],
    ['topk(3, wait_left)', 's'],
    ['quantile_over_time(0.9, wait_left[1h])', 's'],
    ['max_over_time(rate(memory_used[5m])[1h:1m])', 'binBps'],
    ['process_resident_memory_bytes', 'bytes'],
    ['rate(process_cpu_seconds_total[1m])', 'percentunit'],
  ])('%s is in %s', (expr, unit) => {
    expect(unitOfQuery(expr, METADATA)).toBe(unit);
  });

  it.each(['wait_left * memory_used', 'wait_left + memory_used', 'time()', '{job="a"}', 'sum(', '', '1 + 1'])(
    'does not guess for %s',
    (expr) => {
      expect(unitOfQuery(expr, METADATA)).toBeUndefined();
    },
  );
});
