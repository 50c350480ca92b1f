import type { Labels } from '../model/labels.ts';

/** The 64-bit offset basis and prime of FNV-1a; the prime is 2^40 + 0x1b3. */
const BASIS = { high: 0xcbf2_9ce4, low: 0x8422_2325 } as const;
const PRIME_LOW = 0x1b3;
/** 0xff is in no UTF-8 text, so that `{a="bc"}` and `{ab="c"}` differ. */
const SEPARATOR = 0xff;

const encoder = new TextEncoder();

/** Names as Go orders them, by bytes; UTF-16's own order differs only where there are surrogates. */
function sorted(names: string[]): string[] {
  if (!names.some((name) => /[\ud800-\udfff]/.test(name))) return names.sort();
  return names.sort((left, right) => Buffer.compare(encoder.encode(left), encoder.encode(right)));
}

const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0');

/**
 * The identity of a label set as Prometheus and Alertmanager compute it: FNV-1a, 64 bits, over the names in order and
 * their values, as 16 hexadecimal digits (prometheus/common `model.LabelSet.Fingerprint`). In two halves of 32 bits,
 * because BigInt takes ten times as long.
 */
export function fingerprint(labels: Labels): string {
  let { high, low }: { high: number; low: number } = BASIS;
  const add = (byte: number) => {
    low = (low ^ byte) >>> 0;
    const product = low * PRIME_LOW;
    // h * prime = h * 0x1b3 + (h << 40): of the shift only the low half's lower 24 bits stay, in the high half.
    high = (Math.imul(high, PRIME_LOW) + Math.floor(product / 0x1_0000_0000) + (low << 8)) >>> 0;
    low = product >>> 0;
  };
  for (const name of sorted(Object.keys(labels))) {
    for (const byte of encoder.encode(name)) add(byte);
    add(SEPARATOR);
    for (const byte of encoder.encode(labels[name] ?? '')) add(byte);
    add(SEPARATOR);
  }
  return hex(high) + hex(low);
}
