import type { Span } from '../../../model/api/trace.ts';
import type { TraceNode } from './tree.ts';

type Test = (span: Span) => boolean;

/** Read at most this long before the page gets its turn, in milliseconds. */
const SLICE_MS = 12;

/**
 * What a search within a trace asks for. Words apart by spaces must all be met; `"two words"` is one. `key=value` and
 * `key!=value` compare an attribute of span, resource, scope or event, or `service`, `name`, `kind`, `status`, `id`; anything else
 * is text to be found in names, messages, ids, and the keys and values of attributes. Case does not matter.
 *
 * @returns null where nothing is asked for.
 */
export function parseFind(text: string): Test | null {
  const tests = words(text).map(testOf);
  return tests.length === 0 ? null : (span) => tests.every((test) => test(span));
}

const words = (text: string): readonly string[] => text.match(/(?:[^\s"]|"[^"]*(?:"|$))+/g) ?? [];
const unquoted = (text: string): string => text.replaceAll('"', '');

function testOf(word: string): Test {
  const pair = /^([^\s"=!]+)(!?=)(.+)$/.exec(word);
  if (pair === null) return textTest(unquoted(word));
  const [, key, operator, quoted] = pair;
  const wanted = unquoted(quoted!).toLowerCase();
  const isEqual: Test = (span) =>
    valuesOf(span, key!).some((value) => textOf(value).toLowerCase() === wanted);
  return operator === '=' ? isEqual : (span) => !isEqual(span);
}

function textTest(text: string): Test {
  const pattern = new RegExp(escaped(text), 'i');
  const inAttributes = (attributes: Span['attributes']): boolean => {
    for (const key in attributes) if (pattern.test(key) || pattern.test(textOf(attributes[key]))) return true;
    return false;
  };
  return (span) =>
    pattern.test(span.name) ||
    pattern.test(span.service) ||
    pattern.test(span.spanId) ||
    pattern.test(span.statusMessage) ||
    inAttributes(span.attributes) ||
    inAttributes(span.resource) ||
    inAttributes(span.scopeAttributes) ||
    span.events.some((event) => pattern.test(event.name) || inAttributes(event.attributes));
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** As it is shown: text as it is, anything else as JSON. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

function valuesOf(span: Span, key: string): readonly unknown[] {
  const own = {
    service: span.service,
    name: span.name,
    kind: span.kind,
    status: span.status,
    id: span.spanId,
  };
  if (Object.hasOwn(own, key)) return [own[key as keyof typeof own]];
  return [
    span.attributes,
    span.resource,
    span.scopeAttributes,
    ...span.events.map((event) => event.attributes),
  ]
    .filter((attributes) => Object.hasOwn(attributes, key))
    .map((attributes) => attributes[key]);
}

/**
 * The nodes that meet a search, in their order; gives the page its turn in between.
 *
 * @param now milliseconds of a clock that only goes forward
 * @param pause resolves when the page has had its turn
 * @returns null when it was aborted
 */
export async function findNodes(
  nodes: readonly TraceNode[],
  test: (span: Span) => boolean,
  { now, pause, abort }: { now: () => number; pause: () => Promise<void>; abort: AbortSignal },
): Promise<readonly TraceNode[] | null> {
  const found: TraceNode[] = [];
  let since = now();
  for (const node of nodes) {
    if (test(node.span)) found.push(node);
    // Asking the clock costs as much as a small span.
    if ((node.index & 63) !== 0 || now() - since < SLICE_MS) continue;
    await pause();
    if (abort.aborted) return null;
    since = now();
  }
  return found;
}
