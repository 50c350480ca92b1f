import type { Labels } from '../model/labels.ts';

const OFFSET_BASIS = 14_695_981_039_346_656_037n;
const PRIME = 1_099_511_628_211n;
const MASK = 0xffff_ffff_ffff_ffffn;
/** 0xff is in no UTF-8 text, so that `{a="bc"}` and `{ab="c"}` differ. */
const SEPARATOR = 0xffn;

const encoder = new TextEncoder();

function add(hash: bigint, text: string): bigint {
  let sum = hash;
  for (const byte of encoder.encode(text)) sum = ((sum ^ BigInt(byte)) * PRIME) & MASK;
  return ((sum ^ SEPARATOR) * PRIME) & MASK;
}

/** Orders as Go does, by bytes: UTF-16's own order differs beyond U+FFFF. */
function byBytes(left: string, right: string): number {
  return Buffer.compare(encoder.encode(left), encoder.encode(right));
}

/**
 * The identity of a label set as Prometheus and Alertmanager compute it: FNV-1a, 64 bits, over the names in order and
 * their values, as 16 hexadecimal digits (prometheus/common `model.LabelSet.Fingerprint`).
 */
export function fingerprint(labels: Labels): string {
  let hash = OFFSET_BASIS;
  for (const name of Object.keys(labels).sort(byBytes)) hash = add(add(hash, name), labels[name] ?? '');
  return hash.toString(16).padStart(16, '0');
}
