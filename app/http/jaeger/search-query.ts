import type { Request } from 'express';
import { z } from 'zod';
import { HOUR_MS } from '../../../model/units.ts';
import type { FieldExpr, Pipeline, StaticValue } from '../../../traceql/ast.ts';
import { SPAN_KINDS, SPAN_STATUSES } from '../../../traceql/ast.ts';
import { anyOf, attribute, compareWith, filterBy, intrinsic } from '../../../traceql/compose.ts';
import { parseDurationNanos } from '../../../traceql/duration.ts';
import { JaegerRefusal } from './refusal.ts';

const LIMIT = 100;
const LIMIT_MAX = 1_500;
/** Jaeger's default of how far back a search without a start goes. */
const LOOKBACK_MS = 48 * HOUR_MS;
const TEXT_MAX = 65_536;

/** Every value of a parameter. @throws JaegerRefusal */
export function valuesOf(request: Request, name: string): readonly string[] {
  const values = [request.query[name]].flat().filter((value) => typeof value === 'string' && value !== '');
  for (const value of values as string[])
    if (value.length > TEXT_MAX || value.includes('\0'))
      throw new JaegerRefusal(400, `unable to parse param '${name}': too long, or with the character NUL`);
  return values as string[];
}

/** A whole number in some unit, such as microseconds since the epoch. @throws JaegerRefusal */
export function integerOf(request: Request, name: string): number | undefined {
  const [text] = valuesOf(request, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,18}$/.test(text))
    throw new JaegerRefusal(
      400,
      `unable to parse param '${name}': ${JSON.stringify(text.slice(0, 100))} is no whole number`,
    );
  return Number(text);
}

/** What a search asks for. Times are epoch milliseconds. */
export interface JaegerSearch {
  readonly pipeline: Pipeline;
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
}

/** A search by service, operation, tags and durations, as TraceQL: one span meets all of it. @throws JaegerRefusal */
export function searchOf(request: Request, nowMs: number): JaegerSearch {
  const [service] = valuesOf(request, 'service');
  const [operation] = valuesOf(request, 'operation');
  if (service === undefined) throw new JaegerRefusal(400, "parameter 'service' is required");
  const [least, most] = [durationOf(request, 'minDuration'), durationOf(request, 'maxDuration')];
  if (least !== undefined && most !== undefined && most < least)
    throw new JaegerRefusal(400, "'maxDuration' should be greater than 'minDuration'");
  const endMs = (integerOf(request, 'end') ?? nowMs * 1_000) / 1_000;
  const startMs = (integerOf(request, 'start') ?? (nowMs - LOOKBACK_MS) * 1_000) / 1_000;
  const own = intrinsic('span:duration');
  const text = (value: string) => ({ type: 'string', value }) as const;
  const conditions = [
    compareWith(attribute('resource', 'service.name'), '=', text(service)),
    ...(operation === undefined ? [] : [compareWith(intrinsic('span:name'), '=', text(operation))]),
    ...(least === undefined ? [] : [compareWith(own, '>=', { type: 'duration', value: least })]),
    ...(most === undefined ? [] : [compareWith(own, '<=', { type: 'duration', value: most })]),
    ...[...tagsOf(request)].map(([key, value]) => tagCondition(key, value)),
  ];
  const limit = Math.min(integerOf(request, 'limit') || LIMIT, LIMIT_MAX);
  return { pipeline: filterBy(conditions), startMs, endMs, limit };
}

function durationOf(request: Request, name: string): number | undefined {
  const [text] = valuesOf(request, name);
  if (text === undefined) return undefined;
  const nanos = parseDurationNanos(text);
  if (nanos === undefined)
    throw new JaegerRefusal(
      400,
      `unable to parse param '${name}': time: invalid duration ${JSON.stringify(text.slice(0, 100))}`,
    );
  return nanos;
}

const jsonTags = z.record(z.string(), z.string());

/** `tag=key:value` and `tags={"key":"value"}`, each as often as one likes. */
function tagsOf(request: Request): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const tag of valuesOf(request, 'tag')) {
    const colon = tag.indexOf(':');
    if (colon < 0)
      throw new JaegerRefusal(
        400,
        `malformed 'tag' parameter, expecting key:value, received: ${tag.slice(0, 100)}`,
      );
    tags.set(tag.slice(0, colon), tag.slice(colon + 1));
  }
  for (const text of valuesOf(request, 'tags')) {
    const read = jsonTags.safeParse(jsonOr(text));
    if (!read.success)
      throw new JaegerRefusal(
        400,
        `malformed 'tags' parameter, cannot unmarshal JSON: an object of texts is expected`,
      );
    for (const [key, value] of Object.entries(read.data)) tags.set(key, value);
  }
  return tags;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Tags are told as text, whatever their type; some of Jaeger's are fields here. */
function tagCondition(key: string, value: string): FieldExpr {
  const lower = value.toLowerCase();
  const status = SPAN_STATUSES.find((each) => each === lower);
  const kind = SPAN_KINDS.find((each) => each === lower);
  const isError = compareWith(intrinsic('span:status'), value === 'true' ? '=' : '!=', {
    type: 'status',
    value: 'error',
  });
  if (key === 'error' && (value === 'true' || value === 'false')) return isError;
  if (key === 'otel.status_code' && status !== undefined)
    return compareWith(intrinsic('span:status'), '=', { type: 'status', value: status });
  if (key === 'span.kind' && kind !== undefined)
    return compareWith(intrinsic('span:kind'), '=', { type: 'kind', value: kind });
  const field =
    key === 'otel.scope.name'
      ? intrinsic('instrumentation:name')
      : key === 'otel.status_description'
        ? intrinsic('span:statusMessage')
        : attribute('none', key);
  return anyOf(readings(value).map((each) => compareWith(field, '=', each)));
}

/** What a text may stand for. */
function readings(value: string): readonly StaticValue[] {
  const text = { type: 'string', value } as const;
  if (/^-?\d{1,15}$/.test(value)) return [text, { type: 'int', value: Number(value) }];
  if (/^-?\d+\.\d+$/.test(value)) return [text, { type: 'float', value: Number(value) }];
  return value === 'true' || value === 'false' ? [text, { type: 'bool', value: value === 'true' }] : [text];
}
