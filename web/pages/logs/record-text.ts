import type { LogRecord } from '../../../model/api/log.ts';

/** A value as people read it: text as it is, the rest as JSON. */
export const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

/** What a record says in a line: its event's name and its body, as far as there are any. */
export const lineText = ({ eventName, body }: LogRecord): string =>
  [eventName, body === null ? '' : valueText(body)].filter((text) => text !== '').join(' · ');

/** Attributes that fit in a line, and how much of each. */
const MOST_IN_LINE = 8;
const MOST_OF_VALUE = 60;

/** What tells a record from others of the same words: its first attributes, without what its campaign's filter says already. */
export const attributesText = ({ attributes, campaignId }: LogRecord): string =>
  Object.entries(attributes)
    .filter(([key, value]) => !(key === 'campaign.id' && value === campaignId))
    .slice(0, MOST_IN_LINE)
    .map(([key, value]) => `${key}=${valueText(value).slice(0, MOST_OF_VALUE)}`)
    .join(' ');

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
