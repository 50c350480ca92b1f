import { parseRuleFile, type RuleGroup } from '../alerts/rule-file.ts';
import type { Campaign } from '../campaigns/manifest.ts';
import { mustParseCampaign } from '../campaigns/parse-manifest.ts';
import { formatProblem } from '../campaigns/positioned-yaml.ts';
import { TidewardenError } from '../model/errors.ts';
import { checkLibrary } from '../runbooks/check-library.ts';
import { createRunbookShelf, type RunbookShelf } from '../runbooks/shelf.ts';
import { type ContentFile, readContent } from './content.ts';

/** The library, or a team's own content, holds something that cannot be used. */
export class ContentError extends TidewardenError {
  override readonly name = 'ContentError';
  constructor(problems: readonly string[]) {
    super('content', `The content cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/** Every campaign: what ships, and a team's own. @throws ManifestError that names the file, line and remedy */
export function readCampaigns(contentDirectory: string): Campaign[] {
  return readContent('campaigns', contentDirectory, (name) => /\.ya?ml$/.test(name)).map(({ text, path }) =>
    mustParseCampaign(text, path),
  );
}

/** Every runbook in every language. @throws ContentError */
export function readRunbooks(contentDirectory: string): RunbookShelf {
  const shelf = createRunbookShelf(readContent('runbooks', contentDirectory, (name) => name.endsWith('.md')));
  if (shelf.problems.length > 0) {
    throw new ContentError(shelf.problems.map(formatProblem));
  }
  return shelf;
}

/** Every rule file; their tests (`*.test.yaml`) are not rules. */
export const ruleFiles = (contentDirectory: string): ContentFile[] =>
  readContent('alerts', contentDirectory, (name) => /\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name));

/** Parses rule files and holds them to what a rule must have: a query that parses, a runbook that is there. */
export function checkRules(
  files: readonly ContentFile[],
  shelf: RunbookShelf,
): { groups: RuleGroup[]; problems: string[] } {
  const groups: RuleGroup[] = [];
  const problems: string[] = [];
  for (const { path, text } of files) {
    try {
      groups.push(...parseRuleFile(path, text));
    } catch (error) {
      if (!(error instanceof TidewardenError)) throw error;
      problems.push(error.message);
    }
  }
  const rules = groups.flatMap((group) => group.rules);
  const alerts = rules.filter((rule) => rule.kind === 'alerting');
  problems.push(
    ...checkLibrary(
      alerts.map((rule) => ({
        alert: rule.name,
        runbook: rule.runbookId,
        severity: rule.severity,
        safety: rule.safety,
      })),
      shelf,
    ),
  );
  return { groups, problems };
}

/** The groups of every rule file. @throws ContentError with every problem in any of them */
export function readRules(contentDirectory: string, shelf: RunbookShelf): RuleGroup[] {
  const { groups, problems } = checkRules(ruleFiles(contentDirectory), shelf);
  if (problems.length > 0) throw new ContentError(problems);
  return groups;
}

/** A team's own dashboards, Grafana JSON; what ships is code in `dashboards/`. */
export const ownDashboards = (contentDirectory: string): ContentFile[] =>
  readContent('dashboards', contentDirectory, (name) => name.endsWith('.json'));
