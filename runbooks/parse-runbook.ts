/**
 * A runbook's Markdown → its steps. Front matter says what it is; what stands before the first `## ` is the
 * introduction; each `## Title {#id role=commander within=5}` begins a step. Fenced `promql` blocks are live queries:
 *
 *     ```promql title="Tickets held" unit="tickets" display=stat
 *     venue_tickets_held{campaign_id="$campaign",venue_id="$venue"}
 *     ```
 */
import { Lexer, type Token, walkTokens } from 'marked';
import { type ContentProblem, inOrder, readYaml } from '../campaigns/positioned-yaml.ts';
import type { RunbookBlock, RunbookDetail, RunbookStep } from '../model/api/runbook.ts';
import { fillQuery } from '../model/runbook-query.ts';
import { ParseError } from '../promql/parse-error.ts';
import { parseExpr } from '../promql/parser.ts';
import { type Attributes, parseAttributes } from './attributes.ts';
import { frontMatter } from './front-matter.ts';
import { renderProse } from './prose.ts';
import { INCIDENT_ROLES } from './roles.ts';

/** A parsed runbook of one language. Which other languages there are only the shelf knows. */
export type Runbook = Omit<RunbookDetail, 'languages'>;

export type RunbookParse =
  | { readonly ok: true; readonly runbook: Runbook }
  | { readonly ok: false; readonly problems: readonly ContentProblem[] };

type Report = (line: number, message: string) => void;

/**
 * Parses one runbook. `file` is its name: `crowd-surge.md` is English, `crowd-surge.zh.md` Chinese. Never throws on bad
 * content; every problem has its line.
 */
export function parseRunbook(text: string, file: string): RunbookParse {
  const problems: ContentProblem[] = [];
  const report: Report = (line, message) => problems.push({ file, line, column: 1, path: '', message });
  const parts = splitFrontMatter(text);
  if (parts === null) {
    report(1, 'begins without front matter; put it between two lines of `---`');
    return { ok: false, problems };
  }
  const matter = readYaml(parts.matter, file, frontMatter, 2);
  if (!matter.ok) problems.push(...matter.problems);
  const name = /^(?:.*\/)?(?<stem>[a-z0-9-]+?)(?<zh>\.zh)?\.md$/.exec(file);
  if (name === null) report(1, 'the file must be named `<id>.md`, or `<id>.zh.md` for Chinese');
  else if (matter.ok && matter.value.id !== name.groups!.stem) {
    problems.push(
      matter.problemAt(
        ['id'],
        `is "${matter.value.id}" but the file is named "${name.groups!.stem}"; name both the same`,
      ),
    );
  }
  const body = readBody(parts.body, parts.bodyLine, report);
  if (body.steps.length === 0) report(parts.bodyLine, 'has no step; begin one with a heading `## …`');
  if (problems.length > 0 || !matter.ok || name === null) return { ok: false, problems: inOrder(problems) };
  const { reviewed, ...about } = matter.value;
  return {
    ok: true,
    runbook: {
      ...about,
      sources: about.sources.map(({ title, url }) => ({ title, url: url ?? null })),
      reviewedOn: reviewed,
      language: name.groups!.zh === undefined ? 'en' : 'zh',
      ...body,
    },
  };
}

function splitFrontMatter(text: string): { matter: string; body: string; bodyLine: number } | null {
  const normal = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const match = /^---\n([\s\S]*?)\n---\n/.exec(normal);
  if (match === null) return null;
  return {
    matter: match[1]!,
    body: normal.slice(match[0].length),
    bodyLine: match[0].split('\n').length,
  };
}

