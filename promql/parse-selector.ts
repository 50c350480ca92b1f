import { type LabelMatcher, type MatchOperator, METRIC_NAME } from '../model/labels.ts';
import type { VectorSelector } from './ast.ts';
import { compileRegex } from './matcher.ts';
import { isValidUtf8, quote } from './parse-error.ts';
import type { TokenStream } from './token-stream.ts';
import type { Token } from './tokens.ts';

const MATCH_OPERATORS: ReadonlySet<string> = new Set(['=', '!=', '=~', '!~']);

/** `name`, `name{…}`, `{…}` or `{"utf8 name", …}`. The stream stands at the name or the brace. */
export function parseSelector(stream: TokenStream): VectorSelector {
  const first = stream.peek();
  const outer = stream.isSymbol('{') ? undefined : stream.take();
  const name = outer?.text ?? '';
  const inner = stream.isSymbol('{') ? parseBraces(stream) : { matchers: [], name: undefined };
  if (outer !== undefined && inner.name !== undefined) {
    const message = `metric name must not be set twice: ${quote(name)} or ${quote(inner.name.value)}`;
    throw stream.error(inner.name, message);
  }
  const metric = outer === undefined ? (inner.name?.value ?? '') : name;
  if (outer !== undefined) {
    const twice = inner.matchers.find((matcher) => matcher.name === METRIC_NAME);
    if (twice !== undefined) {
      const message = `metric name must not be set twice: ${quote(name)} or ${quote(twice.value)}`;
      throw stream.error({ start: first.start, end: stream.lastEnd }, message);
    }
  }
  const matchers = [...inner.matchers];
  if (metric !== '') matchers.push({ name: METRIC_NAME, operator: '=', value: metric });
  return {
    kind: 'vector_selector',
    name: metric,
    matchers,
    offset: undefined,
    at: undefined,
    extension: undefined,
    position: { start: first.start, end: stream.lastEnd },
  };
}

function parseBraces(stream: TokenStream): { matchers: LabelMatcher[]; name: Token | undefined } {
  const matchers: LabelMatcher[] = [];
  let name: Token | undefined;
  stream.take();
  while (!stream.accept('}')) {
    const token = stream.peek();
    if (token.type !== 'identifier' && token.type !== 'string') {
      throw stream.unexpected('label matching', 'identifier or "}"');
    }
    stream.take();
    if (token.type === 'string' && (stream.isSymbol(',') || stream.isSymbol('}'))) {
      if (name !== undefined) {
        throw stream.error(
          token,
          `metric name must not be set twice: ${quote(name.value)} or ${quote(token.value)}`,
        );
      }
      if (token.value === '' || !isValidUtf8(token.value)) {
        throw stream.error(token, `invalid metric name ${quote(token.value)}`);
      }
      name = token;
    } else {
      matchers.push(parseMatcher(stream, token));
    }
    if (!stream.isSymbol('}') && !stream.accept(',')) throw stream.unexpected('label matching', '"," or "}"');
  }
  return { matchers, name };
}

function parseMatcher(stream: TokenStream, label: Token): LabelMatcher {
  if (label.type === 'string' && !isValidUtf8(label.value)) {
    throw stream.error(label, `invalid label name ${quote(label.value)}`);
  }
  const operator = stream.peek();
  if (operator.type !== 'symbol' || !MATCH_OPERATORS.has(operator.text)) {
    throw stream.unexpected('label matching', 'label matching operator');
  }
  stream.take();
  const value = stream.peek();
  if (value.type !== 'string') throw stream.unexpected('label matching', 'string');
  stream.take();
  const matcher = { name: label.value, operator: operator.text as MatchOperator, value: value.value };
  if (matcher.operator === '=~' || matcher.operator === '!~') {
    const compiled = compileRegex(matcher.value);
    if (!compiled.ok) throw stream.error({ start: label.start, end: value.end }, compiled.error);
  }
  return matcher;
}
