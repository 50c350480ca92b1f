import type { TraceStore } from '../../traceql/trace-store.ts';
import type { Gate } from './gate.ts';

/** A store of traces whose queries wait for their turn, `timeoutMs` at most. Throws also what the gate throws. */
export const inTurns = (store: TraceStore, gate: Gate, timeoutMs: number): TraceStore => ({
  search: (request) => gate(timeoutMs, request.abort, () => store.search(request)),
  aggregate: (request) => gate(timeoutMs, request.abort, () => store.aggregate(request)),
});
