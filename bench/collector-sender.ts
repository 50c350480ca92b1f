import { Agent, request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { RawGrpcClient } from '../collector/testing/grpc-client.ts';
import { telemetryBody } from './collector-bodies.ts';

/**
 * Sends the same request over and over to a collector, from a process of its own so that its CPU is not the collector's.
 * Arguments: http or grpc, port, gzip or none, how many at a time, seconds. Prints how many were accepted.
 */
const [protocol, port, compression, concurrency, seconds] = process.argv.slice(2);
const body = telemetryBody('traces');
const headers = {
  'content-type': 'application/x-protobuf',
  ...(compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
};
const payload = compression === 'gzip' ? gzipSync(body, { level: 1 }) : body;
const agent = new Agent({ keepAlive: true });
const client = new RawGrpcClient(
  `127.0.0.1:${port}`,
  compression === 'gzip' ? { 'grpc.default_compression_algorithm': 2 } : {},
);

function overHttp(): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        agent,
        host: '127.0.0.1',
        port,
        path: '/v1/traces',
        method: 'POST',
        headers: { ...headers, 'content-length': payload.length },
      },
      (response) => {
        response.resume().once('end', () => resolve(response.statusCode === 200));
      },
    );
    request.once('error', reject);
    request.end(payload);
  });
}
const send = protocol === 'grpc' ? async () => (await client.export('traces', body)).ok : overHttp;

const until = performance.now() + Number(seconds) * 1_000;
let accepted = 0;
await Promise.all(
  Array.from({ length: Number(concurrency) }, async () => {
    while (performance.now() < until) if (await send()) accepted++;
  }),
);
client.close();
agent.destroy();
process.stdout.write(`${accepted}\n`);
