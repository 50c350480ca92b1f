import { z } from 'zod';

/** An attribute's value as it was sent. 64-bit integers that a number cannot hold, and bytes (as base64), are text. */
export type AttributeValue = string | number | boolean | null | unknown[] | Record<string, unknown>;

const jsonValue = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]);

/** Attributes as they are stored: texts by key, and `kind:key` of those that are no strings, joined by U+0001. */
export interface StoredAttributes {
  readonly texts: Readonly<Record<string, string>>;
  readonly kinds: string;
}

/** Attributes with their types, from their texts and the `kind:key` list that is stored beside them. */
export function typedAttributes(
  texts: Readonly<Record<string, string>>,
  kinds: string,
): Record<string, AttributeValue> {
  const kindOf = kindsByKey(kinds);
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, typedValue(text, kindOf.get(key) ?? 's')]),
  );
}

/** The letter of each attribute's kind that is not a string. */
export function kindsByKey(kinds: string): ReadonlyMap<string, string> {
  const kindOf = new Map<string, string>();
  for (const entry of kinds.split('\u0001')) if (entry !== '') kindOf.set(entry.slice(2), entry.charAt(0));
  return kindOf;
}

/** One value from its text and the letter of its kind. */
export function typedValue(text: string, kind: string): AttributeValue {
  if (kind === 'n') return null;
  if (kind === 'b') return text === 'true';
  if (kind === 'i') return Number.isSafeInteger(Number(text)) ? Number(text) : text;
  if (kind === 'd') return Number.isFinite(Number(text)) ? Number(text) : text;
  return kind === 'j' ? parsedOr(text) : text;
}

function parsedOr(text: string): AttributeValue {
  try {
    return jsonValue.parse(JSON.parse(text));
  } catch {
    return text;
  }
}
