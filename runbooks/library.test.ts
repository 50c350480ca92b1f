import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { formatProblem } from '../campaigns/positioned-yaml.ts';
import { runbookDetail } from '../model/api/runbook.ts';
import { checkLibrary, type RuleWithRunbook } from './check-library.ts';
import { createRunbookShelf } from './shelf.ts';

const runbooks = new URL('./library/', import.meta.url);
const rules = new URL('../alerts/library/', import.meta.url);
const files = readdirSync(runbooks).map((name) => ({
  name,
  text: readFileSync(new URL(name, runbooks), 'utf8'),
}));
const shelf = createRunbookShelf(files);

const ruleFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          labels: z.record(z.string(), z.string()),
          annotations: z.record(z.string(), z.string()),
        }),
      ),
    }),
  ),
});
const alerts: RuleWithRunbook[] = readdirSync(rules)
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
  .flatMap((name) => ruleFile.parse(parse(readFileSync(new URL(name, rules), 'utf8'))).groups)
  .flatMap((group) => group.rules)
  .map(({ alert, labels, annotations }) => ({
    alert,
    runbook: annotations.runbook ?? null,
    severity: labels.severity ?? '',
    safety: labels.safety === 'true',
  }));

describe('the library', () => {
  test('parses without a problem', () => {
    expect(shelf.problems.map(formatProblem)).toEqual([]);
    expect(shelf.list('en').length).toBeGreaterThanOrEqual(7);
  });

  test('has a runbook for every alert, an alert for every runbook, and translations that agree', () => {
    expect(checkLibrary(alerts, shelf)).toEqual([]);
  });

  test.each(shelf.list('en'))('$id is there in both languages, in the shape of the API', (runbook) => {
    expect(runbook.languages).toEqual(['en', 'zh']);
    for (const language of runbook.languages) {
      const found = shelf.find(runbook.id, language)!;
      expect(found.language).toBe(language);
      expect(() => runbookDetail.parse(found)).not.toThrow();
      expect(found.steps.every((step) => step.blocks.length > 0)).toBe(true);
    }
  });

  test('links between runbooks lead somewhere', () => {
    const ids = new Set(shelf.list('en').map(({ id }) => id));
    const links = files.flatMap(({ text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, to]) => to!),
    );
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((to) => !ids.has(to.replace('/runbooks/', '')))).toEqual([]);
  });

  test('the crowd runbook stops the sale first, then calls, and announces only after the gate is planned', () => {
    const { steps } = shelf.find('crowd-surge', 'en')!;
    const at = (id: string) => steps.findIndex((step) => step.id === id);
    const order = [
      'stop-sale',
      'call-venue',
      'call-police',
      'plan-gates',
      'decide',
      'announce',
      'watch',
      'review',
    ];
    expect(order.map(at)).toEqual(order.map(at).toSorted((a, b) => a - b));
    expect(at('stop-sale')).toBe(0);
    const minutes = steps.flatMap((step) => step.withinMinutes ?? []);
    expect(minutes.filter((each) => each <= 5).length).toBeGreaterThanOrEqual(4);
  });
});

describe('checkLibrary', () => {
  const rule = (change: Partial<RuleWithRunbook> = {}): RuleWithRunbook => ({
    alert: 'OrderTelemetryMissing',
    runbook: 'telemetry-missing',
    severity: 'page',
    safety: false,
    ...change,
  });
  const only = createRunbookShelf(files.filter(({ name }) => name.startsWith('telemetry-missing')));
  test('is content when all fit', () => expect(checkLibrary([rule()], only)).toEqual([]));
  test.each([
    ['an alert without a runbook', [rule(), rule({ alert: 'A', runbook: null })], /alert A has no runbook/],
    [
      'a runbook that is not there',
      [rule(), rule({ alert: 'A', runbook: 'none' })],
      /names the runbook none, which is not there/,
    ],
    ['an alert that its runbook does not list', [rule(), rule({ alert: 'A' })], /does not list the alert A/],
    ['a runbook without its alert', [], /lists the alert OrderTelemetryMissing, which does not lead to it/],
    ['a danger that the runbook does not mention', [rule({ safety: true })], /about people's safety/],
  ])('names %s', (_, given, wanted) => {
    expect(checkLibrary(given, only).join('\n')).toMatch(wanted);
  });
  test('names a translation that went its own way', () => {
    const changed = files
      .filter(({ name }) => name.startsWith('telemetry-missing'))
      .map(({ name, text }) => ({
        name,
        text: name.includes('.zh.') ? text.replace('{#back', '{#other') : text,
      }));
    expect(checkLibrary([rule()], createRunbookShelf(changed)).join()).toMatch(/differ between en and zh/);
  });
});
