import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { z } from 'zod';
import { createEvaluationClock } from '../alerts/evaluation-clock.ts';
import type { AlertTransition } from '../alerts/transition.ts';
import type {
  Actor,
  declareIncidentRequest,
  IncidentDetail,
  IncidentEvent,
  IncidentEventBody,
  IncidentRole,
  IncidentSummary,
  stepRequest,
  updateRequest,
} from '../model/api/incident.ts';
import { TidewardenError } from '../model/errors.ts';
import type { IncidentSeverity } from '../model/severity.ts';
import type { Clock } from '../model/units.ts';
import type { IncidentEventStore } from '../storage/postgres/stores.ts';
import { decideOnAlert } from './alert-policy.ts';
import { decideCommand, type IncidentCommand, IncidentRefusal } from './commands.ts';
import { detail, type Incident, isFiring, reduceIncident, replayIncident, summarise } from './incident.ts';
import { createIncidentMetrics } from './incident-metrics.ts';

export type StepEvidence = Extract<IncidentEventBody, { type: 'step_done' }>['evidence'];

export interface IncidentsOptions {
  readonly store: IncidentEventStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Makes an id for a new incident that no other has. */
  readonly ids: () => string;
}

/** Commands reject with an `IncidentRefusal` where the incident's state does not allow them, else with a `DatabaseError`. */
export interface Incidents {
  /** Reads the incidents that alerts may join. Everything else does so itself when it comes first. */
  start(): Promise<void>;
  /** Opens, joins, raises, notes; does nothing where the same was told before. For `Alerting.onTransition`. */
  onAlertTransition(transition: AlertTransition): Promise<void>;
  declare(request: z.output<typeof declareIncidentRequest>): Promise<IncidentDetail>;
  acknowledge(id: string, by: string): Promise<IncidentDetail>;
  comment(id: string, by: string, text: string): Promise<IncidentDetail>;
  resolve(id: string, by: string, reason: string): Promise<IncidentDetail>;
  reopen(id: string, by: string, reason: string): Promise<IncidentDetail>;
  setSeverity(id: string, by: string, severity: IncidentSeverity, reason: string): Promise<IncidentDetail>;
  assignRole(id: string, by: string, role: IncidentRole, person: string): Promise<IncidentDetail>;
  publishUpdate(id: string, request: z.output<typeof updateRequest>): Promise<IncidentDetail>;
  /** `evidence`: what the step's live queries answered, kept with the event that says the step is done. */
  setStep(
    id: string,
    request: z.output<typeof stepRequest>,
    evidence?: StepEvidence,
  ): Promise<IncidentDetail>;
  /** A trace that is kept for ever, or is not any more. */
  pinEvidence(id: string, by: string, traceId: string, note: string): Promise<IncidentDetail>;
  unpinEvidence(id: string, by: string, traceId: string): Promise<IncidentDetail>;
  /** Unresolved ones first, the worst of them first, then the newest. */
  list(): Promise<IncidentSummary[]>;
  get(id: string): Promise<IncidentDetail>;
  /** The unresolved incident in which this alert fires. */
  incidentOf(fingerprint: string): string | null;
  /** Hears of each event after it was written. Returns what ends the subscription. */
  subscribe(listener: (event: IncidentEvent) => void): () => void;
}

/** Incidents whose alerts are looked at beside the unresolved ones, newest first. */
const RECENT = 200;
const LISTED = 500;
/** Another process that writes to the same incident over and over is a fault, not a race. */
const ATTEMPTS_MAX = 8;

const SYSTEM: Actor = { kind: 'system', name: 'tidewarden' };
const person = (name: string): Actor => ({ kind: 'person', name });

