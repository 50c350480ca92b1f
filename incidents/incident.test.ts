import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertTransition } from '../alerts/transition.ts';
import { type IncidentEvent, incidentDetail, incidentEvent } from '../model/api/incident.ts';
import { decideOnAlert } from './alert-policy.ts';
import { decideCommand, type IncidentCommand, IncidentRefusal } from './commands.ts';
import { detail, type Incident, isFiring, reduceIncident, replayIncident, summarise } from './incident.ts';
import { alertOf, START_MS } from './testing/incident-story.ts';

const person = fc.constantFrom('Li Lei', 'Han Mei');
const step = fc.record({
  runbookId: fc.constantFrom('crowd-surge', 'oversell'),
  stepId: fc.constantFrom('stop-the-sale', 'call-the-venue'),
});

const command: fc.Arbitrary<IncidentCommand> = fc.oneof(
  fc.constant<IncidentCommand>({ type: 'acknowledge' }),
  fc.string().map((text): IncidentCommand => ({ type: 'comment', text })),
  fc.constant<IncidentCommand>({ type: 'resolve', reason: 'over' }),
  fc.constant<IncidentCommand>({ type: 'reopen', reason: 'back' }),
  fc
    .constantFrom('SEV1' as const, 'SEV2' as const, 'SEV3' as const, 'SEV4' as const)
    .map((severity): IncidentCommand => ({ type: 'set_severity', severity, reason: 'r' })),
  fc
    .tuple(fc.constantFrom('commander' as const, 'scribe' as const), person)
    .map(([role, name]): IncidentCommand => ({ type: 'assign_role', role, person: name })),
  fc.option(fc.integer({ min: 1, max: 240 })).map(
    (minutes): IncidentCommand => ({
      ...{ type: 'publish_update', audience: 'users', text: 't', nextUpdateInMinutes: minutes },
    }),
  ),
  fc
    .tuple(step, fc.boolean())
    .map(([where, done]): IncidentCommand => ({ type: 'set_step', ...where, done, note: '', evidence: [] })),
);

const transition: fc.Arbitrary<AlertTransition> = fc
  .record({
    kind: fc.constantFrom('pending', 'firing', 'resolved', 'dropped', 'updated', 'restored'),
    name: fc.constantFrom('CrowdSurgeForecast', 'UnitsUnderPriceFloor', 'PickupMismatches'),
    value: fc.option(fc.constantFrom(1, 3.5, 4, 12)),
    venue: fc.constantFrom('harbour', 'lagoon'),
    firing: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ kind, name, value, venue, firing }) => ({
    ...{ kind: kind as AlertTransition['kind'], reason: 'r', atMs: START_MS },
    alert: alertOf(name, {
      ...{ value, activeAtMs: START_MS + firing * 60_000, labels: { venue_id: venue } },
      ...(name === 'PickupMismatches' ? { severity: 'ticket' } : {}),
    }),
  }));

const act = fc.record({
  waitMs: fc.integer({ min: 0, max: 40 * 60_000 }),
  what: fc.oneof(
    command.map((asked) => ({ kind: 'command' as const, asked })),
    transition.map((told) => ({ kind: 'transition' as const, told })),
  ),
});

