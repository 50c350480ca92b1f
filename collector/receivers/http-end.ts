import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a refused client may go on sending before its connection is cut. */
const DISCARD_MS = 1_000;

/** Answers, and takes care of a body that is still coming: closing at once could lose the answer on its way. */
export function end(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  content: string | Buffer,
): void {
  const unread = !request.complete;
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(content),
    ...(unread ? { connection: 'close' } : {}),
  });
  response.end(content);
  if (!unread) return;
  request.resume();
  const timer = setTimeout(() => request.destroy(), DISCARD_MS);
  request.once('close', () => clearTimeout(timer));
}
