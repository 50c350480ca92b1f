import type { LogRecord } from '../../../model/api/log.ts';

/** A value as people read it: text as it is, the rest as JSON. */
export const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

/** What a record says in a line: its event's name and its body, as far as there are any. */
export const lineText = ({ eventName, body }: LogRecord): string =>
  [eventName, body === null ? '' : valueText(body)].filter((text) => text !== '').join(' · ');

/** When it was written, epoch milliseconds. */
export const recordMs = ({ atUnixNano }: LogRecord): number => Number(BigInt(atUnixNano) / 1_000_000n);

/** Records with keys: their time and, among those of one time, their place. */
export function keyed(records: readonly LogRecord[]): readonly { key: string; record: LogRecord }[] {
  const seen = new Map<string, number>();
  return records.map((record) => {
    const place = seen.get(record.atUnixNano) ?? 0;
    seen.set(record.atUnixNano, place + 1);
    return { key: `${record.atUnixNano}.${place}`, record };
  });
}
