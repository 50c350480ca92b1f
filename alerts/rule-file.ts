import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { TidewardenError } from '../model/errors.ts';
import type { AlertSeverity } from '../model/severity.ts';
import { alertSeverity } from '../model/severity.ts';
import { parseDurationText } from '../promql/duration.ts';
import { ParseError } from '../promql/parse-error.ts';
import { parseExpr } from '../promql/parser.ts';
import { compileTemplate, type Template, TemplateError } from './template.ts';
import { createYamlPositions, type YamlPath } from './yaml-positions.ts';

/** An alerting rule, checked and compiled. */
export interface AlertingRule {
  readonly kind: 'alerting';
  readonly name: string;
  readonly expr: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** As written, the group's labels included; templates are not rendered here. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labelTemplates: ReadonlyMap<string, Template>;
  readonly annotationTemplates: ReadonlyMap<string, Template>;
  readonly severity: AlertSeverity;
  readonly safety: boolean;
  readonly runbookId: string;
}

/** A recording rule: its expression's result is written back as `name`. */
export interface RecordingRule {
  readonly kind: 'recording';
  readonly name: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface RuleGroup {
  readonly file: string;
  readonly name: string;
  /** null: the product's default interval. */
  readonly intervalMs: number | null;
  /** The expressions are evaluated this much in the past. */
  readonly queryOffsetMs: number;
  /** More alerts or series than this from one rule are an error; 0: no limit. */
  readonly limit: number;
  readonly rules: readonly (AlertingRule | RecordingRule)[];
}

export interface RuleProblem {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A rule file that cannot be used, with everything that is wrong in it. */
export class RuleFileError extends TidewardenError {
  override readonly name = 'RuleFileError';
  readonly file: string;
  readonly problems: readonly RuleProblem[];
  constructor(file: string, problems: readonly RuleProblem[]) {
    const lines = problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
    super('bad_rule_file', lines.join('\n'));
    this.file = file;
    this.problems = problems;
  }
}

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const RUNBOOK_ID = /^[a-z0-9][a-z0-9-]*$/;

/** A text of YAML's; it reads `severity: 1` and `safety: true` as other types, and Prometheus takes them as text. */
const scalar = z.unknown().transform((value, context): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  context.addIssue({ code: 'custom', message: value === undefined ? 'it is missing' : 'it must be a text' });
  return z.NEVER;
});

const duration = scalar.transform((text, context): number => {
  const ms = text === '0' ? 0 : /^([0-9]+(ms|[smhdwy]))+$/.test(text) ? parseDurationText(text) : undefined;
  if (ms !== undefined) return ms;
  context.addIssue({
    code: 'custom',
    message: `not a valid duration: ${JSON.stringify(text)}; write it like 5m or 1h30m`,
  });
  return z.NEVER;
});

const texts = z
  .record(z.string(), scalar)
  .nullish()
  .transform((value) => value ?? {});

const ruleSchema = z.strictObject({
  alert: z.string().min(1).optional(),
  record: z.string().min(1).optional(),
  expr: scalar,
  for: duration.optional(),
  keep_firing_for: duration.optional(),
  labels: texts,
  annotations: texts,
});
const fileSchema = z.strictObject({
  groups: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        interval: duration.optional(),
        query_offset: duration.optional(),
        limit: z.number().int().min(0).optional(),
        labels: texts,
        rules: z
          .array(ruleSchema)
          .nullish()
          .transform((value) => value ?? []),
      }),
    )
    .nullish()
    .transform((value) => value ?? []),
});
type WrittenRule = z.infer<typeof ruleSchema>;

/** Notes a problem at a place in the YAML; `offset` is into the scalar that stands there. */
type Complain = (path: YamlPath, message: string, offset?: number) => void;

/** Checks an expression; what is wrong is reported where it stands. */
function checkExpr(expr: string, path: YamlPath, complain: Complain): void {
  try {
    const type = parseExpr(expr);
    if (type.kind === 'string') complain(path, 'the expression is a text; a rule needs a vector or a scalar');
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    complain(path, `could not parse expression: ${error.message}`, error.position.start);
  }
}

/** Compiles templates and checks names. */
function compileTexts(
  written: Readonly<Record<string, string>>,
  path: YamlPath,
  complain: Complain,
): Map<string, Template> {
  const compiled = new Map<string, Template>();
  for (const [name, text] of Object.entries(written)) {
    if (!LABEL_NAME.test(name) || name === '__name__') complain([...path, name], `invalid name: ${name}`);
    try {
      compiled.set(name, compileTemplate(text));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      complain([...path, name], `${name}: template: ${error.message}`, error.offset);
    }
  }
  return compiled;
}

function readRecording(rule: WrittenRule, path: YamlPath, complain: Complain): RecordingRule {
  const name = rule.record ?? '';
  if (!METRIC_NAME.test(name)) complain([...path, 'record'], `invalid recording rule name: ${name}`);
  for (const field of ['for', 'keep_firing_for'] as const) {
    if (rule[field] !== undefined) complain([...path, field], `invalid field '${field}' in recording rule`);
  }
  if (Object.keys(rule.annotations).length > 0) {
    complain([...path, 'annotations'], `invalid field 'annotations' in recording rule`);
  }
  for (const label of Object.keys(rule.labels)) {
    if (!LABEL_NAME.test(label) || label === '__name__') {
      complain([...path, 'labels', label], `invalid label name: ${label}`);
    }
  }
  return { kind: 'recording', name, expr: rule.expr, labels: rule.labels };
}