function readBody(body: string, firstLine: number, report: Report): Pick<Runbook, 'introduction' | 'steps'> {
  const introduction: RunbookBlock[] = [];
  const steps: RunbookStep[] = [];
  let blocks = introduction;
  let prose: Token[] = [];
  let line = firstLine;
  const flush = () => {
    const html = renderProse(prose).trim();
    if (html !== '') blocks.push({ kind: 'html', html });
    prose = [];
  };
  const tokens = Lexer.lex(body, { gfm: true });
  for (const token of tokens) {
    if (token.type === 'heading' && token.depth === 2) {
      flush();
      const step = readStep(token.text as string, steps, line, report);
      steps.push(step);
      blocks = step.blocks;
    } else if (token.type === 'heading' && token.depth === 1) {
      report(line, 'has a heading `# `; the title belongs into the front matter');
    } else if (token.type === 'code' && isPromql(token)) {
      flush();
      blocks.push(readQuery(String(token.text), String(token.lang), line, report));
    } else {
      const at = line;
      walkTokens([token], (inner) => {
        if (isPromql(inner))
          report(at, 'has a promql block inside a list or quote; put it at the left margin');
      });
      prose.push(token);
    }
    line += token.raw.split('\n').length - 1;
  }
  flush();
  return { introduction, steps };
}

const isPromql = (token: Token) => token.type === 'code' && /^promql(\s|$)/.test(String(token.lang ?? ''));

function readStep(
  heading: string,
  before: readonly RunbookStep[],
  line: number,
  report: Report,
): RunbookStep {
  const match = /^(?<title>.*?)\s*(?:\{(?<attributes>[^{}]*)\})?$/.exec(heading);
  const attributes = checked(match?.groups?.attributes ?? '', ['#', 'role', 'within'], line, report);
  const title = match?.groups?.title ?? '';
  if (title === '') report(line, 'has a step without a title');
  const id = attributes.get('#') ?? slug(title) ?? `step-${before.length + 1}`;
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id))
    report(line, `has the step id "${id}"; use lower-case letters, digits, dashes`);
  if (before.some((step) => step.id === id)) report(line, `repeats the step id "${id}"`);
  const role = attributes.get('role') ?? null;
  if (role !== null && !INCIDENT_ROLES.includes(role)) {
    report(line, `names the role "${role}"; use one of ${INCIDENT_ROLES.join(', ')}`);
  }
  const within = attributes.get('within');
  const withinMinutes = within === undefined ? null : Number(within);
  if (withinMinutes !== null && !(Number.isInteger(withinMinutes) && withinMinutes > 0)) {
    report(line, `has within=${within}; write whole minutes`);
  }
  return { id, title, role, withinMinutes, blocks: [] };
}

const DISPLAYS = ['stat', 'timeseries', 'table'] as const;

function readQuery(query: string, info: string, line: number, report: Report): RunbookBlock {
  const attributes = checked(info.replace(/^promql/, ''), ['title', 'unit', 'display'], line, report);
  const title = attributes.get('title') ?? '';
  if (title === '') report(line, 'has a promql block without title="…"');
  const wanted = attributes.get('display') ?? 'stat';
  const display = DISPLAYS.find((each) => each === wanted);
  if (display === undefined) report(line, `has display=${wanted}; use one of ${DISPLAYS.join(', ')}`);
  const variable = /\$(?!campaign\b|venue\b)\w*/.exec(query);
  if (variable !== null) report(line, `uses ${variable[0]}; only $campaign and $venue are filled in`);
  try {
    parseExpr(fillQuery(query, { campaign: 'c', venue: 'v' }).query);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    report(line + 1, `has a query that is not PromQL: ${error.message}`);
  }
  return {
    kind: 'promql',
    query: query.trim(),
    title,
    unit: attributes.get('unit') ?? '',
    display: display ?? 'stat',
  };
}

function checked(text: string, known: readonly string[], line: number, report: Report): Attributes {
  const parsed = parseAttributes(text);
  for (const problem of parsed.problems) report(line, problem);
  for (const key of parsed.attributes.keys()) {
    if (!known.includes(key))
      report(line, `has the unknown attribute "${key}"; known are ${known.join(', ')}`);
  }
  return parsed.attributes;
}

function slug(title: string): string | null {
  const text = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return text === '' ? null : text;
}
