import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRuleFile, RuleFileError } from './rule-file.ts';

/** A file with one alert, whose lines are given. */
const file = (...rule: string[]) =>
  ['groups:', '- name: g', '  rules:', ...rule.map((line) => `  ${line}`)].join('\n');

const WHOLE = file(
  '- alert: UnitsUnderPriceFloor',
  '  expr: increase(units_total[1m]) > 0',
  '  for: 1m30s',
  '  keep_firing_for: 5m',
  '  labels: { severity: page, safety: true, team: "{{ $labels.team }}" }',
  '  annotations: { runbook: price-floor-breach, summary: "{{ $value }} units" }',
);

function problems(text: string): string[] {
  try {
    parseRuleFile('team.yaml', text);
    return [];
  } catch (error) {
    if (!(error instanceof RuleFileError)) throw error;
    expect(error.message).toBe(
      error.problems.map(({ line, column, message }) => `team.yaml:${line}:${column}: ${message}`).join('\n'),
    );
    return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
}

describe('a rule file', () => {
  test('is read with everything in it', () => {
    const [group] = parseRuleFile(
      'team.yaml',
      WHOLE.replace(
        '- name: g',
        '- name: g\n  interval: 5s\n  limit: 20\n  query_offset: 10s\n  labels: { team: a, zone: b }',
      ),
    );
    expect(group).toMatchObject({
      file: 'team.yaml',
      name: 'g',
      intervalMs: 5_000,
      limit: 20,
      queryOffsetMs: 10_000,
    });
    expect(group?.rules).toMatchObject([
      {
        kind: 'alerting',
        name: 'UnitsUnderPriceFloor',
        forMs: 90_000,
        keepFiringForMs: 300_000,
        labels: { severity: 'page', safety: 'true', team: '{{ $labels.team }}', zone: 'b' },
        severity: 'page',
        safety: true,
        runbookId: 'price-floor-breach',
      },
    ]);
  });

  test('may be empty, and may record', () => {
    expect(parseRuleFile('a.yaml', '')).toEqual([]);
    expect(parseRuleFile('a.yaml', 'groups: []')).toEqual([]);
    const [group] = parseRuleFile(
      'a.yaml',
      file('- record: job:up:sum', '  expr: sum(up)', '  labels: { a: b }'),
    );
    expect(group?.rules).toEqual([
      { kind: 'recording', name: 'job:up:sum', expr: 'sum(up)', labels: { a: 'b' } },
    ]);
  });

  test.each<[string, string, string[]]>([
    ['a key that is not known', WHOLE.replace('for: 1m30s', 'foo: 1m'), ['6:5 field foo is not known here']],
    ['a key twice', WHOLE.replace('for: 1m30s', 'expr: up'), ['6:5 Map keys must be unique']],
    [
      'no runbook',
      WHOLE.replace('runbook: price-floor-breach, ', ''),
      [
        '9:18 UnitsUnderPriceFloor: no runbook; add the annotation runbook with the id of the one that answers this alert',
      ],
    ],
    [
      'a runbook that is no id',
      WHOLE.replace('price-floor-breach', '"https://x/y"'),
      [
        '9:29 UnitsUnderPriceFloor: the annotation runbook must be a runbook\'s id such as crowd-surge, not "https://x/y"',
      ],
    ],
    [
      'no severity',
      WHOLE.replace('severity: page, ', ''),
      ['8:13 UnitsUnderPriceFloor: the label severity must be page, ticket or info; it has none'],
    ],
    [
      'another severity',
      WHOLE.replace('page', 'critical'),
      ['8:25 UnitsUnderPriceFloor: the label severity must be page, ticket or info; not "critical"'],
    ],
    [
      'a duration that is none',
      WHOLE.replace('1m30s', '90'),
      ['6:10 for: not a valid duration: "90"; write it like 5m or 1h30m'],
    ],
    [
      'an expression that is none',
      WHOLE.replace('units_total[1m]', 'units_total'),
      [
        '5:20 could not parse expression: 1:10: parse error: expected type range vector in call to function "increase", got instant vector',
      ],
    ],
    [
      'a template that is none',
      WHOLE.replace('$value', '$valu'),
      ['9:62 summary: template: $valu is not known here'],
    ],
    ['a label name that is none', WHOLE.replace('team:', 'te-am:'), ['8:52 invalid name: te-am']],
    ['neither alert nor record', file('- expr: up'), ["4:5 exactly one of 'record' and 'alert' must be set"]],
    [
      'a recording rule with for',
      file('- record: a:b', '  expr: up', '  for: 5m'),
      ["6:10 invalid field 'for' in recording rule"],
    ],
    ['no expression', file('- record: a:b'), ['4:5 expr: it is missing']],
    ['a group twice', `${WHOLE}\n- name: g`, ['10:9 groupname: "g" is repeated in the same file']],
    ['a list in place of the file', '- a', ['1:1 the file: Invalid input: expected object, received array']],
    [
      'broken YAML',
      'groups: [',
      ['1:10 Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
  ])('with %s says so, and where', (_, text, expected) => {
    const found = problems(text);
    expect(found).toHaveLength(expected.length);
    for (const [index, problem] of expected.entries()) expect(found[index]).toContain(problem);
  });

  test('tells everything that is wrong at once', () => {
    expect(problems(WHOLE.replace('page', 'critical').replace('$value', '$valu'))).toHaveLength(2);
  });

  test('a bomb of aliases is refused, not expanded', () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? 'a0: &a0 [x, x]'
        : `a${level}: &a${level} [${Array(10)
            .fill(`*a${level - 1}`)
            .join(', ')}]`,
    );
    expect(problems(levels.join('\n'))).not.toEqual([]);
  });
});

describe('the library', () => {
  const folder = join(import.meta.dirname, 'library');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'));
  test.each(files)('%s is a rule file', (name) => {
    expect(parseRuleFile(name, readFileSync(join(folder, name), 'utf8')).length).toBeGreaterThan(0);
  });
});