/** Runs what people and alerts do; all events by incident, and the incidents as they were built step by step. */
function run(
  acts: readonly {
    waitMs: number;
    what: { kind: 'command'; asked: IncidentCommand } | { kind: 'transition'; told: AlertTransition };
  }[],
) {
  const logs = new Map<string, IncidentEvent[]>();
  const incidents = new Map<string, Incident>();
  let nowMs = START_MS;
  let last = '';
  const write = (id: string, kind: 'person' | 'system', bodies: readonly IncidentEvent['body'][]) => {
    for (const body of bodies) {
      const before = incidents.get(id) ?? null;
      const event: IncidentEvent = {
        ...{ incidentId: id, sequence: (before?.sequence ?? 0) + 1, atMs: nowMs, body },
        actor: { kind, name: 'someone' },
      };
      incidents.set(id, reduceIncident(before, event));
      logs.set(id, [...(logs.get(id) ?? []), event]);
    }
    last = id;
  };
  for (const { waitMs, what } of acts) {
    nowMs += waitMs;
    if (what.kind === 'transition') {
      const decision = decideOnAlert(what.told, [...incidents.values()], nowMs);
      if (decision.kind === 'open') write(`i${logs.size + 1}`, 'system', decision.events);
      if (decision.kind === 'append') write(decision.incidentId, 'system', decision.events);
      continue;
    }
    const incident = incidents.get(last);
    if (incident === undefined) continue;
    try {
      write(last, 'person', [decideCommand(incident, what.asked, nowMs)]);
    } catch (error) {
      if (!(error instanceof IncidentRefusal)) throw error;
    }
  }
  return { logs, incidents };
}

describe('the reducer', () => {
  test('accepts whatever commands and alerts can write, and a replay makes the same incident', () => {
    let written = 0;
    fc.assert(
      fc.property(fc.array(act, { minLength: 12, maxLength: 60, size: 'max' }), (acts) => {
        const { logs, incidents } = run(acts);
        for (const [id, events] of logs) {
          written += events.length;
          const wire = events.map((event) => incidentEvent.parse(JSON.parse(JSON.stringify(event))));
          const replayed = replayIncident(wire);
          expect(replayed).toEqual(incidents.get(id));
          if (replayed !== null) incidentDetail.parse(detail(replayed, wire));
        }
      }),
      { numRuns: 300 },
    );
    expect(written).toBeGreaterThan(1_000);
  });

  test('holds what must always hold', () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 12, maxLength: 60, size: 'max' }), (acts) => {
        for (const incident of run(acts).incidents.values()) {
          const summary = summarise(incident);
          expect(incident.state === 'resolved').toBe(incident.resolvedAtMs !== null);
          expect(summary.nextUpdateDueMs === null || incident.state !== 'resolved').toBe(true);
          expect(new Set(incident.alerts.map(({ fingerprint }) => fingerprint)).size).toBe(
            incident.alerts.length,
          );
          expect(new Set(incident.roles.map(({ role }) => role)).size).toBe(incident.roles.length);
          expect(summary.alertsFiring).toBe(incident.alerts.filter(isFiring).length);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('takes each firing of an alert once, however often and in whatever order it is told', () => {
    fc.assert(
      fc.property(fc.array(act, { minLength: 12, maxLength: 60, size: 'max' }), (acts) => {
        const doubled = acts.flatMap((one) =>
          one.what.kind === 'transition' ? [one, { ...one, waitMs: 0 }] : [one],
        );
        const bodies = (log: ReturnType<typeof run>) => [...log.logs.values()].flat().map(({ body }) => body);
        expect(bodies(run(doubled))).toEqual(bodies(run(acts)));
      }),
      { numRuns: 200 },
    );
  });

  test('refuses a log that no command can have written', () => {
    const { logs } = run([
      {
        waitMs: 0,
        what: { kind: 'transition', told: { kind: 'firing', reason: 'r', atMs: 0, alert: alertOf('A') } },
      },
      { waitMs: 0, what: { kind: 'command', asked: { type: 'acknowledge' } } },
    ]);
    const [events = []] = logs.values();
    expect(events).toHaveLength(3);
    const [first, second, third] = events as [IncidentEvent, IncidentEvent, IncidentEvent];
    expect(() => replayIncident([second, third])).toThrow(/begins with alert_joined/);
    expect(() => replayIncident([first, third])).toThrow(/it follows event 1/);
    expect(() => replayIncident([first, { ...first, sequence: 2 }])).toThrow(/opened twice/);
    expect(() => replayIncident([first, { ...second, incidentId: 'other' }])).toThrow(
      /it is among those of i1/,
    );
  });
});
