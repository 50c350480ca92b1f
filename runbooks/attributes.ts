/** `#id key=value key="two words"`, as it stands in braces behind a heading or behind a fence's language. */
export type Attributes = ReadonlyMap<string, string>;

/** `#` is the key of the id. Problems are sentences without their subject. */
export function parseAttributes(text: string): { attributes: Attributes; problems: string[] } {
  const attributes = new Map<string, string>();
  const problems: string[] = [];
  const pattern = /\s*(?:#(?<id>[^\s=]+)|(?<key>[a-z]+)=(?:"(?<quoted>[^"]*)"|(?<plain>[^\s"]+)))(?=\s|$)/y;
  let at = 0;
  while (text.slice(at).trim() !== '') {
    pattern.lastIndex = at;
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) {
      problems.push(
        `has an attribute that cannot be read: ${text.slice(at).trim()}; write key=value or key="two words"`,
      );
      break;
    }
    const key = groups.id === undefined ? groups.key! : '#';
    if (attributes.has(key)) problems.push(`has the attribute "${key}" twice`);
    attributes.set(key, groups.id ?? groups.quoted ?? groups.plain!);
    at = pattern.lastIndex;
  }
  return { attributes, problems };
}
