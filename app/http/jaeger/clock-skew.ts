import type { StoredSpan } from '../../../storage/traces.ts';

/**
 * How far spans must be moved so that those of other hosts lie within their parents, nanoseconds by span; after Jaeger's adjuster: the
 * clock of a host is taken to be off by what puts its span into the middle of the caller's, and what follows on that host is moved along. Consumers run
 * when they like, so they are left alone.
 */
export function clockSkews(spans: readonly StoredSpan[]): ReadonlyMap<StoredSpan, bigint> {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const children = new Map<StoredSpan, StoredSpan[]>();
  const open: StoredSpan[] = [];
  for (const span of spans) {
    const parent = parentOf(span, byId);
    if (parent === undefined) open.push(span);
    else children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const skews = new Map<StoredSpan, bigint>();
  // What goes round in a circle hangs on no root, and is never looked at.
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const own = skews.get(span) ?? 0n;
    for (const child of children.get(span) ?? []) {
      const skew = hostOf(child) === hostOf(span) ? own : skewOf(child, span, own);
      if (skew !== 0n) skews.set(child, skew);
      open.push(child);
    }
  }
  return skews;
}

function parentOf(span: StoredSpan, byId: ReadonlyMap<string, StoredSpan>): StoredSpan | undefined {
  const parent = span.parentSpanId === null ? undefined : byId.get(span.parentSpanId);
  return parent === span ? undefined : parent;
}

/** Whose clock a span was timed by. */
const hostOf = ({ resource: { texts }, service }: StoredSpan): string =>
  texts['host.name'] ?? texts['host.id'] ?? texts['service.instance.id'] ?? service;

function skewOf(child: StoredSpan, parent: StoredSpan, parentSkew: bigint): bigint {
  if (child.kind === 'consumer') return 0n;
  const start = parent.startNanos + parentSkew;
  const late = child.startNanos - start;
  // It outlived its parent, which may have given up on it: all that is certain is that it did not begin before.
  if (child.durationNanos > parent.durationNanos) return late < 0n ? -late : 0n;
  const fits = late >= 0n && late + child.durationNanos <= parent.durationNanos;
  return fits ? 0n : (parent.durationNanos - child.durationNanos) / 2n - late;
}
