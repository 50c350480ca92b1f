import { z } from 'zod';
import { alertRule } from '../../model/api/alert.ts';
import { campaignDetail, campaignSummary, venueForecast } from '../../model/api/campaign.ts';
import {
  acknowledgeRequest,
  commentRequest,
  declareIncidentRequest,
  type IncidentDetail,
  type IncidentEventBody,
  incidentDetail,
  incidentSummary,
  reopenRequest,
  resolveRequest,
  roleRequest,
  severityRequest,
  stepRequest,
  updateRequest,
} from '../../model/api/incident.ts';
import { logCounts, logSearchResult } from '../../model/api/log.ts';
import { nowPage, serviceHealth } from '../../model/api/now.ts';
import { runbookDetail, runbookSummary } from '../../model/api/runbook.ts';
import { serviceGraph, serviceOperations } from '../../model/api/service.ts';
import type { ChangeEvent } from '../../model/api/stream.ts';
import type { TraceDetail } from '../../model/api/trace.ts';
import { type TracePin, tracePinList, tracePinRequest } from '../../model/api/trace-pin.ts';
import { DASHBOARD } from './fixture-dashboard.ts';
import { forecastVenue } from './fixture-forecast.ts';
import { countLogs, searchLogs } from './fixture-logs.ts';
import { answerTrace, traceById } from './fixture-one-trace.ts';
import { answerPrometheus } from './fixture-prometheus.ts';
import { operationsOf, serviceGraphBetween } from './fixture-service-graph.ts';
import { answerTempo, searchFixtureTraces } from './fixture-trace-search.ts';
import { createFixtures, emptyFixtures, type Fixtures } from './fixtures.ts';

/** `slow` never answers, `broken` refuses everything, `nonsense` answers in a shape that nobody promised. */
export type FixtureState = 'full' | 'empty' | 'slow' | 'broken' | 'nonsense';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const notFound = (what: string): Answer => ({
  status: 404,
  body: { error: { code: 'not_found', message: `There is no ${what}.`, at: 'path' } },
});

/** The forecast under `lanes=north:3,south:2&told=0.5`. */
function whatIf(search: URLSearchParams): Answer {
  const pairs = (search.get('lanes') ?? '').split(',').filter((pair) => pair !== '');
  const lanes = Object.fromEntries(pairs.map((pair) => [pair.split(':')[0], Number(pair.split(':')[1])]));
  return ok(venueForecast.parse(forecastVenue(Date.now(), { lanes, told: Number(search.get('told') ?? 0) })));
}

/** The product's HTTP API over fixtures. Every answer is checked against the schema that the web expects. */
export class FixtureApi {
  state: FixtureState;
  readonly #announce: (change: ChangeEvent) => void;
  #fixtures: Fixtures;
  #pins: readonly TracePin[] = [];
  /** Traces by id that a test adds to the made-up ones. */
  readonly traces = new Map<string, TraceDetail>();

  constructor(state: FixtureState, announce: (change: ChangeEvent) => void) {
    this.state = state;
    this.#announce = announce;
    this.#fixtures = createFixtures(Date.now());
    this.reset(state);
  }

  async answer(method: string, url: URL, text: string): Promise<Answer> {
    if (this.state === 'slow') return new Promise(() => {});
    if (this.state === 'nonsense') return ok({ nothing: 'of the kind' });
    if (this.state === 'broken') {
      return {
        status: 503,
        body: {
          error: {
            code: 'store_unavailable',
            message: 'The engine is starting again; try in a few seconds.',
          },
        },
      };
    }
    const [, root, ...path] = url.pathname.split('/').map(decodeURIComponent);
    if (root === 'prometheus') {
      const form = new URLSearchParams(text === '' ? url.search : text);
      return answerPrometheus(path.slice(2).join('/'), form, this.state === 'empty');
    }
    const empty = this.state === 'empty';
    if (root === 'tempo') return answerTempo(path.slice(1).join('/'), url.searchParams, empty);
    if (path.length === 1 && path[0] === 'traces') return searchFixtureTraces(url.searchParams, empty);
    if (method === 'DELETE') return this.#unpin(path);
    return method === 'POST' ? this.#post(path, JSON.parse(text)) : this.#get(path, url.searchParams);
  }

