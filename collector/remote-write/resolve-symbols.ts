import type { Rejections } from '../wire/check.ts';
import { MalformedError, type ProtoField, readFields } from './fields.ts';
import { SymbolResolver } from './symbol-resolver.ts';

/** Fields of io.prometheus.write.v2.Request, and those of prometheus.WriteRequest that it keeps free. */
const FIELD = { symbols: 4, timeseries: 5 } as const;
const OTHER_FIELDS: ReadonlySet<number> = new Set([1, 3]);

export interface Resolved {
  /** A `prometheus.WriteRequest` that the wire check has not seen yet. */
  readonly body: Buffer;
  readonly rejections: Rejections;
}

/**
 * Turns `io.prometheus.write.v2.Request` into `prometheus.WriteRequest`, in which labels are text. That is what the WAL holds,
 * because SQL that looks references up copies all symbols for each of them. Samples and histograms are copied as they are; the
 * `created_timestamp` of a series, as senders before 2.0-rc.4 have it, becomes the start of each of its samples. Metadata
 * goes to the name of the family. What has references that lead nowhere, and what mixes samples with histograms, is left out and counted.
 *
 * @throws MalformedError where the framing is broken; TooLargeError where the result would exceed `maxBytes`
 */
export function resolveSymbols(body: Buffer, maxBytes: number): Resolved {
  const symbols: Buffer[] = [];
  const series: ProtoField[] = [];
  for (const field of readFields(body, 0, body.length)) {
    if (OTHER_FIELDS.has(field.number))
      throw new MalformedError(
        'it has fields of prometheus.WriteRequest: name that message in the content type',
      );
    if (field.number !== FIELD.symbols && field.number !== FIELD.timeseries) continue;
    if (field.wire !== 2) throw new MalformedError('symbols or timeseries has the wrong wire type');
    if (field.number === FIELD.symbols) symbols.push(body.subarray(field.lengthAt, field.end));
    else series.push(field);
  }
  if (series.length > 0 && symbols[0]?.length !== 1)
    throw new MalformedError('its symbols do not begin with the empty string');
  const resolver = new SymbolResolver(body, symbols, maxBytes);
  for (const [index, field] of series.entries()) resolver.add(index, field);
  return { body: resolver.finish(), rejections: resolver.rejections() };
}
