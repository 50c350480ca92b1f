import type { StoredAttributes } from '../../../storage/attributes.ts';
import type { StoredSpan, StoredTrace } from '../../../storage/traces.ts';

/** Spans of one resource, as OTLP groups them. */
export interface ResourceSpans {
  readonly resource: StoredAttributes;
  readonly scopes: readonly {
    readonly scope: StoredSpan['scope'];
    readonly spans: readonly StoredSpan[];
  }[];
}

/** So many spans go together at most, so that a long trace can be written piece by piece; its resource is then said again. */
const SPANS_TOGETHER = 500;

/** A trace's spans by resource and scope, in the order in which those first appear. */
export function* groupByResource({ spans }: StoredTrace): Iterable<ResourceSpans> {
  for (const ofResource of grouped(spans, ({ resource }) => keyOf(resource))) {
    for (let from = 0; from < ofResource.length; from += SPANS_TOGETHER) {
      const some = ofResource.slice(from, from + SPANS_TOGETHER);
      const scopes = grouped(
        some,
        ({ scope }) => `${scope.name}\0${scope.version}\0${keyOf(scope.attributes)}`,
      );
      yield {
        resource: some[0]!.resource,
        scopes: scopes.map((ofScope) => ({ scope: ofScope[0]!.scope, spans: ofScope })),
      };
    }
  }
}

const keyOf = ({ texts, kinds }: StoredAttributes): string => `${JSON.stringify(texts)}\0${kinds}`;

function grouped(
  spans: readonly StoredSpan[],
  keyOfSpan: (span: StoredSpan) => string,
): readonly StoredSpan[][] {
  const groups = new Map<string, StoredSpan[]>();
  for (const span of spans) {
    const key = keyOfSpan(span);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [span]);
    else group.push(span);
  }
  return [...groups.values()];
}
