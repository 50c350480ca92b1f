/** Whether rules and runbooks fit together: nobody is woken without knowing what to do. */
import type { RunbookDetail } from '../model/api/runbook.ts';
import type { RunbookShelf } from './shelf.ts';

/** The part of an alerting rule that this needs. */
export interface RuleWithRunbook {
  readonly alert: string;
  /** The rule's `runbook` annotation; null: it has none. */
  readonly runbook: string | null;
  readonly severity: string;
  readonly safety: boolean;
}

/** Every mismatch as a sentence; empty when all fit. */
export function checkLibrary(rules: readonly RuleWithRunbook[], shelf: RunbookShelf): string[] {
  const found: string[] = [];
  for (const rule of rules) {
    const runbook = rule.runbook === null ? undefined : shelf.find(rule.runbook, 'en');
    if (rule.runbook === null)
      found.push(`alert ${rule.alert} has no runbook; add the annotation \`runbook\``);
    else if (runbook === undefined)
      found.push(`alert ${rule.alert} names the runbook ${rule.runbook}, which is not there`);
    else if (!runbook.alerts.includes(rule.alert)) {
      found.push(`runbook ${runbook.id} does not list the alert ${rule.alert}, which leads to it`);
    } else if (rule.safety && !runbook.safety) {
      found.push(`alert ${rule.alert} is about people's safety, its runbook ${runbook.id} does not say so`);
    }
  }
  const names = new Map(rules.map((rule) => [rule.alert, rule.runbook]));
  for (const runbook of shelf.list('en')) {
    for (const alert of runbook.alerts) {
      if (names.get(alert) !== runbook.id)
        found.push(`runbook ${runbook.id} lists the alert ${alert}, which does not lead to it`);
    }
    for (const language of runbook.languages) {
      found.push(...translationMismatches(runbook, shelf.find(runbook.id, language)!));
    }
  }
  return found;
}

/** A checklist that is half done in one language must read on in the other: same steps, same queries, same roles. */
function translationMismatches(runbook: RunbookDetail, translation: RunbookDetail): string[] {
  const outline = (of: RunbookDetail) =>
    JSON.stringify({
      alerts: of.alerts,
      severity: of.severity,
      safety: of.safety,
      steps: of.steps.map(({ id, role, withinMinutes, blocks }) => ({
        id,
        role,
        withinMinutes,
        queries: blocks.flatMap((block) => (block.kind === 'promql' ? block.query : [])),
      })),
    });
  return outline(runbook) === outline(translation)
    ? []
    : [
        `runbook ${runbook.id}: alerts, steps, roles or queries differ between ${runbook.language} and ${translation.language}`,
      ];
}
