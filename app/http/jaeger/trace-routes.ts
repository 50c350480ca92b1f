import { type RequestHandler, Router } from 'express';
import type { AskTraces } from '../../trace-queries/trace-answers.ts';
import { abortOf } from '../route.ts';
import { ifAny, sendChunks } from '../send-chunks.ts';
import { JaegerRefusal } from './refusal.ts';
import { searchOf, valuesOf } from './search-query.ts';

/** Traces asked for by id at once. */
const IDS_MAX = 100;

/** `traces` and `traces/{id}`. */
export function traceRoutes(ask: AskTraces, now: () => number): Router {
  const router = Router();
  router.get('/traces', searchHandler(ask, now));
  router.get('/traces/:id', traceHandler(ask));
  return router;
}

const traceHandler =
  (ask: AskTraces): RequestHandler =>
  async (request, response) => {
    const traceId = traceIdOf(String(request.params.id));
    const raw = ['1', 't', 'true'].includes(valuesOf(request, 'raw')[0]?.toLowerCase() ?? '');
    const body = await ifAny(ask('jaegerTrace', { traceId, raw }, abortOf(response)));
    if (body === null) throw new JaegerRefusal(404, 'trace not found');
    await sendChunks(response.type('json'), body);
  };

const searchHandler =
  (ask: AskTraces, now: () => number): RequestHandler =>
  async (request, response) => {
    const abort = abortOf(response);
    const traceIds = valuesOf(request, 'traceID').map(traceIdOf);
    if (traceIds.length > IDS_MAX) throw new JaegerRefusal(400, `more than ${IDS_MAX} traces at once`);
    const body =
      traceIds.length > 0
        ? ask('jaegerTraces', { traceIds }, abort)
        : ask('jaegerSearch', searchOf(request, now()), abort);
    await sendChunks(response.type('json'), body);
  };

/** Up to 32 hexadecimal digits; zeros in front may be left out. @throws JaegerRefusal */
function traceIdOf(text: string): string {
  if (/^[0-9a-f]{1,32}$/i.test(text)) return text.toLowerCase().padStart(32, '0');
  const shown = JSON.stringify(text.slice(0, 100));
  throw new JaegerRefusal(
    400,
    `cannot parse traceID param: ${shown} is no hexadecimal number of at most 32 digits`,
  );
}