function readAlerting(
  rule: WrittenRule,
  groupLabels: Readonly<Record<string, string>>,
  path: YamlPath,
  complain: Complain,
): AlertingRule {
  const name = rule.alert ?? '';
  // fromEntries, so that a label named __proto__ stays a label.
  const labels = Object.fromEntries([...Object.entries(groupLabels), ...Object.entries(rule.labels)]);
  const severity = alertSeverity.safeParse(labels.severity);
  if (!severity.success) {
    const has = labels.severity === undefined ? 'it has none' : `not ${JSON.stringify(labels.severity)}`;
    complain(
      [...path, 'labels', 'severity'],
      `${name}: the label severity must be page, ticket or info; ${has}`,
    );
  }
  const safety = labels.safety ?? 'false';
  if (safety !== 'true' && safety !== 'false') {
    complain([...path, 'labels', 'safety'], `${name}: the label safety must be "true" or "false"`);
  }
  const runbookId = rule.annotations.runbook ?? '';
  if (!RUNBOOK_ID.test(runbookId)) {
    complain(
      [...path, 'annotations', 'runbook'],
      runbookId === ''
        ? `${name}: no runbook; add the annotation runbook with the id of the one that answers this alert`
        : `${name}: the annotation runbook must be a runbook's id such as crowd-surge, not ${JSON.stringify(runbookId)}`,
    );
  }
  return {
    kind: 'alerting',
    ...{ name, expr: rule.expr, forMs: rule.for ?? 0, keepFiringForMs: rule.keep_firing_for ?? 0 },
    ...{ labels, annotations: rule.annotations },
    labelTemplates: compileTexts(labels, [...path, 'labels'], complain),
    annotationTemplates: compileTexts(rule.annotations, [...path, 'annotations'], complain),
    severity: severity.success ? severity.data : 'info',
    safety: safety === 'true',
    runbookId,
  };
}

function readRule(
  rule: WrittenRule,
  groupLabels: Readonly<Record<string, string>>,
  path: YamlPath,
  complain: Complain,
): AlertingRule | RecordingRule {
  if ((rule.alert === undefined) === (rule.record === undefined)) {
    complain(path, `exactly one of 'record' and 'alert' must be set`);
    return { kind: 'recording', name: '', expr: rule.expr, labels: {} };
  }
  checkExpr(rule.expr, [...path, 'expr'], complain);
  return rule.record === undefined
    ? readAlerting(rule, groupLabels, path, complain)
    : readRecording(rule, path, complain);
}

/**
 * Reads one Prometheus rule file. Beyond Prometheus's own rules, an alert must have a severity and a runbook.
 * @param file the name that messages show
 * @throws RuleFileError with every problem and its place
 */
export function parseRuleFile(file: string, text: string): readonly RuleGroup[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, uniqueKeys: true, merge: true });
  const problems: RuleProblem[] = [];
  for (const error of document.errors) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    problems.push({ line, column: col, message: error.message.split(' at line ')[0] ?? error.message });
  }
  if (problems.length > 0) throw new RuleFileError(file, problems);

  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    // Aliases of aliases: a few lines that would fill the memory.
    throw new RuleFileError(file, [
      { line: 1, column: 1, message: error instanceof Error ? error.message : String(error) },
    ]);
  }
  const positions = createYamlPositions(document, lineCounter, text);
  const complain: Complain = (path, message, offset) => {
    problems.push({ ...positions.at(path, offset), message });
  };
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) reportIssue(issue, positions.keyAt, complain, problems);
    throw new RuleFileError(file, problems);
  }
  const names = new Set<string>();
  const groups = parsed.data.groups.map((group, index): RuleGroup => {
    const path = ['groups', index];
    if (names.has(group.name)) {
      complain([...path, 'name'], `groupname: ${JSON.stringify(group.name)} is repeated in the same file`);
    }
    names.add(group.name);
    return {
      ...{ file, name: group.name, intervalMs: group.interval || null },
      ...{ queryOffsetMs: group.query_offset ?? 0, limit: group.limit ?? 0 },
      rules: group.rules.map((rule, at) => readRule(rule, group.labels, [...path, 'rules', at], complain)),
    };
  });
  if (problems.length > 0) throw new RuleFileError(file, problems);
  return groups;
}

/** One of zod's findings as a problem; a key that is not known is shown where it stands. */
function reportIssue(
  issue: z.core.$ZodIssue,
  keyAt: (path: YamlPath) => { line: number; column: number },
  complain: Complain,
  problems: RuleProblem[],
): void {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys)
      problems.push({ ...keyAt([...path, key]), message: `field ${key} is not known here` });
    return;
  }
  const field = path.filter((step) => typeof step === 'string').at(-1) ?? 'the file';
  complain(path, `${field}: ${issue.message}`);
}
