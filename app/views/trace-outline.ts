import type { z } from 'zod';
import type { foundInTrace, spansOfId } from '../../model/api/trace.ts';
import { outlineBytes } from '../../model/api/trace-outline.ts';
import { findSpans } from '../../storage/span-find.ts';
import { getTraceOutline } from '../../storage/trace-outline.ts';
import { getSpans } from '../../storage/traces.ts';
import type { TraceSources } from '../trace-queries/trace-sources.ts';
import { spanOf } from './traces.ts';

type Source = Pick<TraceSources, 'clickhouse'>;

/** Where all spans of a trace are, as its page draws them; nothing where there is no such trace. */
export async function* answerPageOutline(
  { clickhouse }: Source,
  { traceId }: { readonly traceId: string },
  abort: AbortSignal,
): AsyncIterable<Uint8Array> {
  const outline = await getTraceOutline(clickhouse, traceId, abort);
  if (outline !== null) yield outlineBytes(outline);
}

/** All that the spans of one id say; nothing where there is none. */
export async function* answerPageSpans(
  { clickhouse }: Source,
  { traceId, spanId }: { readonly traceId: string; readonly spanId: string },
  abort: AbortSignal,
): AsyncIterable<Uint8Array> {
  const spans = await getSpans(clickhouse, traceId, spanId, abort);
  if (spans.length > 0) yield json({ spans: spans.map(spanOf) } satisfies z.input<typeof spansOfId>);
}

/** Which spans meet a search within a trace. */
export async function* answerPageFind(
  { clickhouse }: Source,
  { traceId, text }: { readonly traceId: string; readonly text: string },
  abort: AbortSignal,
): AsyncIterable<Uint8Array> {
  const spans = await findSpans(clickhouse, traceId, text, abort);
  yield json({ spans: [...spans] } satisfies z.input<typeof foundInTrace>);
}

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
