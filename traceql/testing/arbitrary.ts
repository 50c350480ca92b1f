import fc from 'fast-check';
import { SPAN_KINDS, SPAN_STATUSES } from '../ast.ts';
import type { AttributeValue, Trace } from '../trace.ts';
import { type SpanSketch, sketchTrace } from './shop.ts';

/** Few names and values, so that queries meet them. */
const KEYS = ['a', 'b', 'http.status', 'odd "key"', ''];
const TEXTS = ['', 'x', 'xy', 'Ünï', "it's", '5', 'true', 'a\nb'];
const NUMBERS = [0, 1, 5, -3, 2.5, 500, 1e6];
const SERVICES = ['order', 'pay', 'gate'];
const NAMES = ['GET /', 'charge', 'x'];

const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.constantFrom(...NUMBERS),
  fc.boolean(),
);
const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant({ deep: 1 }) },
);
const attributes = fc.dictionary(fc.constantFrom(...KEYS), value, { maxKeys: 3 });

const sketch = (startMs: number) =>
  fc.record({
    parent: fc.option(fc.nat({ max: 11 }), { nil: undefined }),
    atMs: fc.nat({ max: 2_000 }),
    service: fc.constantFrom(...SERVICES),
    name: fc.constantFrom(...NAMES),
    kind: fc.constantFrom(...SPAN_KINDS),
    status: fc.constantFrom(...SPAN_STATUSES),
    statusMessage: fc.constantFrom('', 'declined'),
    durationNanos: fc.constantFrom(0, 1, 7, 1_000_000, 2_500_000_000),
    attributes,
    resource: attributes,
    scopeAttributes: attributes,
    events: fc.array(
      fc.record({
        atNanos: fc.nat({ max: 3_000 }).map((ms) => BigInt(startMs + ms) * 1_000_000n),
        name: fc.constantFrom('retry', 'exception'),
        attributes,
      }),
      { maxLength: 2 },
    ),
    links: fc.array(
      fc.record({
        traceId: fc.constantFrom('0'.repeat(31).concat('1'), 'f'.repeat(32)),
        spanId: fc.constantFrom('0'.repeat(15).concat('2'), 'f'.repeat(16)),
        attributes,
      }),
      { maxLength: 1 },
    ),
  });

/** Traces of up to ten spans with any parents: missing ones, circles, themselves. Ids of spans are their trace's with a digit. */
export const arbitraryTraces = (startMs: number, traces: number): fc.Arbitrary<readonly Trace[]> =>
  fc
    .array(fc.array(sketch(startMs), { minLength: 1, maxLength: 10 }), {
      minLength: traces,
      maxLength: traces,
    })
    .map((all) =>
      all.map((sketches, index) => {
        const base = (index + 1) * 16;
        const spans = sketches.map(({ parent, service, resource, ...given }, at): SpanSketch => {
          const named = { ...resource, 'service.name': service };
          const own = { ...given, resource: named, id: base + at };
          return parent === undefined ? own : { ...own, parent: base + parent };
        });
        return sketchTrace(index + 1, startMs + index * 40, spans);
      }),
    );

const quoted = (text: string): string => JSON.stringify(text);
const key = fc.constantFrom(...KEYS).map((name) => (/^[\w.]+$/.test(name) ? name : quoted(name)));
const attribute = fc
  .tuple(fc.constantFrom('.', 'span.', 'resource.', 'event.', 'link.', 'instrumentation.'), key)
  .map((parts) => parts.join(''));
const ownAttribute = fc.tuple(fc.constantFrom('.', 'span.', 'resource.'), key).map((parts) => parts.join(''));

const literal = fc.oneof(
  fc.constantFrom(...TEXTS).map(quoted),
  fc.constantFrom(...NUMBERS).map(String),
  fc.constantFrom('true', 'false'),
);
const compares = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
const pattern = fc.constantFrom('x.*', '.*', '5|x', '[^x]+', '(?i)ünï', '').map(quoted);
const joined = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => texts.join(' '));

