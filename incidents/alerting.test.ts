import { describe, expect, test } from 'vitest';
import { AlertTimeline } from '../alerts/testing/timeline.ts';
import type { IncidentEventStore } from '../storage/postgres/stores.ts';
import { createMemoryIncidentEventStore } from './memory-incident-events.ts';
import { IncidentStory } from './testing/incident-story.ts';

const RULES = `
groups:
  - name: campaign
    rules:
      - alert: UnitsUnderPriceFloor
        expr: units_under_floor > 0
        labels: { severity: page }
        annotations: { runbook: price-floor-breach, summary: sold under the floor }
      - alert: CrowdSurgeForecast
        expr: venue_forecast_density > 3
        for: 30s
        labels: { severity: page, safety: "true" }
        annotations: { runbook: crowd-surge, summary: a dangerous crowd is forecast }
`;
const UNITS = 'units_under_floor{campaign_id="one-cent-tickets"}';
const DENSITY = 'venue_forecast_density{campaign_id="one-cent-tickets",venue_id="harbour"}';

/** Rules and incidents together, either of which may be restarted. */
function stage() {
  const memory = createMemoryIncidentEventStore();
  let away = false;
  const store: IncidentEventStore = {
    ...memory,
    append: async (...parameters) => {
      if (away) throw new Error('the database is away');
      return memory.append(...parameters);
    },
  };
  const incidents = new IncidentStory(store);
  const alerts = new AlertTimeline(RULES);
  const connect = () => alerts.alerting.onTransition((told) => incidents.incidents.onAlertTransition(told));
  connect();
  return {
    ...{ alerts, incidents },
    databaseAway: (is: boolean) => {
      away = is;
    },
    restart: async (options: { killed: boolean }) => {
      await alerts.restart(options);
      incidents.restart();
      connect();
    },
  };
}

describe('the one-cent case', () => {
  test('is one incident: price first, then the crowd, which raises it and stays', async () => {
    const { alerts, incidents } = stage();
    alerts.set(UNITS, 0).set(DENSITY, 0.5);
    await alerts.pass('1m');
    alerts.set(UNITS, 120).set(DENSITY, 3.3);
    await alerts.pass('1m');
    alerts.set(DENSITY, 8);
    await alerts.pass('1m');
    alerts.set(UNITS, 0);
    await alerts.pass('5m');
    expect(incidents.story()).toEqual([
      'i1 opened SEV2',
      'i1 alert_joined UnitsUnderPriceFloor',
      'i1 alert_joined CrowdSurgeForecast',
      'i1 severity_changed SEV1',
      'i1 alert_resolved UnitsUnderPriceFloor',
    ]);
    expect(await incidents.incidents.get('i1')).toMatchObject({
      title: 'a dangerous crowd is forecast, and 1 more alert',
      alertsFiring: 1,
      safety: true,
      runbooks: [{ id: 'crowd-surge' }, { id: 'price-floor-breach' }],
    });
  });

  test.each([{ killed: false }, { killed: true }])(
    'over restarts says everything once, $killed',
    async (options) => {
      const { alerts, incidents, restart } = stage();
      alerts.set(UNITS, 120).set(DENSITY, 3.3);
      await alerts.pass('15s');
      await restart(options);
      await alerts.pass('1m');
      await restart(options);
      alerts.set(UNITS, 0);
      await alerts.pass('15s');
      await restart(options);
      await alerts.pass('1m');
      expect(incidents.story()).toEqual([
        'i1 opened SEV2',
        'i1 alert_joined UnitsUnderPriceFloor',
        'i1 alert_joined CrowdSurgeForecast',
        'i1 alert_resolved UnitsUnderPriceFloor',
      ]);
    },
  );

  test('that begins while the database is away is an incident when it is back, also over a restart', async () => {
    const { alerts, incidents, databaseAway, restart } = stage();
    databaseAway(true);
    alerts.set(UNITS, 120).set(DENSITY, 1);
    await alerts.pass('1m');
    expect(incidents.story()).toEqual([]);
    await restart({ killed: true });
    await alerts.pass('30s');
    expect(incidents.story()).toEqual([]);
    databaseAway(false);
    await alerts.pass('30s');
    expect(incidents.story().map((line) => line.replace(/^i\d+ /, ''))).toEqual([
      'opened SEV2',
      'alert_joined UnitsUnderPriceFloor',
    ]);
  });

  test('that ends while the database is away is over in the log when it is back', async () => {
    const { alerts, incidents, databaseAway, restart } = stage();
    alerts.set(UNITS, 120).set(DENSITY, 1);
    await alerts.pass('30s');
    incidents.story();
    databaseAway(true);
    alerts.set(UNITS, 0);
    await alerts.pass('30s');
    await restart({ killed: true });
    databaseAway(false);
    await alerts.pass('30s');
    expect(incidents.story()).toEqual(['i1 alert_resolved UnitsUnderPriceFloor', 'i1 commented']);
  });
});
