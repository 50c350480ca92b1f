import type { TraceDetail } from '../../model/api/trace.ts';
import { ApiFailure } from './failure.ts';
import { openRequest } from './request.ts';
import { NotATrace, readTrace } from './trace-reader.ts';

/**
 * GET /api/traces/{traceId}: every span that was received of it, up to 100,000, read while they arrive.
 *
 * @throws ApiFailure like `request`
 */
export async function fetchTrace(traceId: string, signal?: AbortSignal): Promise<TraceDetail> {
  const path = `/api/traces/${encodeURIComponent(traceId)}`;
  const response = await openRequest(path, { signal });
  try {
    return await readTrace(textOf(response), turn);
  } catch (error) {
    if (signal?.aborted) throw error;
    const kind = error instanceof NotATrace || error instanceof SyntaxError ? 'invalid' : 'unreachable';
    throw new ApiFailure(kind, `GET ${path}`, error instanceof Error ? error.message : String(error), {
      status: response.status,
      cause: error,
    });
  }
}

async function* textOf(response: Response): AsyncGenerator<string> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    reader.releaseLock();
  }
}

/** Lets what waits run first: input, a frame. A timer would wait at least 4 ms each time. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