/** The incidents room: alert transitions and people's commands in, events and what follows from them out. */
export function createIncidents({ store, clock, logger, registry, ids }: IncidentsOptions): Incidents {
  /** Unresolved and recent incidents as of their last event that this process knows. */
  const known = new Map<string, Incident>();
  const listeners = new Set<(event: IncidentEvent) => void>();
  let loading: Promise<void> | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  const unresolved = () => [...known.values()].filter(({ state }) => state !== 'resolved');
  // An hour's jump of the wall clock must not stand in a log for ever, nor decide what is due or reopened.
  const steadyClock = createEvaluationClock(clock);
  const now = () => Math.round(steadyClock.read().atMs);
  now();
  const metrics = createIncidentMetrics(registry, unresolved, now);

  async function load(): Promise<void> {
    for (const { id } of await store.summaries(RECENT)) {
      const incident = replayIncident(await store.events(id));
      if (incident !== null) known.set(id, incident);
    }
  }

  function loaded(): Promise<void> {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  /** One after the other: what a decision was based on is still so when it is written. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = queue.then(async () => {
      await loaded();
      return work();
    });
    queue = turn.catch(() => {});
    return turn;
  }

  /** The incident as the store has it, which another process may have changed. */
  async function refresh(id: string): Promise<Incident> {
    const incident = replayIncident(await store.events(id));
    if (incident === null) throw new IncidentRefusal('incident_not_found', `there is no incident ${id}`);
    known.set(id, incident);
    return incident;
  }

  function forgetOld(): void {
    const resolved = [...known.values()].filter(({ state }) => state === 'resolved');
    const old = resolved.sort((left, right) => right.lastEventMs - left.lastEventMs).slice(RECENT);
    for (const { id } of old) if (!known.get(id)?.alerts.some(isFiring)) known.delete(id);
  }

  /** Writes events after `before`; null: another writer was first. */
  async function write(
    before: Incident | null,
    id: string,
    actor: Actor,
    bodies: readonly IncidentEventBody[],
  ): Promise<Incident | null> {
    // A log's times never run backwards, whatever the clock of the process before this one said.
    const atMs = Math.max(now(), before?.lastEventMs ?? 0);
    const first = (before?.sequence ?? 0) + 1;
    const events = bodies.map((body, index) => ({
      incidentId: id,
      sequence: first + index,
      atMs,
      actor,
      body,
    }));
    const after = events.reduce<Incident | null>(reduceIncident, before);
    if (after === null) return null;
    const outcome = await store.append(events, summarise(after));
    if (outcome.kind === 'conflict') {
      metrics.conflicts.inc();
      return null;
    }
    known.set(id, after);
    forgetOld();
    for (const event of events) {
      metrics.events.inc({ type: event.body.type });
      logger.info(
        { incident: id, sequence: event.sequence, actor: actor.name },
        `incident ${event.body.type}`,
      );
      for (const listener of listeners) tell(listener, event);
    }
    return after;
  }

  function tell(listener: (event: IncidentEvent) => void, event: IncidentEvent): void {
    try {
      listener(event);
    } catch (error) {
      logger.error({ err: error }, 'a listener of incidents failed');
    }
  }

  /** Decides and writes until no other writer was first. */
  async function untilWritten<Result>(attempt: (again: boolean) => Promise<Result | null>): Promise<Result> {
    for (let count = 0; count < ATTEMPTS_MAX; count += 1) {
      const done = await attempt(count > 0);
      if (done !== null) return done;
    }
    throw new TidewardenError(
      'incident_contended',
      'the incident is being changed by others all the time; try again',
    );
  }

  async function read(id: string): Promise<IncidentDetail> {
    const events = await store.events(id);
    const incident = replayIncident(events);
    if (incident === null) throw new IncidentRefusal('incident_not_found', `there is no incident ${id}`);
    return detail(incident, events);
  }

  function command(id: string, by: string, asked: IncidentCommand): Promise<IncidentDetail> {
    return inTurn(async () => {
      try {
        await untilWritten(async (again) => {
          const incident = again ? await refresh(id) : (known.get(id) ?? (await refresh(id)));
          return write(incident, id, person(by), [decideCommand(incident, asked, now())]);
        });
      } catch (error) {
        if (error instanceof IncidentRefusal) metrics.refusals.inc({ code: error.code });
        throw error;
      }
      return read(id);
    });
  }

  function onAlertTransition(transition: AlertTransition): Promise<void> {
    return inTurn(async () => {
      let contended: string | null = null;
      await untilWritten(async () => {
        if (contended !== null) await refresh(contended);
        const decision = decideOnAlert(transition, [...known.values()], now());
        if (decision.kind === 'nothing') {
          logger.debug(
            { alert: transition.alert.name, reason: decision.reason },
            'no incident event for an alert',
          );
          return true;
        }
        if (decision.kind === 'open') return (await write(null, ids(), SYSTEM, decision.events)) && true;
        const { incidentId, events } = decision;
        contended = incidentId;
        return (await write(known.get(incidentId) ?? null, incidentId, SYSTEM, events)) && true;
      });
    });
  }

  function declare(request: z.output<typeof declareIncidentRequest>): Promise<IncidentDetail> {
    const { by, ...opened } = request;
    return inTurn(async () => {
      const incident = await untilWritten(() =>
        write(null, ids(), person(by), [{ type: 'opened', ...opened }]),
      );
      return read(incident.id);
    });
  }

  async function list(): Promise<IncidentSummary[]> {
    // Reading the clock often is what lets it tell a jump from a clock that was set for good.
    now();
    const rank = (incident: IncidentSummary) =>
      incident.state === 'resolved' ? 'resolved' : incident.severity;
    return [...(await store.summaries(LISTED))].sort(
      (left, right) =>
        Number(left.state === 'resolved') - Number(right.state === 'resolved') ||
        rank(left).localeCompare(rank(right)) ||
        right.openedAtMs - left.openedAtMs,
    );
  }

  return {
    ...{ start: loaded, onAlertTransition, declare, list, get: read },
    acknowledge: (id, by) => command(id, by, { type: 'acknowledge' }),
    comment: (id, by, text) => command(id, by, { type: 'comment', text }),
    resolve: (id, by, reason) => command(id, by, { type: 'resolve', reason }),
    reopen: (id, by, reason) => command(id, by, { type: 'reopen', reason }),
    setSeverity: (id, by, severity, reason) => command(id, by, { type: 'set_severity', severity, reason }),
    assignRole: (id, by, role, assigned) => command(id, by, { type: 'assign_role', role, person: assigned }),
    publishUpdate: (id, { by, ...update }) => command(id, by, { type: 'publish_update', ...update }),
    setStep: (id, { by, ...step }, evidence = []) => command(id, by, { type: 'set_step', ...step, evidence }),
    pinEvidence: (id, by, traceId, note) => command(id, by, { type: 'pin_evidence', traceId, note }),
    unpinEvidence: (id, by, traceId) => command(id, by, { type: 'unpin_evidence', traceId }),
    incidentOf: (fingerprint) =>
      unresolved().find(({ alerts }) =>
        alerts.some((alert) => alert.fingerprint === fingerprint && isFiring(alert)),
      )?.id ?? null,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
