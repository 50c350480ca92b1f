import type { IncomingMessage } from 'node:http';
import type { FlightTicket } from '../flight.ts';
import { refuseForGood } from '../outcome.ts';
import { BodyCollector, type BodyLimits, type BodyResult } from './body-collector.ts';

/** Reads and decompresses the body of an HTTP request within the limits. Never rejects. */
export function readBody(
  request: IncomingMessage,
  encoding: string,
  limits: BodyLimits,
  ticket: FlightTicket,
): Promise<BodyResult> {
  return new Promise((resolve) => {
    const collector = new BodyCollector(encoding, limits, ticket, request, (result) => {
      request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      resolve(result);
    });
    const onData = (chunk: Buffer) => collector.write(chunk);
    const onEnd = () => collector.end();
    const onGone = () => {
      if (request.complete) return;
      collector.refuse(refuseForGood('client_gone', 'the client went away before its body ended'));
    };
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });
}
