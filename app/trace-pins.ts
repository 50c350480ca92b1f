import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Incidents } from '../incidents/incidents.ts';
import type { TracePin, tracePinRequest } from '../model/api/trace-pin.ts';
import type { Clock } from '../model/units.ts';
import type { TracePinStore } from '../storage/postgres/stores.ts';
import { NotFound } from './http/problem.ts';

export interface TracePinsOptions {
  readonly store: TracePinStore;
  readonly incidents: Pick<Incidents, 'get' | 'pinEvidence' | 'unpinEvidence'>;
  /** Whether a trace can be read. */
  readonly hasTrace: (traceId: string, abort: AbortSignal) => Promise<boolean>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** Traces that people keep as evidence. */
export interface TracePins {
  /** Pins a trace; where it is pinned for the same already, that pin stays. An incident's log says so. */
  pin(traceId: string, request: z.output<typeof tracePinRequest>, abort: AbortSignal): Promise<TracePin>;
  unpin(traceId: string, by: string, incidentId: string | null): Promise<void>;
  list(incidentId?: string): Promise<readonly TracePin[]>;
}

export function createTracePins({ store, incidents, hasTrace, clock, logger }: TracePinsOptions): TracePins {
  const said = ({ traceId, incidentId, by }: Pick<TracePin, 'traceId' | 'incidentId' | 'by'>, what: string) =>
    logger.info({ trace: traceId, ...(incidentId !== null && { incident: incidentId }), actor: by }, what);
  return {
    pin: async (traceId, request, abort) => {
      const pin: TracePin = { traceId: traceId.toLowerCase(), atMs: clock.now(), ...request };
      const { incidentId } = pin;
      if (incidentId !== null) await incidents.get(incidentId);
      const isNew = await store.add(pin);
      if (!isNew) return (await store.list()).find((each) => isSame(each, pin)) ?? pin;
      try {
        // Only now: a trace that can be read while its pin is written is kept by whoever thins its day out.
        if (!(await hasTrace(pin.traceId, abort))) throw new NotFound('trace', traceId);
        if (incidentId !== null) await incidents.pinEvidence(incidentId, pin.by, pin.traceId, pin.note);
      } catch (error) {
        await store.remove(pin);
        throw error;
      }
      said(pin, 'trace pinned');
      return pin;
    },
    unpin: async (traceId, by, incidentId) => {
      const pin = { traceId: traceId.toLowerCase(), incidentId };
      if (!(await store.remove(pin))) throw new NotFound('pin of trace', traceId);
      if (incidentId !== null) await incidents.unpinEvidence(incidentId, by, pin.traceId);
      said({ ...pin, by }, 'trace unpinned');
    },
    list: (incidentId) => store.list(incidentId === undefined ? {} : { incidentId }),
  };
}

const isSame = (one: TracePin, other: TracePin): boolean =>
  one.traceId === other.traceId && one.incidentId === other.incidentId;
