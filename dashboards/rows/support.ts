import type { RowSpec } from '../panel-spec.ts';
import { of, perMinute, quantile, type RowInput } from './row-input.ts';

/** Callers and how long they wait. */
export function supportRow({ say }: RowInput): RowSpec {
  return {
    title: say('Support', '客服'),
    panels: [
      {
        kind: 'timeseries',
        title: say('Support queue', '客服排队'),
        description: say('Sessions waiting, by desk.', '按坐席类型统计的排队会话数。'),
        unit: say('suffix:sessions', 'suffix:个会话'),
        width: 8,
        height: 7,
        queries: [{ expr: `sum by (desk) (${of('support_queue_length')})`, legend: '{{desk}}' }],
      },
      {
        kind: 'timeseries',
        title: say('Wait for support', '客服等待时间'),
        description: say(
          'How long 95 % of the sessions waited at most. Over 10 minutes pages.',
          '95% 的会话等待不超过此时间。超过 10 分钟呼叫。',
        ),
        unit: 's',
        width: 8,
        height: 7,
        queries: [{ expr: quantile(0.95, 'support_wait_seconds'), legend: 'p95' }],
        thresholds: [{ value: 600, state: 'page' }],
      },
      {
        kind: 'timeseries',
        title: say('Sessions by outcome', '会话结果'),
        description: say(
          'Sessions ended a minute by outcome; abandoned ones are people who gave up.',
          '按结果统计的每分钟结束会话数；“abandoned”为用户放弃。',
        ),
        unit: say('suffix:sessions/min', 'suffix:个会话/分钟'),
        stacked: true,
        width: 8,
        height: 7,
        queries: [{ expr: perMinute(of('support_sessions_total'), ' by (outcome)'), legend: '{{outcome}}' }],
      },
    ],
  };
}
