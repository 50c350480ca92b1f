import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const directory = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(directory).filter((file) => file.endsWith('.yaml'));
const ruleFiles = files.filter((file) => !file.endsWith('.test.yaml'));
const read = (file: string) => readFileSync(`${directory}${file}`, 'utf8');

const rules = z.object({
  groups: z.array(
    z.object({
      interval: z.string(),
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.strictObject({
            severity: z.enum(['page', 'ticket', 'info']),
            safety: z.literal('true').optional(),
          }),
          annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});
const alerts = ruleFiles.flatMap((file) =>
  rules.parse(parse(read(file))).groups.flatMap((group) => group.rules.map((rule) => ({ file, ...rule }))),
);

const PROMTOOL = 'promtool';
const promtool = spawnSync(PROMTOOL, ['--version'], { encoding: 'utf8' });
const hasPromtool = promtool.error === undefined;
if (!hasPromtool)
  console.warn(
    'promtool is missing (Debian: apt-get install prometheus): its checks of the rules are skipped',
  );

describe('the rules', () => {
  test('have names of their own', () => {
    expect(new Set(alerts.map((each) => each.alert)).size).toBe(alerts.length);
  });
  test.each(alerts)(
    '$alert is written for people, says where its threshold comes from and is tested',
    (rule) => {
      expect(rule.annotations.summary.length).toBeLessThanOrEqual(140);
      expect(`${rule.annotations.description} ${read(rule.file)}`).toMatch(/\(set\)/);
      expect(rule.annotations.runbook).toMatch(/^[a-z][a-z-]+$/);
      expect(read(rule.file.replace('.yaml', '.test.yaml'))).toContain(`alertname: ${rule.alert}\n`);
    },
  );
  test('those that guard people are marked, and only those', () => {
    const marked = alerts.filter((each) => each.labels.safety === 'true').map((each) => each.alert);
    expect(marked).toEqual(alerts.filter((each) => each.alert.startsWith('Crowd')).map((each) => each.alert));
  });
});

describe('promtool', () => {
  test('is there where it must be', () => {
    expect(hasPromtool || process.env.CI !== 'true').toBe(true);
  });
  test.skipIf(!hasPromtool).each(files)('accepts %s', (file) => {
    const command = file.endsWith('.test.yaml') ? ['test', 'rules', file] : ['check', 'rules', file];
    const run = spawnSync(PROMTOOL, command, { cwd: directory, encoding: 'utf8' });
    expect(run.status, `${run.stdout}${run.stderr}`).toBe(0);
  });
});
