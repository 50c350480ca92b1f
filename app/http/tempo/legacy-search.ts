import type { FieldExpr, Pipeline, SpanStatus } from '../../../traceql/ast.ts';
import { SPAN_STATUSES } from '../../../traceql/ast.ts';
import { anyOf, attribute, compareWith, filterBy, intrinsic } from '../../../traceql/compose.ts';
import type { Parameters } from './parameters.ts';
import { Refusal } from './refusal.ts';

const RESERVED = new Set(['q', 'tags', 'minDuration', 'maxDuration', 'limit', 'spss', 'start', 'end']);

/** A search by tags and durations: what was asked for before there was TraceQL, as TraceQL. @throws Refusal */
export function legacyPipeline(parameters: Parameters): Pipeline {
  const [least, most] = [parameters.durationNanos('minDuration'), parameters.durationNanos('maxDuration')];
  if (least !== undefined && most !== undefined && least > most)
    throw new Refusal(400, 'invalid maxDuration: must be greater than minDuration');
  const ofTrace = intrinsic('trace:duration');
  return filterBy([
    ...tagsOf(parameters).map(([tag, value]) => tagCondition(tag, value)),
    ...(least === undefined ? [] : [compareWith(ofTrace, '>=', { type: 'duration', value: least })]),
    ...(most === undefined ? [] : [compareWith(ofTrace, '<=', { type: 'duration', value: most })]),
  ]);
}

/** Single parameters are tags where nothing says what else is wanted, as in Tempo. */
function tagsOf(parameters: Parameters): readonly (readonly [string, string])[] {
  const tags = parameters.text('tags');
  if (tags !== undefined) return parseLogfmt(tags);
  if (parameters.text('start') !== undefined || parameters.text('end') !== undefined) return [];
  return parameters
    .names()
    .filter((name) => !RESERVED.has(name))
    .map((name) => [name, parameters.text(name) ?? '']);
}

/** Tempo's own tags for what is no attribute. */
const INTRINSIC_TAGS = {
  name: 'span:name',
  'root.name': 'trace:rootName',
  'root.service.name': 'trace:rootService',
} as const;

/** Any text that holds the value, in either case; a number or a boolean must be equal. */
function tagCondition(tag: string, value: string): FieldExpr {
  if (tag === 'error' && value === 'true') return statusIs('error');
  if (tag === 'status.code' && isStatus(value)) return statusIs(value);
  const like = { type: 'string', value: `(?i).*${escapeRegex(value)}.*` } as const;
  if (tag in INTRINSIC_TAGS)
    return compareWith(intrinsic(INTRINSIC_TAGS[tag as keyof typeof INTRINSIC_TAGS]), '=~', like);
  const field = attribute('none', tag);
  if (/^-?\d{1,15}$/.test(value))
    return anyOf([
      compareWith(field, '=', { type: 'int', value: Number(value) }),
      compareWith(field, '=~', like),
    ]);
  if (value === 'true' || value === 'false')
    return anyOf([
      compareWith(field, '=', { type: 'bool', value: value === 'true' }),
      compareWith(field, '=~', like),
    ]);
  return compareWith(field, '=~', like);
}

const statusIs = (value: SpanStatus): FieldExpr =>
  compareWith(intrinsic('span:status'), '=', { type: 'status', value });

const isStatus = (text: string): text is SpanStatus => (SPAN_STATUSES as readonly string[]).includes(text);

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const PAIR = /\s*([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?(?=\s|$)/y;

/** `key=value other="a value"`. @throws Refusal */
export function parseLogfmt(text: string): readonly (readonly [string, string])[] {
  const found = new Map<string, string>();
  let at = 0;
  while (text.slice(at).trim() !== '') {
    PAIR.lastIndex = at;
    const match = PAIR.exec(text);
    if (match === null) throw new Refusal(400, `invalid tags: unexpected character at pos ${at + 1}`);
    const [, key, quoted, plain] = match;
    if (found.has(key!)) throw new Refusal(400, `invalid tags: tag ${key} has been set twice`);
    found.set(key!, quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1'));
    at = PAIR.lastIndex;
  }
  return [...found];
}
