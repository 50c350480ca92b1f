/**
 * Text that Postgres can store. U+0000 and lone surrogates are valid in a label that came off the wire and in a
 * JavaScript string, and refused by `text` and `jsonb`; they become U+FFFD.
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD');
}

/** The same value with every string in it, keys included, storable. Numbers that JSON cannot say become null. */
export function storableJson(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(storableJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [storableText(key), storableJson(member)]),
  );
}
