import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Loaded } from '../../../model/telemetry.ts';
import { createInserter } from '../../loader/insert.ts';
import { type Attributes, delimited, encodeLogs, type LogInput } from '../../loader/testing/otlp-encode.ts';
import type { TestStore } from '../../testing/store.ts';

/** Loads records of one resource as the product does, as a load that was accepted at that time. */
export async function loadLogs(
  store: TestStore,
  acceptedMs: number,
  resource: Attributes,
  logs: readonly LogInput[],
): Promise<Loaded> {
  const token = `logs-${acceptedMs}`;
  const path = join(store.directory, `${token}.pb`);
  writeFileSync(path, delimited([encodeLogs(resource, logs)]));
  const times = logs.map(({ timeNano }) => Number(timeNano / 1_000_000n));
  const load = { oldestMs: Math.min(...times), newestMs: Math.max(...times), acceptedMs };
  const { clickhouse } = store;
  const inserter = createInserter({ clickhouse, embedded: true, seriesPerMetric: 1 });
  await inserter.insert({ signal: 'logs', token, paths: [path], ...load });
  return { signal: 'logs', ...load };
}
