import { Skeleton } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlertRule } from '../../model/api/alert.ts';
import { alertSeverity } from '../../model/severity.ts';
import type { AlertStateBand, Threshold } from '../charts/index.ts';
import { useNow } from '../live/clock.tsx';
import { splitComparison } from './alert-expression.ts';
import { Answer } from './answer.tsx';
import { SeriesGraph } from './series-graph.tsx';
import { alertStateOf } from './states.ts';
import { useRangeQuery } from './use-range-query.ts';

export interface AlertGraphProps {
  readonly rule: AlertRule;
  readonly height: number;
}

/** What a rule measures, its limit as a line, and when it was pending or firing as a strip. */
export function AlertGraph({ rule, height }: AlertGraphProps) {
  const { t } = useTranslation();
  const now = useNow(30_000);
  const { query, comparison } = splitComparison(rule.query);
  const answer = useRangeQuery(query, { points: 180 });
  const state = stateOfRule(rule);
  const thresholds: readonly Threshold[] =
    comparison === null
      ? []
      : [
          {
            value: comparison.value,
            label: t('alert.limit', { operator: comparison.operator }),
            state,
          },
        ];
  const bands = useMemo(() => stateBands(rule, now), [rule, now]);
  return (
    <Answer query={answer} skeleton={<Skeleton height={height} />}>
      {({ data }) => (
        <SeriesGraph
          title={rule.name}
          data={data}
          height={height}
          thresholds={thresholds}
          alertStates={bands}
          legend="hidden"
        />
      )}
    </Answer>
  );
}

/** The state that the rule's limit stands for; a rule without a known severity is a ticket. */
const stateOfRule = ({ labels }: AlertRule) =>
  alertStateOf(alertSeverity.catch('ticket').parse(labels.severity), labels.safety === 'true');

/** Each instance's time: pending from when its condition held, firing from when it fired. */
function stateBands(rule: AlertRule, nowMs: number): readonly AlertStateBand[] {
  return rule.instances.flatMap((instance) => {
    const end = instance.resolvedAtMs ?? nowMs;
    const fired = instance.firedAtMs ?? end;
    return [
      { fromMs: instance.activeAtMs, toMs: fired, state: 'pending' as const },
      ...(instance.firedAtMs === null
        ? []
        : [
            {
              fromMs: fired,
              toMs: end,
              state: 'firing' as const,
              severity: alertStateOf(instance.severity, instance.safety),
            },
          ]),
    ];
  });
}
