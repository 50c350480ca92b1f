import type { Loaded } from '../../model/telemetry.ts';
import { type CallThread, type CallThreadOptions, startCallThread } from '../threads/call-thread.ts';
import type { Calls, QueryThreadData } from './protocol.ts';

export type QueryThread = CallThread<Calls, Loaded>;

export type QueryThreadOptions = Omit<CallThreadOptions<Omit<QueryThreadData, 'pulse'>>, 'name' | 'entry'> & {
  /** Default `thread.ts`. */
  readonly entry?: URL;
};

/** Starts the thread of PromQL. @throws ThreadStartError */
export const startQueryThread = (options: QueryThreadOptions): Promise<QueryThread> =>
  startCallThread({ name: 'queries', entry: new URL('./thread.ts', import.meta.url), ...options });
