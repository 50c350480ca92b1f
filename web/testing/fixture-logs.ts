import type { LogCounts, LogRecord, LogSearchResult } from '../../model/api/log.ts';
import { TRACES } from './fixture-traces.ts';

const MESSAGES = [
  { service: 'dispatch', severity: 17, severityText: 'ERROR', body: 'no rider within 3 km of gate north-1' },
  { service: 'order', severity: 9, severityText: 'INFO', body: 'order placed' },
  {
    service: 'order',
    severity: 9,
    severityText: 'INFO',
    body: { order: 'o-88121', price: 0.01, offer: null },
  },
  { service: 'gate', severity: 13, severityText: 'WARN', body: 'queue is longer than the lane: 214 people' },
  { service: 'support', severity: 5, severityText: 'DEBUG', body: '<img src=x onerror="window.__owned=1">' },
  { service: 'order', severity: 9, severityText: 'INFO', body: 'order paid' },
  { service: 'dispatch', severity: 9, severityText: 'INFO', body: 'rider 412 assigned after 96 ms' },
] as const;

/** The `index`th record before `endMs`, one every 0.7 s. */
export function logRecordAt(endMs: number, index: number): LogRecord {
  const message = MESSAGES[index % MESSAGES.length] ?? MESSAGES[0];
  return {
    ...message,
    atUnixNano: `${Math.floor(endMs - 300 - index * 700)}${String(index % 1_000).padStart(6, '0')}`,
    eventName: index % 7 === 5 ? 'order.paid' : '',
    traceId: index % 3 === 0 ? (TRACES[0]?.traceId ?? null) : null,
    spanId: index % 6 === 0 ? '0000000000000006' : null,
    campaignId: index % 4 === 0 ? 'one-cent-tickets' : null,
    attributes: { 'gate.id': 'north-1', 'queue.people': 214 + index, 'order.vip': false, codes: [4, 8] },
    resource: { 'service.name': message.service, 'host.name': 'edge-7' },
  };
}

const PAGE = 60;
const PAGES = 3;

/** Three pages of records, narrowed by service, text and severity, or two of a trace. */
export function searchLogs(search: URLSearchParams): LogSearchResult {
  const page = Number(search.get('before')?.split('.')[1] ?? 0);
  const trace = search.get('trace');
  if (trace !== null) return { ...WHOLE, records: logsOfTrace(trace) };
  const endMs = Number(search.get('end') ?? Date.now());
  const records = Array.from({ length: PAGE }, (_, index) => logRecordAt(endMs, page * PAGE + index))
    .filter(({ severity }) => severity >= Number(search.get('minSeverity') ?? 0))
    .filter(({ service }) => service === (search.get('service') ?? service))
    .filter(({ body }) => JSON.stringify(body).includes(search.get('text') ?? ''));
  return { ...WHOLE, records, next: page + 1 < PAGES ? `1.${page + 1}` : null };
}

const WHOLE = { partial: false, reason: null, next: null } as const;

/** Three records: within a span of an ordinary trace, of an odd one, and of the whole trace. */
const logsOfTrace = (traceId: string): LogRecord[] =>
  ['0000000000000006', '000000000000fail', null].map((spanId) => ({
    ...logRecordAt(Date.now(), 0),
    body: 'no rider within 3 km',
    traceId,
    spanId,
  }));

const STEPS = 60;

/** A quiet hour with a burst of errors in its second half. */
export function countLogs(search: URLSearchParams): LogCounts {
  const end = Number(search.get('end') ?? Date.now());
  const start = Number(search.get('start') ?? end - 3_600_000);
  const stepMs = (end - start) / STEPS;
  const points = Array.from({ length: STEPS }, (_, index) => {
    const burst = Math.max(0, 1 - Math.abs(index - 42) / 6);
    return {
      atMs: Math.floor(start + index * stepMs),
      ...{ unset: 0, trace: 0, debug: 12 + (index % 5) },
      ...{ info: 90 + 30 * Math.round(Math.sin(index / 5) + 1), warn: 6 + Math.round(40 * burst) },
      ...{ error: Math.round(70 * burst), fatal: 0 },
    };
  });
  return { stepMs, points, partial: false, reason: null };
}
