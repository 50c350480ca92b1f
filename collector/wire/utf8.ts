import { isUtf8 } from 'node:buffer';

/** Above this many bytes the call into the native check is cheaper than our loop. */
const NATIVE_FROM_BYTES = 48;

/**
 * Whether `bytes[start, end)` is valid UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
 * For text that is known not to be plain ASCII; the walk checks that case inline.
 */
export function isUtf8Range(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > NATIVE_FROM_BYTES) return isUtf8(bytes.subarray(start, end));
  let p = start;
  while (p < end) {
    const lead = bytes[p++]!;
    if (lead < 0x80) continue;
    let following: number;
    let low = 0x80;
    let high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) following = 1;
    else if (lead >= 0xe0 && lead <= 0xef) {
      following = 2;
      if (lead === 0xe0) low = 0xa0;
      else if (lead === 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      following = 3;
      if (lead === 0xf0) low = 0x90;
      else if (lead === 0xf4) high = 0x8f;
    } else return false;
    if (p + following > end) return false;
    for (; following > 0; following--) {
      const next = bytes[p++]!;
      if (next < low || next > high) return false;
      low = 0x80;
      high = 0xbf;
    }
  }
  return true;
}
