import type { Labels } from '../model/labels.ts';
import { isTrue, printed, TEMPLATE_FUNCTIONS, type TemplateValue } from './template-functions.ts';

/**
 * The subset of Go's text/template that alert labels and annotations use: `{{ $labels.x }}`, `{{ $value }}`, functions,
 * pipes, `if … else if … else … end`, comments and trim markers. A template is compiled once, from the rule's
 * author; the values it prints come from whoever sends telemetry and are only ever printed, never read as template.
 */
export interface Template {
  /** Never throws: what fails is in the text, as Prometheus does it. */
  render(context: { readonly labels: Labels; readonly value: number }): string;
}

/** A template that cannot be compiled. `offset` is where in its text, in UTF-16 units. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** A rendered text longer than this is cut: annotations end up in notifications. */
const RENDERED_MAX = 16_000;

type Term =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'value' }
  | { readonly kind: 'labels' }
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly terms: readonly Term[] };

type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly term: Term }
  | { readonly kind: 'if'; readonly branches: readonly Branch[] };

/** `condition` null: the `else`. */
interface Branch {
  readonly condition: Term | null;
  readonly body: Node[];
}

interface Token {
  readonly text: string;
  readonly offset: number;
}

const TOKEN = /\s+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|[|()]|[^\s|()"`]+/y;

/** Splits what stands between the braces. */
function tokens(action: string, offset: number): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < action.length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(action);
    if (match === null) throw new TemplateError('unterminated quoted string', offset + start);
    if (match[0].trim() !== '') found.push({ text: match[0], offset: offset + start });
  }
  return found;
}

function literal(token: Token): TemplateValue | null {
  const { text } = token;
  if (text.startsWith('`')) return text.slice(1, -1);
  if (text.startsWith('"')) {
    try {
      const parsed: unknown = JSON.parse(text);
      if (typeof parsed === 'string') return parsed;
    } catch {
      throw new TemplateError(`${text} has an escape that is not known`, token.offset);
    }
  }
  if (text === 'true' || text === 'false') return text === 'true';
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : null;
}

/** Reads one action's expression. */
class ExpressionReader {
  private readonly tokens: readonly Token[];
  private position = 0;
  private readonly end: number;

  constructor(list: readonly Token[], end: number) {
    this.tokens = list;
    this.end = end;
  }

  /** `a | f x | g`: each stage takes the one before as its last argument. */
  pipeline(closing: ')' | null): Term {
    let term = this.command(null);
    while (this.peek()?.text === '|') {
      this.position += 1;
      term = this.command(term);
    }
    const next = this.peek();
    if (closing === null && next !== undefined)
      throw new TemplateError(`unexpected ${next.text}`, next.offset);
    if (closing !== null) {
      if (next?.text !== closing) throw new TemplateError('unclosed (', next?.offset ?? this.end);
      this.position += 1;
    }
    return term;
  }

  private peek(): Token | undefined {
    return this.tokens[this.position];
  }

  private command(piped: Term | null): Term {
    const first = this.peek();
    if (first === undefined) throw new TemplateError('missing value', this.end);
    if (!TEMPLATE_FUNCTIONS.has(first.text)) {
      if (piped !== null)
        throw new TemplateError(`${first.text} is not a function to pipe into`, first.offset);
      const term = this.operand();
      const next = this.peek();
      if (next !== undefined && next.text !== '|' && next.text !== ')') {
        throw new TemplateError(`${first.text} takes no arguments; unexpected ${next.text}`, next.offset);
      }
      return term;
    }
    this.position += 1;
    const terms: Term[] = [];
    for (
      let next = this.peek();
      next !== undefined && next.text !== '|' && next.text !== ')';
      next = this.peek()
    ) {
      terms.push(this.operand());
    }
    if (piped !== null) terms.push(piped);
    if (terms.length === 0) throw new TemplateError(`${first.text} needs an argument`, first.offset);
    return { kind: 'call', name: first.text, terms };
  }

  private operand(): Term {
    const token = this.peek();
    if (token === undefined) throw new TemplateError('missing value', this.end);
    this.position += 1;
    if (token.text === '(') return this.pipeline(')');
    const value = literal(token);
    if (value !== null && typeof value !== 'object') return { kind: 'literal', value };
    if (token.text === '$value' || token.text === '.Value') return { kind: 'value' };
    if (token.text === '$labels' || token.text === '.Labels') return { kind: 'labels' };
    const label = /^(?:\$labels|\.Labels)\.([a-zA-Z_][a-zA-Z0-9_]*)$/.exec(token.text);
    if (label !== null) return { kind: 'label', name: label[1] ?? '' };
    const known = [...TEMPLATE_FUNCTIONS.keys()].join(', ');
    throw new TemplateError(
      `${token.text} is not known here; there are $labels.NAME, $value, text, numbers and the functions ${known}`,
      token.offset,
    );
  }
}

