/** What a condition compares with: text is written in quotes, anything else (`error`, `200`, `1.5s`, `true`, `nil`) as it is. */
export interface Literal {
  readonly type: 'text' | 'bare';
  readonly value: string;
}

export const OPERATORS = ['=', '!=', '=~', '!~', '>', '>=', '<', '<='] as const;
export type Operator = (typeof OPERATORS)[number];

/** `span.http.status_code >= 500`. The field is written as in TraceQL. */
export interface Condition {
  readonly field: string;
  readonly operator: Operator;
  readonly value: Literal;
}

export const text = (value: string): Literal => ({ type: 'text', value });
export const bare = (value: string): Literal => ({ type: 'bare', value });

/** The short names of intrinsics that have a scoped one too; a query may use either. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  'span:name': 'name',
  'span:status': 'status',
  'span:statusMessage': 'statusMessage',
  'span:duration': 'duration',
  'span:kind': 'kind',
  'trace:rootService': 'rootServiceName',
  'trace:rootName': 'rootName',
  'trace:duration': 'traceDuration',
};

/** Intrinsics whose values are words of the language, not text. */
const KEYWORD_FIELDS: ReadonlySet<string> = new Set(['status', 'kind']);
const NUMBER = /^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
export const DURATION = /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d))+$/;

/**
 * What someone typed as the value of a field: words of `status` and `kind` and whatever looks like a number, a
 * duration or a truth are themselves, unless the field is known to hold text.
 */
export function literalFor(field: string, typed: string, holdsText = false): Literal {
  if (KEYWORD_FIELDS.has(field)) return bare(typed);
  const plain = NUMBER.test(typed) || DURATION.test(typed) || /^(true|false|nil)$/.test(typed);
  return plain && !holdsText ? bare(typed) : text(typed);
}

export const formatLiteral = (value: Literal): string =>
  value.type === 'text' ? JSON.stringify(value.value) : value.value;

export const formatCondition = ({ field, operator, value }: Condition): string =>
  `${field} ${operator} ${formatLiteral(value)}`;

/** `{ a = 1 && b = 2 }`. */
export const formatFilter = (conditions: readonly Condition[]): string =>
  conditions.length === 0 ? '{ }' : `{ ${conditions.map(formatCondition).join(' && ')} }`;

/** Without a scope a digit would begin a number: `.5xx`. */
const PLAIN_NAME = /^(?!\d)[^\s{}()=~!<>&|^,"\\]+$/u;

/** An attribute as it is written in a query: `span.order.id`, `span."a name"`. */
export const attributeField = (scope: string, name: string): string =>
  `${scope}.${PLAIN_NAME.test(name) ? name : JSON.stringify(name)}`;

const SPACE = /\s*/y;
const FIELD =
  /(?:span|trace):\w+|(?:(?:resource|span|event|link|instrumentation)?\.(?:[^\s{}()=~!<>&|^,"]|"(?:[^"\\]|\\.)*")+)|[a-zA-Z]\w*/uy;
const OPERATOR = /=~|!~|!=|>=|<=|=|>|</y;
const VALUE = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|-?[\p{L}\p{N}_.]+/uy;

/** Takes what is at a place in a text, one piece after the other. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(source: string) {
    this.#text = source;
  }

  /** The next piece of that form, white space before it left out; null where something else stands. */
  take(form: RegExp): string | null {
    SPACE.lastIndex = this.#at;
    const from = this.#at + (SPACE.exec(this.#text)?.[0].length ?? 0);
    form.lastIndex = from;
    const found = form.exec(this.#text)?.[0];
    if (found === undefined) return null;
    this.#at = from + found.length;
    return found;
  }
}

/**
 * The conditions of a query that is one filter and joins them by `&&`; null for every other query, also a valid one:
 * that cannot be shown as a form.
 */
export function readConditions(query: string): readonly Condition[] | null {
  const reader = new Reader(query);
  if (reader.take(/\{/y) === null) return null;
  const conditions: Condition[] = [];
  if (reader.take(/\}/y) === null) {
    do {
      const condition = readCondition(reader);
      if (condition === null) return null;
      conditions.push(condition);
    } while (reader.take(/&&/y) !== null);
    if (reader.take(/\}/y) === null) return null;
  }
  return reader.take(/$/y) === null ? null : conditions;
}

function readCondition(reader: Reader): Condition | null {
  const field = reader.take(FIELD);
  if (field === null || field === 'true' || field === 'false') return null;
  const operator = reader.take(OPERATOR);
  const value = operator === null ? null : reader.take(VALUE);
  const literal = value === null ? null : readLiteral(value);
  if (literal === null) return null;
  return { field: SHORT_NAMES[field] ?? field, operator: operator as Operator, value: literal };
}

const WORDS =
  /^(ok|error|unset|unspecified|internal|server|client|producer|consumer|true|false|nil|Infinity|NaN)$/;

function readLiteral(written: string): Literal | null {
  if (written.startsWith('`')) return text(written.slice(1, -1));
  if (written.startsWith('"')) {
    try {
      return text(String(JSON.parse(written)));
    } catch {
      // Go knows escapes that JSON does not; what they mean is not guessed here.
      return null;
    }
  }
  return NUMBER.test(written) || DURATION.test(written) || WORDS.test(written) ? bare(written) : null;
}
