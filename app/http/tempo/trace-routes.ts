import { type Request, type RequestHandler, Router } from 'express';
import type { AskTraces } from '../../trace-queries/trace-answers.ts';
import { abortOf } from '../route.ts';
import { ifAny, sendChunks } from '../send-chunks.ts';
import { Parameters } from './parameters.ts';
import { Refusal } from './refusal.ts';

/** `traces/{id}` and `v2/traces/{id}`, as JSON or protobuf. */
export function traceRoutes(ask: AskTraces): Router {
  const router = Router();
  router.get('/traces/:id', traceHandler(ask, { json: 'json', protobuf: 'protobuf' }));
  router.get('/v2/traces/:id', traceHandler(ask, { json: 'json v2', protobuf: 'protobuf v2' }));
  return router;
}

type Media = 'json' | 'protobuf';

const traceHandler =
  (ask: AskTraces, shapes: { readonly [M in Media]: M | `${M} v2` }): RequestHandler =>
  async (request, response) => {
    // The range is where to look first; a trace is found wherever it is.
    new Parameters(request).secondsRange();
    const media = mediaOf(request);
    const asked = { traceId: traceIdOf(String(request.params.id)), shape: shapes[media] };
    const body = await ifAny(ask('tempoTrace', asked, abortOf(response)));
    if (body === null) throw new Refusal(404, 'trace not found');
    await sendChunks(response.type(media === 'json' ? 'json' : 'application/protobuf'), body);
  };

/** As Tempo decides it: by the first of the two that the header names. */
const mediaOf = (request: Request): Media =>
  request.headers.accept?.includes('application/protobuf') ? 'protobuf' : 'json';

/** Tempo's rule: hexadecimal digits, zeros in front where some are missing. @throws Refusal */
function traceIdOf(text: string): string {
  if (!/^[0-9a-f]+$/i.test(text)) throw new Refusal(400, 'trace IDs can only contain hex characters');
  const digits = text.replace(/^0+(?=.{33})/, '');
  if (digits.length > 32) throw new Refusal(400, "trace IDs can't be larger than 128 bits");
  return digits.toLowerCase().padStart(32, '0');
}
