/** YAML text of a manifest → a validated campaign, or every problem in it with its place and what to do. */
import { type Document, isMap, isPair, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import { TidewardenError } from '../model/errors.ts';
import { manifestContradictions } from './contradictions.ts';
import { type Campaign, campaignManifest } from './manifest.ts';

/** One thing wrong in a manifest. Line and column count from 1. */
export interface ManifestProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where in the manifest, `venues[0].gates[1].lanes`; empty for the whole document. */
  readonly path: string;
  readonly message: string;
}

export type ManifestParse =
  | { readonly ok: true; readonly campaign: Campaign }
  | { readonly ok: false; readonly problems: readonly ManifestProblem[] };

/** Thrown by `mustParseCampaign`; lists every problem. */
export class ManifestError extends TidewardenError {
  override readonly name = 'ManifestError';
  readonly problems: readonly ManifestProblem[];
  constructor(problems: readonly ManifestProblem[]) {
    super('campaign_manifest', problems.map(formatManifestProblem).join('\n'));
    this.problems = problems;
  }
}

/** `file:line:column: path: message`. */
export function formatManifestProblem(problem: ManifestProblem): string {
  const path = problem.path === '' ? '' : `${problem.path}: `;
  return `${problem.file}:${problem.line}:${problem.column}: ${path}${problem.message}`;
}

type Path = readonly PropertyKey[];

/** `['venues', 0, 'id']` → `venues[0].id`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text;
}

/**
 * Parses one manifest. `file` is only its name, for messages and for the rule that a manifest's file is named after
 * its id. Never throws on bad content.
 */
export function parseCampaign(text: string, file: string): ManifestParse {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const document = 'empty' in documents ? undefined : documents[0];
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document === undefined || document.contents === null) {
    return fail([{ ...at(0), path: '', message: 'the file is empty; start from a manifest of the library' }]);
  }
  if (!('empty' in documents) && documents.length > 1) {
    return fail([
      {
        ...at(documents[1]!.range[0]),
        path: '',
        message: 'holds a second document; write one file a campaign',
      },
    ]);
  }
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    return fail(
      syntax.map((error) => ({
        ...at(error.pos[0]),
        path: '',
        message: `is no valid YAML: ${error.message}`,
      })),
    );
  }
  const raw = toPlain(document);
  if (!raw.ok) return fail([{ ...at(0), path: '', message: raw.message }]);
  const parsed = campaignManifest.safeParse(raw.value);
  const place = (path: Path, key?: string) => ({
    ...at(offsetOf(document, path, key)),
    path: formatPath(key === undefined ? path : [...path, key]),
  });
  if (!parsed.success) {
    return fail(
      parsed.error.issues
        .flatMap((issue) => describeIssue(issue))
        .map(({ path, key, message }) => ({ ...place(path, key), message })),
    );
  }
  const contradictions = manifestContradictions(parsed.data, file);
  if (contradictions.length > 0) {
    return fail(contradictions.map(({ path, message }) => ({ ...place(path), message })));
  }
  return { ok: true, campaign: parsed.data };
}

/** As `parseCampaign`, but throws a `ManifestError`: for tests and for content that ships with the product. */
export function mustParseCampaign(text: string, file: string): Campaign {
  const result = parseCampaign(text, file);
  if (!result.ok) throw new ManifestError(result.problems);
  return result.campaign;
}

function fail(problems: ManifestProblem[]): ManifestParse {
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return { ok: false, problems };
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
