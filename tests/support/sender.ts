import { randomBytes } from 'node:crypto';

/** What one request carried; `acknowledged` once it was answered with 200. */
export interface SentTrace {
  readonly traceId: string;
  readonly spanIds: readonly string[];
}

const SPANS_PER_TRACE = 5;
const hex = (bytes: number) => randomBytes(bytes).toString('hex');
const nanos = (ms: number) => `${Math.round(ms)}000000`;
const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });

function traceRequest(): { sent: SentTrace; body: object } {
  const traceId = hex(16);
  const spanIds = Array.from({ length: SPANS_PER_TRACE }, () => hex(8));
  const now = Date.now();
  const spans = spanIds.map((spanId, index) => ({
    traceId,
    spanId,
    ...(index > 0 && { parentSpanId: spanIds[0] }),
    name: `step ${index}`,
    kind: 1,
    startTimeUnixNano: nanos(now + index),
    endTimeUnixNano: nanos(now + index + 1),
    attributes: [attribute('campaign.id', 'crash-test')],
  }));
  const resource = { attributes: [attribute('service.name', 'crash-test')] };
  return { sent: { traceId, spanIds }, body: { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] } };
}

/** A gauge point a request: its value counts up, so that value and time are this point's alone. */
function metricRequest(value: number): object {
  return {
    resourceMetrics: [
      {
        resource: { attributes: [attribute('service.name', 'crash-test')] },
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'crash.probe',
                gauge: { dataPoints: [{ timeUnixNano: nanos(Date.now()), asInt: `${value}` }] },
              },
            ],
          },
        ],
      },
    ],
  };
}

/** Sends traces and points one after the other and remembers which were acknowledged. */
export class Sender {
  readonly acknowledgedTraces: SentTrace[] = [];
  readonly acknowledgedPoints: number[] = [];
  #value = 0;

  /** Sends to `base` until `signal` fires. A request that is not answered with 200 is not acknowledged, whatever became of it. */
  async run(base: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { sent, body } = traceRequest();
      if (await post(`${base}/v1/traces`, body)) this.acknowledgedTraces.push(sent);
      const value = ++this.#value;
      if (await post(`${base}/v1/metrics`, metricRequest(value))) this.acknowledgedPoints.push(value);
    }
  }
}

async function post(url: string, body: object): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    // Killed in the middle: nobody promised anything. The pause keeps a dead port from spinning the loop.
    await new Promise((next) => setTimeout(next, 20));
    return false;
  }
}
