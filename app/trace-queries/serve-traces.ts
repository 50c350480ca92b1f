import type { MessagePort } from 'node:worker_threads';
import type { Registry } from 'prom-client';
import { serveCalls } from '../threads/serve-calls.ts';
import type { TraceCalls } from './protocol.ts';
import type { AskTraces, TraceOp } from './trace-answers.ts';

/** Answers on `port` until it is closed. */
export function serveTraces(port: MessagePort, ask: AskTraces, registry: Registry): void {
  serveCalls<TraceCalls>(port, {
    answer: async (op, asked, { abort, send }) => {
      if (op === 'metrics') return registry.getMetricsAsJSON() as never;
      for await (const piece of ask(op as TraceOp, asked as never, abort)) await send(piece);
      return null as never;
    },
  });
}
