/** A piece of the query. `text` is as it was written, `value` what it means. */
export interface Token {
  readonly type: TokenType;
  readonly text: string;
  /** A string's content, a keyword in lower case, else the text. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export type TokenType =
  | 'eof'
  | 'error'
  | 'identifier'
  | 'metric_identifier'
  | 'number'
  | 'duration'
  | 'string'
  | 'keyword'
  | 'aggregator'
  | 'operator'
  | 'symbol';

/** Words that mean something where the grammar asks for them, and are names elsewhere. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  'offset',
  'smoothed',
  'anchored',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'fill',
  'fill_left',
  'fill_right',
  'bool',
]);

/** Operators written as words. */
export const WORD_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless', 'atan2']);

/** Keywords that cannot name a metric outside braces. */
export const NEVER_METRIC_NAMES: ReadonlySet<string> = new Set([
  'bool',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'atan2',
]);

/** How an error message shows the token: `"("`, `identifier "foo"`, `<by>`, `<op:+>`, `end of input`. */
export function describeToken(token: Token, quote: (text: string) => string): string {
  switch (token.type) {
    case 'eof':
      return 'end of input';
    case 'error':
      return token.value;
    case 'keyword':
      return `<${token.value}>`;
    case 'aggregator':
      return `<aggr:${token.value}>`;
    case 'operator':
      return `<op:${token.value}>`;
    case 'symbol':
      return quote(token.text);
    case 'identifier':
      return `identifier ${quote(token.text)}`;
    case 'metric_identifier':
      return `metric identifier ${quote(token.text)}`;
    case 'number':
    case 'duration':
    case 'string': {
      const shown = token.text.length > 10 ? `${quote(token.text.slice(0, 10))}...` : quote(token.text);
      return `${token.type} ${shown}`;
    }
  }
}
