/** A demo for tests: free ports, a directory of its own, a sink instead of the product, quick exports. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { type Clock, durationMs, epochMs } from '../../model/units.ts';
import { type DemoCampaign, libraryCampaign } from '../demo/campaign.ts';
import { type RunningDemo, startDemo } from '../demo/main.ts';
import type { ServiceName } from '../demo/settings.ts';
import { type OtlpSink, startOtlpSink } from './otlp-sink.ts';

export const testClock: Clock = {
  now: () => epochMs(Date.now()),
  monotonic: () => durationMs(performance.now()),
};

export interface TestDemo {
  readonly demo: RunningDemo;
  readonly sink: OtlpSink;
  readonly campaign: DemoCampaign;
  readonly dataDirectory: string;
  /** Sends a request to a service as a device would. */
  send(
    service: ServiceName,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown }>;
  stop(): Promise<void>;
}

/** Starts it without a crowd unless asked for one. */
export async function startTestDemo(options: { traffic: boolean; trafficScale?: number }): Promise<TestDemo> {
  const sink = await startOtlpSink();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'demo-test-'));
  const campaign = await libraryCampaign();
  const demo = await startDemo({
    otlpEndpoint: sink.url,
    campaign,
    dataDirectory,
    logger: pino({ level: 'silent' }),
    clock: testClock,
    ports: { order: 0, dispatch: 0, support: 0, gate: 0, control: 0 },
    exportIntervalMs: 500,
    ...options,
  });
  return {
    demo,
    sink,
    campaign,
    dataDirectory,
    send: async (service, path, body, headers = {}) => {
      const response = await fetch(`http://127.0.0.1:${demo.supervisor.ports[service]}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    },
    stop: async () => {
      await demo.stop();
      await sink.stop();
      await rm(dataDirectory, { recursive: true });
    },
  };
}

/** Asks again until the answer is neither undefined, null, false nor 0; throws with `what` when it has not come in time. */
export async function eventually<Answer>(
  what: string,
  ask: () => Promise<Answer> | Answer,
  limitMs = 30_000,
): Promise<Exclude<Answer, undefined | false | null>> {
  const untilMs = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false && answer !== null && answer !== 0)
      return answer as Exclude<Answer, undefined | false | null>;
    if (performance.now() > untilMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await delay(50);
  }
}
