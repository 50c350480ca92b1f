/** How the crowd's phones reach the services: bounded in number and time, and an answer or nothing. */
import type { ProcessContext } from '../demo/child.ts';
import type { ServiceName } from '../demo/settings.ts';

const TIMEOUT_MS = 5_000;
const IN_FLIGHT_MAX = 128;

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export interface CrowdClient {
  /**
   * Sends a request as somebody's device would, with the campaign in the baggage. Null: no answer, or too many
   * requests are under way already (a phone that never gets through).
   */
  send(
    service: ServiceName,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    kind?: 'live' | 'test',
  ): Promise<Reply | null>;
}

export function crowdClient({ settings }: ProcessContext, signal: AbortSignal): CrowdClient {
  let inFlight = 0;
  return {
    send: async (service, method, path, body, kind = 'live') => {
      if (inFlight >= IN_FLIGHT_MAX || signal.aborted) return null;
      inFlight += 1;
      try {
        const response = await fetch(new URL(path, settings.urls[service]), {
          method,
          headers: {
            'content-type': 'application/json',
            baggage: `campaign.id=${encodeURIComponent(settings.campaign.id)}${kind === 'live' ? '' : `,traffic.kind=${kind}`}`,
          },
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        return { status: response.status, body: text === '' ? null : JSON.parse(text) };
      } catch {
        return null;
      } finally {
        inFlight -= 1;
      }
    },
  };
}

/** What every kind of person in the crowd is given. */
export interface Crowd {
  readonly running: ProcessContext;
  readonly client: CrowdClient;
  /** Resolves after so many milliseconds, at once when the crowd goes home. */
  pause(ms: number): Promise<void>;
  readonly signal: AbortSignal;
}
