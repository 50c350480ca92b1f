import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { RawGrpcClient } from '../collector/testing/grpc-client.ts';
import { LoadBodies } from './load-bodies.ts';

/**
 * Sends fresh requests to a product, from a process of its own so that its CPU is not the product's. Arguments: http or
 * grpc, port, traces or metrics, seconds, requests a second (0: as many as are taken). Prints how many were accepted and how many were not.
 */
const [protocol, port, signal, seconds, rate] = process.argv.slice(2);
if (signal !== 'traces' && signal !== 'metrics') throw new Error('the third argument is traces or metrics');
const AT_A_TIME = 4;
const bodies = new LoadBodies(signal);
const agent = new Agent({ keepAlive: true });
const client = new RawGrpcClient(`127.0.0.1:${port}`, {});

function overHttp(payload: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const request = httpRequest(
      {
        agent,
        host: '127.0.0.1',
        port,
        path: `/v1/${signal}`,
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf', 'content-length': payload.length },
      },
      (response) => {
        response.resume().once('end', () => resolve(response.statusCode === 200));
      },
    );
    request.once('error', () => resolve(false));
    request.end(payload);
  });
}
const send = protocol === 'grpc' ? async (body: Buffer) => (await client.export(signal, body)).ok : overHttp;

const startedMs = performance.now();
const endMs = startedMs + Number(seconds) * 1_000;
const perSecond = Number(rate);
let sent = 0;
let accepted = 0;
let refused = 0;
await Promise.all(
  Array.from({ length: AT_A_TIME }, async () => {
    while (performance.now() < endMs) {
      const dueMs = perSecond === 0 ? 0 : startedMs + (sent / perSecond) * 1_000 - performance.now();
      sent++;
      if (dueMs > 0) await delay(dueMs);
      if (await send(bodies.next(Date.now()))) accepted++;
      else {
        refused++;
        await delay(50);
      }
    }
  }),
);
client.close();
agent.destroy();
process.stdout.write(`${accepted} ${refused}\n`);
