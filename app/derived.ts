import type { DerivedMetric } from '../model/series.ts';
import type { EpochMs } from '../model/units.ts';

const CUMULATIVE = 2;

/**
 * What the product computed itself as an OTLP/JSON request, so that it takes the same road as everybody's telemetry:
 * checked, durable, and there after a restart. The instance id is constant: the series go on over restarts.
 */
export function derivedToOtlp(metrics: readonly DerivedMetric[], now: EpochMs, startedAt: EpochMs): object {
  const nanos = (ms: number) => `${Math.round(ms)}000000`;
  return {
    resourceMetrics: [
      {
        resource: {
          attributes: [
            attribute('service.name', 'tidewarden'),
            attribute('service.instance.id', 'tidewarden'),
          ],
        },
        scopeMetrics: [
          {
            scope: { name: 'tidewarden.campaigns' },
            metrics: metrics.map((metric) => {
              const dataPoints = metric.points.map((point) => ({
                attributes: Object.entries(point.attributes).map(([key, value]) => attribute(key, value)),
                timeUnixNano: nanos(now),
                ...(metric.kind === 'counter' && { startTimeUnixNano: nanos(startedAt) }),
                asDouble: point.value,
              }));
              return {
                name: metric.name,
                unit: metric.unit,
                description: metric.description,
                ...(metric.kind === 'counter'
                  ? { sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } }
                  : { gauge: { dataPoints } }),
              };
            }),
          },
        ],
      },
    ],
  };
}

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
