/** YAML that people write → a checked value, or every problem in it with its line and column. */
import { type Document, isMap, isPair, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import type { z } from 'zod';

/** One thing wrong in a file. Line and column count from 1. */
export interface ContentProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where in the document, `venues[0].gates[1].lanes`; empty for the whole of it. */
  readonly path: string;
  readonly message: string;
}

/** `file:line:column: path: message`. */
export function formatProblem(problem: ContentProblem): string {
  const path = problem.path === '' ? '' : `${problem.path}: `;
  return `${problem.file}:${problem.line}:${problem.column}: ${path}${problem.message}`;
}

type Path = readonly PropertyKey[];

export type YamlRead<Value> =
  | {
      readonly ok: true;
      readonly value: Value;
      readonly problemAt: (path: Path, message: string) => ContentProblem;
    }
  | { readonly ok: false; readonly problems: readonly ContentProblem[] };

/**
 * Reads one document and checks it by a schema. `firstLine` is the line of the file on which the text begins (front
 * matter begins on its second). Never throws on bad content.
 */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
  firstLine = 1,
): YamlRead<z.output<Schema>> {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const problem = (offset: number, path: string, message: string): ContentProblem => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1) + firstLine - 1, column: Math.max(col, 1), path, message };
  };
  const document = 'empty' in documents ? undefined : documents[0];
  if (document === undefined || document.contents === null) {
    return fail([problem(0, '', 'is empty; start from a file of the library')]);
  }
  const second = 'empty' in documents ? undefined : documents[1];
  if (second !== undefined) {
    return fail([problem(second.range[0], '', 'holds a second document; write one a file')]);
  }
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    return fail(syntax.map((error) => problem(error.pos[0], '', `is no valid YAML: ${error.message}`)));
  }
  const plain = toPlain(document);
  if (!plain.ok) return fail([problem(0, '', plain.message)]);
  const problemAt = (path: Path, message: string, key?: string) =>
    problem(offsetOf(document, path, key), formatPath(key === undefined ? path : [...path, key]), message);
  const parsed = schema.safeParse(plain.value);
  if (parsed.success) return { ok: true, value: parsed.data, problemAt };
  return fail(
    parsed.error.issues.flatMap(describeIssue).map(({ path, key, message }) => problemAt(path, message, key)),
  );
}

/** Problems in the order of the file. */
export function inOrder(problems: readonly ContentProblem[]): ContentProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function fail(problems: readonly ContentProblem[]) {
  return { ok: false, problems: inOrder(problems) } as const;
}

/** `['venues', 0, 'id']` → `venues[0].id`. */
function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text;
}

/** Aliases are resolved here, so a few that multiply each other ("billion laughs") must not fill the memory. */
function toPlain(document: Document): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: 50 }) };
  } catch (error) {
    return {
      ok: false,
      message: `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

interface Described {
  readonly path: Path;
  readonly key?: string;
  readonly message: string;
}

function describeIssue(issue: z.core.$ZodIssue): Described[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: issue.path,
      key,
      message: 'is not a known key; correct or remove it',
    }));
  }
  if (issue.code === 'invalid_union') return describeUnion(issue);
  if (
    issue.code === 'invalid_type' &&
    issue.input === undefined &&
    issue.message.includes('received undefined')
  ) {
    return [{ path: issue.path, message: `is missing; add it (${issue.expected})` }];
  }
  return [{ path: issue.path, message: lowerFirst(issue.message) }];
}

/** Of a union's branches the one that fits best speaks; where none comes near, the union's own words. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion): Described[] {
  const best = issue.errors.toSorted((a, b) => weight(a) - weight(b))[0];
  const own = [{ path: issue.path, message: lowerFirst(issue.message) }];
  if (best === undefined || best.some((inner) => inner.path.length === 0)) return own;
  return best.flatMap((inner) =>
    describeIssue(inner).map((described) => ({ ...described, path: [...issue.path, ...described.path] })),
  );
}

const weight = (issues: z.core.$ZodIssue[]) =>
  issues.reduce(
    (sum, inner) =>
      sum + (inner.path.length === 0 ? 1_000 : 1) + (inner.code === 'unrecognized_keys' ? 10 : 0),
    0,
  );

const lowerFirst = (text: string) =>
  /^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;

/** The offset of the node at a path, or of its nearest ancestor that exists; of the key itself when one is named. */
function offsetOf(document: Document, path: Path, key?: string): number {
  for (let length = path.length; length >= 0; length--) {
    const part = path.slice(0, length);
    const node = length === 0 ? document.contents : document.getIn(part, true);
    if (key !== undefined && length === path.length && isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
      if (pair !== undefined && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
    }
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      return Number(node.range[0]);
    }
  }
  return 0;
}
