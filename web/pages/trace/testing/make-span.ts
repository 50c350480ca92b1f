import type { OutlinedSpan } from '../../../../model/api/trace-outline.ts';
import { buildTree, type TraceTree } from '../tree.ts';

/** A span of the service `order` on its clock, named like its id unless told otherwise; `at` and `long` in nanoseconds. */
export function makeSpan(
  spanId: string,
  parentSpanId: string | null,
  at: number,
  long: number,
  part: Partial<OutlinedSpan> = {},
): OutlinedSpan {
  const service = part.service ?? 'order';
  return {
    ...{ spanId, parentSpanId, service, name: spanId, kind: 'internal', status: 'unset' },
    ...{ clock: `service ${service}`, campaignId: null, startNano: at, durationNano: long },
    ...{ events: [], links: 0, ...part },
  };
}

/** The tree of spans whose times count from 1,800,000,000 s of the epoch. */
export function treeOf(spans: readonly OutlinedSpan[], options?: { adjustClocks: boolean }): TraceTree {
  const firsts = new Map<string, number>();
  const namesakes = new Map<number, number>();
  for (const [index, { spanId }] of spans.entries()) {
    const first = firsts.get(spanId);
    if (first === undefined) firsts.set(spanId, index);
    else namesakes.set(index, first);
  }
  const parents = spans.map(({ parentSpanId: id }) => (id === null ? -1 : (firsts.get(id) ?? spans.length)));
  const outline = { size: spans.length, spanAt: (index: number) => spans[index]!, parents, namesakes };
  return buildTree({ startUnixNano: '1800000000000000000', ...outline }, options);
}