  #get([subject, id, ...rest]: readonly string[], search: URLSearchParams): Answer {
    const all = this.#fixtures;
    const [part] = rest;
    switch (subject) {
      case 'now':
        return ok(
          nowPage.parse({ ...all.now, incidents: all.incidents.filter(({ state }) => state !== 'resolved') }),
        );
      case 'campaigns':
        if (id === undefined) return ok({ campaigns: z.array(campaignSummary).parse(all.campaigns) });
        if (part === 'venues') return whatIf(search);
        return this.#one(all.campaigns, id, 'campaign', campaignDetail);
      case 'incidents':
        if (id === undefined) return ok({ incidents: z.array(incidentSummary).parse(all.incidents) });
        return this.#one(all.incidents, id, 'incident', incidentDetail);
      case 'alerts':
        return ok({ rules: z.array(alertRule).parse(all.rules) });
      case 'services':
        if (part === 'operations') return ok(serviceOperations.parse(operationsOf(id ?? '', search)));
        if (id === 'graph') return ok(serviceGraph.parse(this.#serviceGraph(search)));
        return ok({ services: z.array(serviceHealth).parse(all.services) });
      case 'annotations':
        return ok({ annotations: [] });
      case 'dashboards':
        if (this.state === 'empty') return id === undefined ? ok({ dashboards: [] }) : notFound('dashboard');
        return ok(
          id === undefined
            ? { dashboards: [{ uid: DASHBOARD.uid, title: DASHBOARD.title }] }
            : { dashboard: DASHBOARD },
        );
      case 'runbooks':
        return this.#runbooks(id, search.get('lang') ?? 'en');
      case 'traces':
        if (id === 'pins') return ok(tracePinList.parse({ pins: this.#pins }));
        return this.#trace(id ?? '', rest, search);
      case 'logs':
        return ok(id === 'counts' ? this.#logCounts(search) : this.#logs(search));
      default:
        return notFound('such address');
    }
  }

  #one(all: readonly { readonly id: string }[], id: string, what: string, schema: z.ZodType): Answer {
    const found = all.find((one) => one.id === id);
    return found === undefined ? notFound(`${what} with the id ${id}`) : ok(schema.parse(found));
  }

  #runbooks(id: string | undefined, language: string): Answer {
    const ids = [...new Set(this.#fixtures.runbooks.map((one) => one.id))];
    const best = (wanted: string) =>
      this.#fixtures.runbooks.find((one) => one.id === wanted && one.inLanguage === language) ??
      this.#fixtures.runbooks.find((one) => one.id === wanted);
    if (id === undefined) return ok({ runbooks: z.array(runbookSummary).parse(ids.map(best)) });
    const found = best(id);
    return found === undefined ? notFound(`runbook with the id ${id}`) : ok(runbookDetail.parse(found));
  }

  #logs(search: URLSearchParams): unknown {
    const found = searchLogs(search);
    return logSearchResult.parse(this.state === 'empty' ? { ...found, records: [], next: null } : found);
  }

  #logCounts(search: URLSearchParams): unknown {
    const counted = countLogs(search);
    return logCounts.parse(this.state === 'empty' ? { ...counted, points: [] } : counted);
  }

  #serviceGraph(search: URLSearchParams): unknown {
    const graph = serviceGraphBetween(Number(search.get('start')), Number(search.get('end')));
    return this.state === 'empty' ? { ...graph, nodes: [], edges: [] } : graph;
  }

  #trace(id: string, below: readonly string[], search: URLSearchParams): Answer {
    const trace = this.traces.get(id) ?? traceById(id, Date.now());
    const answer = trace === null ? null : answerTrace(trace, below, search);
    return answer === null ? notFound(`trace or span with the id ${[id, ...below].join('/')}`) : ok(answer);
  }

  #unpin([, id]: readonly string[]): Answer {
    this.#pins = this.#pins.filter(({ traceId }) => traceId !== id);
    return ok({});
  }

  #post([subject, id, command]: readonly string[], body: unknown): Answer {
    if (subject === 'traces' && id !== undefined && command === 'pin') {
      const { by, incidentId, note } = tracePinRequest.parse(body);
      const pin: TracePin = { traceId: id, incidentId, by, atMs: Date.now(), note };
      this.#pins = [pin, ...this.#pins];
      return ok(pin);
    }
    if (subject !== 'incidents') return notFound('such address');
    if (id === undefined) return this.#declare(body);
    const incident = this.#fixtures.incidents.find((one) => one.id === id);
    if (incident === undefined) return notFound(`incident with the id ${id}`);
    const done = decide(incident, command ?? '', body);
    return done === null
      ? notFound(`command named ${command}`)
      : ok(this.#append(incident, done.by, done.event, done.change));
  }

  #declare(body: unknown): Answer {
    const { by, reason, ...rest } = declareIncidentRequest.parse(body);
    const nowMs = Date.now();
    const incident: IncidentDetail = {
      ...rest,
      id: `inc-${1043 + this.#fixtures.incidents.length}`,
      state: 'open',
      openedAtMs: nowMs,
      acknowledgedAtMs: null,
      resolvedAtMs: null,
      commander: null,
      nextUpdateDueMs: nowMs + 300_000,
      alertsFiring: 0,
      lastEventMs: nowMs,
      alerts: [],
      roles: [],
      runbooks: [],
      events: [],
    };
    this.#fixtures = { ...this.#fixtures, incidents: [...this.#fixtures.incidents, incident] };
    return ok(this.#append(incident, by, { type: 'opened', ...rest, reason }, {}));
  }

