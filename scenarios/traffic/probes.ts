/**
 * Synthetic users, one a city: they try what users do, marked as synthetic so that nothing of it is sold or counted, and
 * report whether it works. A refusal is an answer; only silence and 5xx are failures.
 */
import { meter } from '../services/telemetry.ts';
import type { Crowd, Operation } from './client.ts';
import { wish } from './shoppers.ts';

const EVERY_MS = 8_000;

/** Keeps probing until the signal ends it. A probe that has not been tried yet reports nothing. */
export async function runProbes(crowd: Crowd): Promise<void> {
  const { campaign } = crowd.running.settings;
  const works = new Map<string, { cityCode: string; operation: Operation; value: 0 | 1 }>();
  meter()
    .createObservableGauge('synthetic.probe', { description: '1: a synthetic user can do it.' })
    .addCallback((result) => {
      for (const { cityCode, operation, value } of works.values())
        result.observe(value, { 'campaign.id': campaign.id, 'city.code': cityCode, operation });
    });
  const probe = async (
    cityCode: string,
    operation: Operation,
    path: string,
    target: string,
    body: unknown,
  ) => {
    const reply = await crowd.client.tap({
      operation,
      service: 'order',
      path,
      target,
      body,
      kind: 'synthetic',
    });
    if (crowd.signal.aborted) return;
    const value = reply !== null && reply.status < 500 ? 1 : 0;
    works.set(`${operation} ${cityCode}`, { cityCode, operation, value });
  };
  while (!crowd.signal.aborted) {
    await crowd.pause(EVERY_MS);
    for (const cityCode of campaign.cities) {
      await probe(cityCode, 'place', '/orders', '/orders', {
        ...wish(crowd, false),
        cityCode,
        units: 1,
        fulfilment: 'mobile',
        userId: `probe-${cityCode}`,
      });
      await probe(cityCode, 'cancel', `/orders/probe-${cityCode}/cancel`, '/orders/{id}/cancel', {});
    }
  }
}
