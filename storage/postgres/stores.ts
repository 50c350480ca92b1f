import type { Annotation, AnnotationRequest } from '../../model/api/annotation.ts';
import type { IncidentEvent, IncidentSummary } from '../../model/api/incident.ts';
import type { TracePin } from '../../model/api/trace-pin.ts';
import type { Labels } from '../../model/labels.ts';
import type { Database } from './connection.ts';

/**
 * What the rooms ask of a store. Postgres implements all of them here; the rooms keep implementations in memory
 * for their own tests. One contract suite an interface (`contract/`) is run by every implementation.
 * All of them reject with a `DatabaseError`, whose `retryable` says whether trying again can help.
 */

type AppendOutcome =
  | { readonly kind: 'appended' }
  /** Somebody else wrote one of these sequences first: read again, decide again. Nothing was written. */
  | { readonly kind: 'conflict' };

export interface IncidentEventStore {
  /**
   * Writes the events of ONE incident, in rising sequence, with the summary that results from them: all or nothing.
   */
  append(events: readonly IncidentEvent[], summary: IncidentSummary): Promise<AppendOutcome>;
  /** All events of an incident in sequence; empty where there is no such incident. */
  events(incidentId: string): Promise<readonly IncidentEvent[]>;
  /** The newest `limit` incidents, plus every unresolved one however old; newest first. */
  summaries(limit: number): Promise<readonly IncidentSummary[]>;
}

/** An alert that is pending or firing, as it must survive a restart (what Prometheus keeps in ALERTS_FOR_STATE). */
export interface StoredAlertState {
  /** Which rule: the same text for the same rule over restarts. */
  readonly ruleKey: string;
  readonly fingerprint: string;
  readonly state: 'pending' | 'firing';
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  /** null where it is not a finite number. */
  readonly value: number | null;
  readonly activeAtMs: number;
  readonly firedAtMs: number | null;
  /** How long the condition had held, on the clock that never jumps. */
  readonly heldMs: number;
  /** How long a firing alert's series had been absent (`keep_firing_for`); null while present. */
  readonly absentMs: number | null;
  readonly savedAtMs: number;
}

export interface AlertStateStore {
  load(): Promise<readonly StoredAlertState[]>;
  /** Writes and removes in one transaction. */
  save(changes: {
    readonly upserts: readonly StoredAlertState[];
    readonly removals: readonly Pick<StoredAlertState, 'ruleKey' | 'fingerprint'>[];
  }): Promise<void>;
}

export interface AnnotationStore {
  create(id: string, request: AnnotationRequest): Promise<Annotation>;
  /** Annotations that touch the range, both ends inclusive, oldest first, at most `limit` (the newest of them). */
  between(range: {
    readonly fromMs: number;
    readonly toMs: number;
    readonly campaign?: string;
    readonly limit?: number;
  }): Promise<readonly Annotation[]>;
}

/** Traces that are evidence. One may be so several times: of incidents, and of nothing in particular. */
export interface TracePinStore {
  /** Whether it was not there yet; who pinned first stays. */
  add(pin: TracePin): Promise<boolean>;
  /** Whether it was there. */
  remove(pin: Pick<TracePin, 'traceId' | 'incidentId'>): Promise<boolean>;
  /** The newest thousand, newest first. */
  list(of?: { readonly incidentId?: string }): Promise<readonly TracePin[]>;
  /** Of all pins. */
  traceIds(): Promise<readonly string[]>;
}

/** What a campaign must remember over a restart. The state is plain JSON, checked by its owner when it reads it back. */
export interface CampaignStateStore {
  get(campaignId: string): Promise<unknown>;
  put(campaignId: string, state: unknown, nowMs: number): Promise<void>;
  all(): Promise<ReadonlyMap<string, unknown>>;
}

/** An open database with its stores. */
export interface Postgres {
  readonly kind: 'embedded' | 'server';
  readonly database: Database;
  readonly incidentEvents: IncidentEventStore;
  readonly alertStates: AlertStateStore;
  readonly annotations: AnnotationStore;
  readonly campaignStates: CampaignStateStore;
  readonly tracePins: TracePinStore;
  /** Rejects with a `DatabaseError` where the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
