import { kindsByKey, type StoredAttributes } from '../../../storage/attributes.ts';

/** A value as OTLP writes it in JSON. 64-bit integers are decimal text, bytes base64. Empty: no value. */
export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number | 'NaN' | 'Infinity' | '-Infinity' }
  | { readonly bytesValue: string }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } }
  | { readonly kvlistValue: { readonly values: readonly KeyValue[] } }
  | Record<string, never>;

export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

/** Attributes as they were sent. Within lists and maps a whole double reads as an integer, and bytes as their base64. */
export function keyValues({ texts, kinds }: StoredAttributes): readonly KeyValue[] {
  const kindOf = kindsByKey(kinds);
  return Object.entries(texts).map(([key, text]) => ({ key, value: anyValue(text, kindOf.get(key) ?? 's') }));
}

/** A value from its stored text and the letter of its kind. */
function anyValue(text: string, kind: string): AnyValue {
  switch (kind) {
    case 'i':
      return { intValue: text };
    case 'd':
      return { doubleValue: doubleOf(text) };
    case 'b':
      return { boolValue: text === 'true' };
    case 'y':
      return { bytesValue: text };
    case 'n':
      return {};
    case 'j':
      return listOrMap(text);
    default:
      return { stringValue: text };
  }
}

const SPECIAL = { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' } as const;

/** A double as JSON has it, from how ClickHouse writes one. */
const doubleOf = (text: string): number | 'NaN' | 'Infinity' | '-Infinity' =>
  text in SPECIAL ? SPECIAL[text as keyof typeof SPECIAL] : Number(text);

function listOrMap(text: string): AnyValue {
  try {
    return fromJson(JSON.parse(text, keepLongIntegers));
  } catch {
    return { stringValue: text };
  }
}

function keepLongIntegers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}

function fromJson(value: unknown): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint' || Number.isInteger(value)) return { intValue: String(value) };
  if (typeof value === 'number') return { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(fromJson) } };
  if (typeof value !== 'object' || value === null) return {};
  return {
    kvlistValue: { values: Object.entries(value).map(([key, inner]) => ({ key, value: fromJson(inner) })) },
  };
}
