import { createHash } from 'node:crypto';
import { Router } from 'express';
import type { Alerting } from '../../../alerts/alerting.ts';
import type { RecordingRuleStatus, RuleGroupStatus } from '../../../alerts/rule-group-status.ts';
import type { AlertInstance, AlertRule } from '../../../model/api/alert.ts';
import type { Labels } from '../../../model/labels.ts';
import { compileMatcher } from '../../../promql/matcher.ts';
import { BadParameter } from './api-error.ts';
import type { Parameters } from './parameters.ts';
import { answering } from './respond.ts';

/** `rules`, `alerts`. */
export function ruleRoutes(alerting: Pick<Alerting, 'groups' | 'active'>): Router {
  const router = Router();
  router.get(
    '/rules',
    answering(({ parameters }) => page(filtered(alerting.groups(), parameters), parameters)),
  );
  router.get(
    '/alerts',
    answering(() => ({ alerts: alerting.active().map(alertJson) })),
  );
  return router;
}

interface GroupJson {
  readonly name: string;
  readonly file: string;
  readonly rules: readonly object[];
}

/** The groups with the rules that are asked for, in order; none without rules. @throws BadParameter, ParseError */
function filtered(groups: readonly RuleGroupStatus[], parameters: Parameters): GroupJson[] {
  const type = (parameters.text('type') ?? '').toLowerCase();
  if (!['', 'alert', 'record'].includes(type))
    throw new BadParameter('type', `not supported value "${type}"`);
  const withAlerts = !parameters.boolean('exclude_alerts');
  const isAsked = (name: string) => {
    const values = parameters.all(name);
    return (value: string) => values.length === 0 || values.includes(value);
  };
  const [file, group, name] = [isAsked('file[]'), isAsked('rule_group[]'), isAsked('rule_name[]')];
  const labelled = labelTest(parameters);
  return groups
    .filter((one) => file(one.file) && group(one.name))
    .map((one) => {
      const rules = one.rules.filter((rule) => {
        const { name: ruleName, labels } = rule.kind === 'alerting' ? rule.rule : rule;
        const kind = rule.kind === 'alerting' ? 'alert' : 'record';
        return (type === '' || type === kind) && name(ruleName) && labelled(labels);
      });
      return groupJson(one, rules, withAlerts);
    })
    .filter(({ rules }) => rules.length > 0);
}

/** Whether the labels of a rule, as they stand in its file, satisfy any `match[]`. */
function labelTest(parameters: Parameters): (labels: Labels) => boolean {
  const selectors = parameters
    .selectors('match[]')
    .map((matchers) => matchers.map((matcher) => ({ name: matcher.name, test: compileMatcher(matcher) })));
  return (labels) =>
    selectors.length === 0 ||
    selectors.some((matchers) =>
      matchers.every(({ name, test }) => test(Object.hasOwn(labels, name) ? labels[name]! : '')),
    );
}

/** `group_limit` groups from the one on that `group_next_token` names. @throws BadParameter */
function page(groups: readonly GroupJson[], parameters: Parameters): object {
  const limitText = parameters.text('group_limit');
  const token = parameters.text('group_next_token');
  if (limitText === undefined) {
    if (token === undefined) return { groups };
    throw new BadParameter(
      'group_next_token',
      'group_limit needs to be present in order to paginate over the groups',
    );
  }
  if (!/^[+-]?\d{1,9}$/.test(limitText))
    throw new BadParameter(
      'group_limit',
      `group_limit needs to be a valid number: ${JSON.stringify(limitText)}`,
    );
  const limit = Number(limitText);
  if (limit <= 0) throw new BadParameter('group_limit', 'group_limit needs to be greater than 0');
  const from = token === undefined ? 0 : groups.findIndex((group) => tokenOf(group) === token);
  if (from < 0)
    throw new BadParameter(
      'group_next_token',
      `invalid group_next_token '${token}'. were rule groups changed?`,
    );
  const next = groups[from + limit];
  return { groups: groups.slice(from, from + limit), ...(next && { groupNextToken: tokenOf(next) }) };
}

const tokenOf = ({ file, name }: Pick<GroupJson, 'file' | 'name'>): string =>
  createHash('sha1').update(`${file};${name}`).digest('hex');

const groupJson = (
  group: RuleGroupStatus,
  rules: RuleGroupStatus['rules'],
  withAlerts: boolean,
): GroupJson => ({
  name: group.name,
  file: group.file,
  rules: rules.map((rule) =>
    rule.kind === 'alerting' ? alertingJson(rule.rule, withAlerts) : recordingJson(rule),
  ),
  ...{ interval: group.intervalMs / 1_000, limit: group.limit },
  ...evaluationJson(group),
});

const evaluationJson = (one: {
  readonly evaluationMs: number | null;
  readonly lastEvaluationMs: number | null;
}) => ({
  evaluationTime: (one.evaluationMs ?? 0) / 1_000,
  lastEvaluation: one.lastEvaluationMs === null ? NEVER : new Date(one.lastEvaluationMs).toISOString(),
});

/** Go's zero time, which Prometheus gives where nothing has happened yet. */
const NEVER = '0001-01-01T00:00:00Z';

/** A rule in Prometheus's words; `no_data` and `error` show in `health` and `lastError`. */
function alertingJson(rule: AlertRule, withAlerts: boolean): object {
  const instances = rule.instances.filter(({ state }) => state === 'pending' || state === 'firing');
  const firing = instances.some(({ state }) => state === 'firing');
  return {
    state: firing ? 'firing' : instances.length > 0 ? 'pending' : 'inactive',
    ...{ name: rule.name, query: rule.query },
    ...{ duration: rule.forMs / 1_000, keepFiringFor: rule.keepFiringForMs / 1_000 },
    ...{ labels: rule.labels, annotations: rule.annotations },
    alerts: withAlerts ? instances.map(alertJson) : null,
    health: rule.state === 'error' ? 'err' : rule.lastEvaluationMs === null ? 'unknown' : 'ok',
    ...(rule.state === 'error' && { lastError: rule.reason }),
    ...evaluationJson(rule),
    type: 'alerting',
  };
}

const recordingJson = (rule: RecordingRuleStatus): object => ({
  ...{ name: rule.name, query: rule.query },
  ...(Object.keys(rule.labels).length > 0 && { labels: rule.labels }),
  health: rule.lastError !== null ? 'err' : rule.lastEvaluationMs === null ? 'unknown' : 'ok',
  ...(rule.lastError !== null && { lastError: rule.lastError }),
  ...evaluationJson(rule),
  type: 'recording',
});

const alertJson = (alert: AlertInstance): object => ({
  labels: { alertname: alert.name, ...alert.labels },
  annotations: alert.annotations,
  state: alert.state === 'pending' ? 'pending' : 'firing',
  activeAt: new Date(alert.activeAtMs).toISOString(),
  value: alert.value === null ? 'NaN' : formatExponent(alert.value),
});

/** As Prometheus writes an alert's value: always with an exponent of two digits, `1e+00`. */
function formatExponent(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