const comparison = fc.oneof(
  { weight: 4, arbitrary: joined(attribute, compares, literal) },
  joined(literal, compares, attribute),
  joined(attribute, fc.constantFrom('=~', '!~'), pattern),
  joined(attribute, fc.constantFrom('= nil', '!= nil')),
  joined(fc.constantFrom('nil =', 'nil !='), attribute),
  joined(fc.constantFrom('', '!'), ownAttribute),
  joined(
    ownAttribute,
    fc.constantFrom('+', '*', '-', '/', '%', '^'),
    fc.constantFrom('1', '2', '2.5'),
    compares,
    fc.constantFrom('5', '1'),
  ),
  joined(fc.constantFrom('duration', 'traceDuration'), compares, fc.constantFrom('1ms', '7ns', '1s', '0s')),
  joined(
    fc.constantFrom('name', 'rootName'),
    fc.constantFrom('=', '!='),
    fc.constantFrom(...NAMES).map(quoted),
  ),
  joined(
    fc.constantFrom('rootServiceName', 'resource.service.name', '.service.name'),
    fc.constantFrom('=', '!=', '=~', '!~'),
    fc.constantFrom(...SERVICES, 'nobody').map(quoted),
  ),
  joined(fc.constant('kind'), fc.constantFrom('=', '!='), fc.constantFrom(...SPAN_KINDS)),
  joined(fc.constant('status'), fc.constantFrom('=', '!='), fc.constantFrom(...SPAN_STATUSES)),
  joined(
    fc.constantFrom('event:name', 'statusMessage'),
    fc.constantFrom('=', '!='),
    fc.constantFrom('"retry"', '"declined"'),
  ),
  joined(fc.constant('event:timeSinceStart'), compares, fc.constantFrom('1s', '0s')),
  joined(
    fc.constantFrom('span:childCount', 'nestedSetLeft', 'nestedSetParent'),
    compares,
    fc.constantFrom('-1', '0', '1', '3'),
  ),
);

const condition: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 3, arbitrary: comparison },
    joined(tie('node'), fc.constantFrom('&&', '||'), tie('node')).map((text) => `(${text})`),
    tie('node').map((text) => `!(${text})`),
  ),
})).node;

const filter = fc.oneof(
  { weight: 6, arbitrary: condition.map((text) => `{ ${text} }`) },
  fc.constantFrom('{}', '{ true }'),
);
const related = fc.constantFrom(...'> >> < << ~ !> !>> !< !<< !~ &> &>> &< &<< &~ && ||'.split(' '));
const spansets = fc.oneof({ weight: 3, arbitrary: filter }, joined(filter, related, filter));
const figure = joined(
  fc.oneof(
    fc.constant('count()'),
    joined(fc.constantFrom('avg', 'min', 'max', 'sum'), fc.constantFrom('(duration)', '(.a)', '(span.b)')),
  ),
  compares,
  fc.constantFrom('1', '2', '0'),
);
const groupKey = fc.oneof(
  fc.constantFrom('name', 'kind', 'status', 'resource.service.name', 'rootServiceName', 'rootName'),
  ownAttribute,
);
const stage = fc.oneof(
  figure,
  filter,
  groupKey.map((field) => `by(${field})`),
  fc.constant('coalesce()'),
  ownAttribute.map((field) => `select(${field})`),
);

/** The text of a search. Not all of them make sense. */
export const arbitrarySearch: fc.Arbitrary<string> = fc
  .tuple(spansets, fc.array(stage, { maxLength: 2 }))
  .map(([first, stages]) => [first, ...stages].join(' | '));

const measure = fc.oneof(
  fc.constantFrom('rate()', 'count_over_time()'),
  joined(
    fc.constantFrom('min', 'max', 'sum', 'avg', 'histogram'),
    fc.oneof(fc.constantFrom('duration', 'traceDuration'), ownAttribute),
  ).map((text) => text.replace(' ', '_over_time(').concat(')')),
  fc.oneof(fc.constant('duration'), ownAttribute).map((field) => `quantile_over_time(${field}, 0, .5, .9)`),
);

/** The text of a metric that compares. Not all of them make sense. */
export const arbitraryComparison: fc.Arbitrary<string> = fc
  .tuple(filter, filter, fc.constantFrom(1, 2, 10))
  .map(([of, selection, top]) => `${of} | compare(${selection}, ${top})`);

/** The text of a metric. Not all of them make sense. */
export const arbitraryMetric: fc.Arbitrary<string> = fc
  .tuple(arbitrarySearch, measure, fc.option(groupKey, { nil: undefined }))
  .map(([search, function_, by]) => `${search} | ${function_}${by === undefined ? '' : ` by (${by})`}`);
