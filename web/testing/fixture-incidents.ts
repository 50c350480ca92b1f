import type { IncidentDetail } from '../../model/api/incident.ts';
import { alertInstances } from './fixture-alerts.ts';
import { CAMPAIGN, HOSTILE, HOUR, MINUTE } from './fixture-story.ts';

export function incidentDetails(nowMs: number): readonly IncidentDetail[] {
  const opened = nowMs - 22.5 * MINUTE;
  const system = { kind: 'system', name: 'tidewarden' } as const;
  const lin = { kind: 'person', name: 'Lin Yue' } as const;
  const alerts = alertInstances(nowMs).filter(({ state }) => state === 'firing');
  const bodies: readonly (readonly [
    number,
    typeof system | typeof lin,
    IncidentDetail['events'][number]['body'],
  ])[] = [
    [
      0,
      system,
      {
        type: 'opened',
        title: 'One-cent tickets: units sold under the price floor',
        severity: 'SEV2',
        safety: false,
        campaignId: CAMPAIGN,
        reason: 'UnitsUnderPriceFloor pages and no incident of this campaign is open',
      },
    ],
    ...alerts.map(
      (alert, index) =>
        [
          index === 0 ? 110_000 : 500 * index,
          system,
          {
            type: 'alert_joined',
            fingerprint: alert.fingerprint,
            name: alert.name,
            labels: alert.labels,
            annotations: alert.annotations,
            value: alert.value,
            runbookId: alert.runbookId,
            reason: 'same campaign',
          } as const,
        ] as const,
    ),
    [
      112_000,
      system,
      {
        type: 'severity_changed',
        from: 'SEV2',
        to: 'SEV1',
        reason: 'safety: the forecast passes 4 persons/m²',
      },
    ],
    [185_000, lin, { type: 'acknowledged' }],
    [190_000, lin, { type: 'role_assigned', role: 'commander', person: 'Lin Yue' }],
    [
      240_000,
      lin,
      {
        type: 'commented',
        text: 'Price in the catalogue is 0.01 since 20:00. The flash-sale module answers, its limiter does not.\nAsked payments to hold settlement.',
      },
    ],
    [
      300_000,
      lin,
      {
        type: 'step_done',
        runbookId: 'crowd-surge',
        stepId: 'stop-the-sale',
        note: 'Sale stopped by Wu at 20:14',
        evidence: [],
      },
    ],
    [
      420_000,
      lin,
      {
        type: 'update_published',
        audience: 'internal',
        text: 'A ticket priced at 0.01 yuan was sold about 53,000 times. The sale is stopped. Up to 3,300 people may stand at Harbour Park south gate tomorrow 10:30.',
        nextUpdateAtMs: nowMs + 4 * MINUTE,
      },
    ],
    [500_000, lin, { type: 'commented', text: HOSTILE }],
  ];
  return [
    {
      id: 'inc-1042',
      title: 'One-cent tickets: a crowd is on its way to Harbour Park',
      state: 'acknowledged',
      severity: 'SEV1',
      safety: true,
      campaignId: CAMPAIGN,
      openedAtMs: opened,
      acknowledgedAtMs: opened + 185_000,
      resolvedAtMs: null,
      commander: 'Lin Yue',
      nextUpdateDueMs: nowMs + 4 * MINUTE + 12_000,
      alertsFiring: 3,
      lastEventMs: opened + 500_000,
      alerts: alerts.map(({ fingerprint, name, labels, annotations, value, runbookId, activeAtMs }) => ({
        fingerprint,
        name,
        labels,
        annotations,
        value,
        runbookId,
        joinedAtMs: activeAtMs,
        resolvedAtMs: null,
      })),
      roles: [{ role: 'commander', person: 'Lin Yue', sinceMs: opened + 190_000 }],
      runbooks: [
        {
          id: 'crowd-surge',
          stepsDone: [
            {
              stepId: 'stop-the-sale',
              by: 'Lin Yue',
              atMs: opened + 300_000,
              note: 'Sale stopped by Wu at 20:14',
            },
          ],
        },
        { id: 'price-floor-breach', stepsDone: [] },
      ],
      events: bodies.map(([afterMs, actor, body], index) => ({
        incidentId: 'inc-1042',
        sequence: index + 1,
        atMs: opened + afterMs,
        actor,
        body,
      })),
    },
    {
      id: 'inc-1038',
      title: `Support queue over 10 minutes ${HOSTILE}`,
      state: 'open',
      severity: 'SEV3',
      safety: false,
      campaignId: null,
      openedAtMs: nowMs - 7 * MINUTE,
      acknowledgedAtMs: null,
      resolvedAtMs: null,
      commander: null,
      nextUpdateDueMs: nowMs - 2 * MINUTE,
      alertsFiring: 0,
      lastEventMs: nowMs - 7 * MINUTE,
      alerts: [],
      roles: [],
      runbooks: [],
      events: [
        {
          incidentId: 'inc-1038',
          sequence: 1,
          atMs: nowMs - 7 * MINUTE,
          actor: { kind: 'person', name: HOSTILE },
          body: {
            type: 'opened',
            title: 'Support queue',
            severity: 'SEV3',
            safety: false,
            campaignId: null,
            reason: 'callers wait 14 minutes',
          },
        },
      ],
    },
    {
      id: 'inc-1001',
      title: 'Riders offline in Shenzhen',
      state: 'resolved',
      severity: 'SEV2',
      safety: false,
      campaignId: null,
      openedAtMs: nowMs - 50 * HOUR,
      acknowledgedAtMs: nowMs - 49.9 * HOUR,
      resolvedAtMs: nowMs - 48 * HOUR,
      commander: 'Chen Bo',
      nextUpdateDueMs: null,
      alertsFiring: 0,
      lastEventMs: nowMs - 48 * HOUR,
      alerts: [],
      roles: [],
      runbooks: [],
      events: [],
    },
  ];
}
