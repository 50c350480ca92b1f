import type { AlertingRule, RuleGroup } from './rule-file.ts';

/**
 * What each rule is called in the store: the same text for the same rule over restarts. Rules of one name in one group
 * differ by their labels, else by their number.
 */
export function ruleKeys(groups: readonly RuleGroup[]): ReadonlyMap<AlertingRule, string> {
  const keys = new Map<AlertingRule, string>();
  const used = new Map<string, number>();
  for (const group of groups) {
    for (const rule of group.rules) {
      if (rule.kind !== 'alerting') continue;
      const labels = Object.entries(rule.labels).sort(([left], [right]) => (left < right ? -1 : 1));
      const key = `${group.file}/${group.name}/${rule.name}${JSON.stringify(labels)}`;
      const count = (used.get(key) ?? 0) + 1;
      used.set(key, count);
      keys.set(rule, count === 1 ? key : `${key}#${count}`);
    }
  }
  return keys;
}
