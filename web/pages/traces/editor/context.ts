/** What may stand at a place in a query, and from where on it would be replaced. */
export type CompletionPlace =
  | { readonly kind: 'start' | 'field' | 'stage' | 'operator' | 'join'; readonly from: number }
  | {
      readonly kind: 'value';
      readonly from: number;
      readonly field: string;
      readonly operator: string;
      /** The quote that is open; '' outside one. */
      readonly quote: string;
    };

interface Token {
  readonly type: 'string' | 'open-string' | 'comment' | 'number' | 'word' | 'comparison' | 'symbol';
  readonly text: string;
  readonly from: number;
}

const TOKEN =
  /(?<space>\s+)|(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<open>["`][^\n]*$)|(?<number>\d[\p{L}\p{N}_.]*)|(?<word>(?:[\p{L}_][\p{L}\p{N}_]*)?[.:](?:[^\s{}()=~!<>&|^,"]|"(?:[^"\\]|\\.)*"?)*|[\p{L}_][\p{L}\p{N}_]*)|(?<comparison>=~|!~|!=|>=|<=|=|<<|>>|<|>)|(?<symbol>&&|\|\||[\s\S])/gu;

/** The pieces of a query, for colours and completion; what cannot be read is a symbol. */
export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of query.matchAll(TOKEN)) {
    const { space, comment, string, open, number, word, comparison } = match.groups ?? {};
    if (space !== undefined) continue;
    const type =
      comment !== undefined
        ? 'comment'
        : string !== undefined
          ? 'string'
          : open !== undefined
            ? 'open-string'
            : number !== undefined
              ? 'number'
              : word !== undefined
                ? 'word'
                : comparison !== undefined
                  ? 'comparison'
                  : 'symbol';
    tokens.push({ type, text: match[0], from: match.index });
  }
  return tokens;
}

/** Functions whose arguments are fields. */
const TAKES_FIELDS =
  /^(by|select|avg|min|max|sum|min_over_time|max_over_time|avg_over_time|sum_over_time|quantile_over_time|histogram_over_time)$/;

/** What can be completed at the end of a text. Null where nothing useful can be said. */
export function placeAt(before: string): CompletionPlace | null {
  const tokens = tokensOf(before).filter(({ type }) => type !== 'comment');
  const end = before.length;
  const last = tokens.at(-1);
  if (last === undefined) return { kind: 'start', from: end };
  const writing = last.from + last.text.length === end;
  if (last.type === 'open-string') return valuePlace(tokens.slice(0, -1), last.from + 1, last.text[0] ?? '"');
  if (writing && (last.type === 'word' || last.type === 'number')) {
    return fresh(tokens.slice(0, -1), last.from);
  }
  return fresh(tokens, end);
}

/** What a new word after these may be. */
function fresh(tokens: readonly Token[], from: number): CompletionPlace | null {
  const last = tokens.at(-1);
  if (last === undefined) return { kind: 'start', from };
  // Brackets that only group belong to what is around them.
  const inner = openBrackets(tokens)
    .filter((open) => open.text === '{' || TAKES_FIELDS.test(wordBefore(tokens, open)))
    .at(-1);
  if (last.type === 'comparison') return valuePlace(tokens, from, '');
  if (inner?.text === '{') {
    if (
      last.text === '{' ||
      last.text === '&&' ||
      last.text === '||' ||
      last.text === '(' ||
      last.text === '!'
    )
      return { kind: 'field', from };
    const before = tokens.at(-2);
    if (before?.type === 'comparison') return { kind: 'join', from };
    return last.type === 'word' ? { kind: 'operator', from } : null;
  }
  if (inner?.text === '(') {
    return last.text === '(' || last.text === ',' ? { kind: 'field', from } : null;
  }
  return last.text === '|' ? { kind: 'stage', from } : null;
}

const wordBefore = (tokens: readonly Token[], token: Token): string =>
  tokens[tokens.indexOf(token) - 1]?.text ?? '';

function openBrackets(tokens: readonly Token[]): readonly Token[] {
  const open: Token[] = [];
  for (const token of tokens) {
    if (token.type !== 'symbol') continue;
    if (token.text === '{' || token.text === '(') open.push(token);
    else if (token.text === '}' || token.text === ')') open.pop();
  }
  return open;
}

/** The value of what stands before a comparison. */
function valuePlace(tokens: readonly Token[], from: number, quote: string): CompletionPlace | null {
  const comparison = tokens.at(-1);
  const field = tokens.at(-2);
  if (comparison?.type !== 'comparison' || field?.type !== 'word') return null;
  return { kind: 'value', from, field: field.text, operator: comparison.text, quote };
}
