/**
 * Reads a name in Prometheus's value encoding, for places that take only letters, digits and underscores: `U__` in front, `__` for an
 * underscore, `_1F600_` for the code point with that hexadecimal number. Text that is not of that form is a name as it stands.
 */
export function unescapeName(text: string): string {
  if (!text.startsWith('U__')) return text;
  const escaped = text.slice(3);
  let name = '';
  for (let at = 0; at < escaped.length; ) {
    if (escaped[at] !== '_') {
      name += escaped[at++];
      continue;
    }
    const code = /^_(?:_|([0-9a-fA-F]{1,6})_)/.exec(escaped.slice(at, at + 8));
    if (code === null) return text;
    const point = code[1] === undefined ? 0x5f : Number.parseInt(code[1], 16);
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return text;
    name += String.fromCodePoint(point);
    at += code[0].length;
  }
  return name;
}