  /** Adds an event to an incident, as the product would, and tells the pages. */
  #append(
    incident: IncidentDetail,
    by: string,
    body: IncidentEventBody,
    change: Partial<IncidentDetail>,
  ): IncidentDetail {
    const atMs = Date.now();
    const sequence = incident.events.length + 1;
    const next = incidentDetail.parse({
      ...incident,
      ...change,
      lastEventMs: atMs,
      events: [
        ...incident.events,
        { incidentId: incident.id, sequence, atMs, actor: { kind: 'person', name: by }, body },
      ],
    });
    this.#fixtures = {
      ...this.#fixtures,
      incidents: this.#fixtures.incidents.map((one) => (one.id === incident.id ? next : one)),
    };
    this.#announce({ subject: 'incident', id: incident.id, sequence });
    return next;
  }

  /** Begins again, as if nothing had been done. */
  reset(state: FixtureState = 'full'): void {
    this.state = state;
    this.#fixtures = state === 'empty' ? emptyFixtures(Date.now()) : createFixtures(Date.now());
  }

  /** What another person does meanwhile. */
  comment(id: string, by: string, text: string): void {
    const incident = this.#fixtures.incidents.find((one) => one.id === id);
    if (incident !== undefined) this.#append(incident, by, { type: 'commented', text }, {});
  }
}

interface Decision {
  readonly by: string;
  readonly event: IncidentEventBody;
  readonly change: Partial<IncidentDetail>;
}

/** What a command does to an incident, or null where there is no such command. */
function decide(incident: IncidentDetail, command: string, body: unknown): Decision | null {
  const nowMs = Date.now();
  switch (command) {
    case 'acknowledge': {
      const { by } = acknowledgeRequest.parse(body);
      return {
        by,
        event: { type: 'acknowledged' },
        change: { state: 'acknowledged', acknowledgedAtMs: nowMs },
      };
    }
    case 'comments': {
      const { by, text } = commentRequest.parse(body);
      return { by, event: { type: 'commented', text }, change: {} };
    }
    case 'resolve': {
      const { by, reason } = resolveRequest.parse(body);
      return {
        by,
        event: { type: 'resolved', reason },
        change: { state: 'resolved', resolvedAtMs: nowMs, nextUpdateDueMs: null },
      };
    }
    case 'reopen': {
      const { by, reason } = reopenRequest.parse(body);
      return {
        by,
        event: { type: 'reopened', reason },
        change: { state: 'open', resolvedAtMs: null, nextUpdateDueMs: nowMs + 300_000 },
      };
    }
    case 'severity': {
      const { by, severity, reason } = severityRequest.parse(body);
      return {
        by,
        event: { type: 'severity_changed', from: incident.severity, to: severity, reason },
        change: { severity },
      };
    }
    case 'roles': {
      const { by, role, person } = roleRequest.parse(body);
      const roles = [...incident.roles.filter((one) => one.role !== role), { role, person, sinceMs: nowMs }];
      return {
        by,
        event: { type: 'role_assigned', role, person },
        change: { roles, ...(role === 'commander' ? { commander: person } : {}) },
      };
    }
    case 'updates': {
      const { by, audience, text, nextUpdateInMinutes } = updateRequest.parse(body);
      const nextUpdateAtMs = nextUpdateInMinutes === null ? null : nowMs + nextUpdateInMinutes * 60_000;
      return {
        by,
        event: { type: 'update_published', audience, text, nextUpdateAtMs },
        change: { nextUpdateDueMs: nextUpdateAtMs },
      };
    }
    case 'steps':
      return decideStep(incident, body, nowMs);
    default:
      return null;
  }
}

function decideStep(incident: IncidentDetail, body: unknown, nowMs: number): Decision {
  const { by, runbookId, stepId, done, note } = stepRequest.parse(body);
  const runbooks = incident.runbooks.map((runbook) => {
    if (runbook.id !== runbookId) return runbook;
    const others = runbook.stepsDone.filter((one) => one.stepId !== stepId);
    return { ...runbook, stepsDone: done ? [...others, { stepId, by, atMs: nowMs, note }] : others };
  });
  const event: IncidentEventBody = done
    ? { type: 'step_done', runbookId, stepId, note, evidence: [] }
    : { type: 'step_reopened', runbookId, stepId, note };
  return { by, event, change: { runbooks } };
}