interface Piece {
  readonly text: string;
  readonly action: { readonly text: string; readonly offset: number } | null;
}

/** Splits a template into text and actions, trim markers done and comments gone. */
function pieces(template: string): Piece[] {
  const found: Piece[] = [];
  let position = 0;
  let trimNext = false;
  for (;;) {
    const open = template.indexOf('{{', position);
    const end = open === -1 ? template.length : open;
    const trimThis = open !== -1 && /^\{\{-\s/.test(template.slice(open, open + 4));
    let text = template.slice(position, end);
    if (trimNext) text = text.trimStart();
    if (trimThis) text = text.trimEnd();
    if (open === -1) {
      found.push({ text, action: null });
      return found;
    }
    const start = open + (trimThis ? 3 : 2);
    const close = closing(template, start);
    if (close === -1) throw new TemplateError('unclosed {{', open);
    const inner = template.slice(start, close);
    trimNext = /\s-$/.test(inner);
    const content = trimNext ? inner.slice(0, -1) : inner;
    const isComment = /^\s*\/\*[\s\S]*\*\/\s*$/.test(content);
    found.push({ text, action: isComment ? null : { text: content, offset: start } });
    position = close + 2;
  }
}

/** Where the action that begins at `start` ends; braces inside its quoted strings do not count. */
function closing(template: string, start: number): number {
  const scanner = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|\}\}/g;
  scanner.lastIndex = start;
  for (let match = scanner.exec(template); match !== null; match = scanner.exec(template)) {
    if (match[0] === '}}') return match.index;
  }
  return -1;
}

/** Reads a sequence of nodes with its `if`s. */
function parse(template: string): Node[] {
  const root: Node[] = [];
  const open: { readonly branches: Branch[]; readonly offset: number }[] = [];
  const body = () => open.at(-1)?.branches.at(-1)?.body ?? root;
  for (const { text, action } of pieces(template)) {
    if (text !== '') body().push({ kind: 'text', text });
    if (action === null) continue;
    const list = tokens(action.text, action.offset);
    const end = action.offset + action.text.length;
    const [first, second] = list;
    const expression = (skip: number) => new ExpressionReader(list.slice(skip), end).pipeline(null);
    if (first?.text === 'if') {
      open.push({ branches: [{ condition: expression(1), body: [] }], offset: first.offset });
    } else if (first?.text === 'else') {
      const branches = open.at(-1)?.branches;
      if (branches === undefined || branches.at(-1)?.condition === null) {
        throw new TemplateError('unexpected else', first.offset);
      }
      branches.push({ condition: second?.text === 'if' ? expression(2) : null, body: [] });
      if (second !== undefined && second.text !== 'if') {
        throw new TemplateError(`unexpected ${second.text} after else`, second.offset);
      }
    } else if (first?.text === 'end') {
      const closed = open.pop();
      if (closed === undefined) throw new TemplateError('unexpected end', first.offset);
      body().push({ kind: 'if', branches: closed.branches });
    } else {
      body().push({ kind: 'print', term: expression(0) });
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw new TemplateError('this if has no end', unclosed.offset);
  return root;
}

interface Context {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

function evaluate(term: Term, context: Context): TemplateValue {
  switch (term.kind) {
    case 'literal':
      return term.value;
    case 'value':
      return context.value;
    case 'labels':
      return context.labels;
    case 'label':
      return context.labels.get(term.name) ?? '';
    case 'call': {
      const run = TEMPLATE_FUNCTIONS.get(term.name);
      if (run === undefined) throw new Error(`function ${term.name} is not defined`);
      return run(...term.terms.map((inner) => evaluate(inner, context)));
    }
  }
}

function render(nodes: readonly Node[], context: Context): string {
  let text = '';
  for (const node of nodes) {
    if (node.kind === 'text') text += node.text;
    else if (node.kind === 'print') text += printed(evaluate(node.term, context));
    else {
      const taken = node.branches.find(
        ({ condition }) => condition === null || isTrue(evaluate(condition, context)),
      );
      text += render(taken?.body ?? [], context);
    }
  }
  return text;
}

/** Compiles a template. @throws TemplateError with the place in the text. */
export function compileTemplate(text: string): Template {
  const nodes = parse(text);
  return {
    render: ({ labels, value }) => {
      try {
        const rendered = render(nodes, { labels: new Map(Object.entries(labels)), value });
        return rendered.length > RENDERED_MAX ? `${rendered.slice(0, RENDERED_MAX)}…` : rendered;
      } catch (error) {
        return `<error expanding template: ${error instanceof Error ? error.message : String(error)}>`;
      }
    },
  };
}
