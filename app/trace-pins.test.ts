import express from 'express';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createIncidents, type Incidents } from '../incidents/incidents.ts';
import { createMemoryIncidentEventStore } from '../incidents/memory-incident-events.ts';
import { problem } from '../model/api/problem.ts';
import { type TracePin, tracePin, tracePinList } from '../model/api/trace-pin.ts';
import type { TracePinStore } from '../storage/postgres/stores.ts';
import { systemClock } from './clock.ts';
import { tracePinRoutes } from './http/api/trace-pins.ts';
import { problemHandler } from './http/problem.ts';
import { mountRoutes } from './http/route.ts';
import { ask, close, open } from './http/testing/http-client.ts';
import { createTracePins } from './trace-pins.ts';

const logger = pino({ level: 'silent' });
const THERE = 'a'.repeat(32);
const GONE = 'b'.repeat(32);
let pins: TracePin[];
let incidents: Incidents;
let incident: string;

const isSame = (pin: Pick<TracePin, 'traceId' | 'incidentId'>) => (other: TracePin) =>
  other.traceId === pin.traceId && other.incidentId === pin.incidentId;
const store: TracePinStore = {
  add: async (pin) => !pins.some(isSame(pin)) && pins.push(pin) > 0,
  remove: async (pin) => {
    const before = pins.length;
    pins = pins.filter((other) => !isSame(pin)(other));
    return pins.length < before;
  },
  list: async ({ incidentId } = {}) =>
    pins.filter((pin) => incidentId === undefined || pin.incidentId === incidentId),
  traceIds: async () => pins.map(({ traceId }) => traceId),
};

beforeEach(async () => {
  pins = [];
  incidents = createIncidents({
    ...{ store: createMemoryIncidentEventStore(), clock: systemClock, logger, registry: new Registry() },
    ids: () => 'i1',
  });
  const declared = { by: 'Ada', title: 'Refunds fail', severity: 'SEV2' as const, safety: false };
  incident = (await incidents.declare({ ...declared, campaignId: null, reason: 'calls' })).id;
  const tracePins = createTracePins({
    ...{ store, incidents, clock: systemClock, logger },
    hasTrace: async (traceId) => traceId === THERE,
  });
  const app = express().set('query parser', 'simple').use(express.json());
  await open(app.use(mountRoutes(tracePinRoutes(tracePins))).use(problemHandler(logger)));
});
afterEach(() => close());

const send = async (method: string, path: string, body?: object) => {
  const headers = { 'Content-Type': 'application/json' };
  const { status, text } = await ask(path, {
    ...{ method, headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status, answer: JSON.parse(text) };
};
const pin = (traceId: string, body: object) => send('POST', `/api/traces/${traceId}/pin`, body);
const timeline = async () =>
  (await incidents.get(incident)).events.map(({ actor, body }) => [actor.name, body]);

it('keeps a trace as evidence of an incident, whose timeline says so, and lets go of it', async () => {
  const { status, answer } = await pin(THERE.toUpperCase(), {
    by: 'Bo',
    incidentId: incident,
    note: 'first',
  });
  expect(status, JSON.stringify(answer)).toBe(200);
  const pinned = tracePin.parse(answer);
  expect(pinned).toMatchObject({ traceId: THERE, by: 'Bo', incidentId: incident, note: 'first' });
  const { answer: listed } = await send('GET', `/api/traces/pins?incident=${incident}`);
  expect(tracePinList.parse(listed).pins).toEqual([pinned]);
  expect((await send('DELETE', `/api/traces/${THERE}/pin?by=Cy&incident=${incident}`)).status).toBe(200);
  expect(pins).toEqual([]);
  expect((await timeline()).slice(1)).toEqual([
    ['Bo', { type: 'evidence_pinned', traceId: THERE, note: 'first' }],
    ['Cy', { type: 'evidence_unpinned', traceId: THERE }],
  ]);
});

it('pins once, however often it is asked', async () => {
  const first = await pin(THERE, { incidentId: incident });
  expect((await pin(THERE, { by: 'late', incidentId: incident })).answer).toEqual(first.answer);
  expect(await timeline()).toHaveLength(2);
  expect((await pin(THERE, {})).answer).toMatchObject({ incidentId: null });
});

it('takes evidence after an incident was resolved', async () => {
  await incidents.resolve(incident, 'Ada', 'paid back');
  expect((await pin(THERE, { incidentId: incident })).status).toBe(200);
});

it.each([
  ['a trace that is not there', GONE, {}, 404],
  ['what is no id of a trace', 'nothing', {}, 404],
  ['an incident that is not there', THERE, { incidentId: 'nothing' }, 404],
  ['a field that nobody knows', THERE, { incident: 'i1' }, 400],
])('refuses %s, and pins nothing', async (_, traceId, body, status) => {
  const refused = await pin(traceId, body);
  expect(problem.parse(refused.answer).error.message).not.toBe('');
  expect([refused.status, pins]).toEqual([status, []]);
});

it('has no pin to take off where there is none', async () => {
  expect((await send('DELETE', `/api/traces/${THERE}/pin`)).status).toBe(404);
});
