import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createCollector } from '../collector.ts';
import { machineClock, testConfig } from './harness.ts';

/** A collector as a process of its own, for tests that kill it. Takes the WAL directory, prints the ports as JSON. */
const walDirectory = process.argv[2];
if (walDirectory === undefined) throw new Error('usage: crash-child.ts <wal directory>');
const collector = createCollector({
  config: testConfig(walDirectory, { segmentBytes: 60_000, segmentMs: 40 }),
  clock: machineClock,
  logger: pino({ level: 'error' }, pino.destination({ fd: 2, sync: true })),
  registry: new Registry(),
});
await collector.start();
const { http, grpc } = collector.addresses;
process.stdout.write(`${JSON.stringify({ http: http.port, grpc: grpc.port })}\n`);
