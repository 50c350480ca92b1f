import { describe, expect, test } from 'vitest';
import { AlertTimeline } from './testing/timeline.ts';

const SURGE = `
groups:
  - name: crowd
    rules:
      - alert: CrowdSurge
        expr: venue_forecast_density > 3
        for: 1m
        labels: { severity: page, safety: "true" }
        annotations:
          summary: "{{ $labels.venue_id }} may reach {{ $value | printf \\"%.1f\\" }} persons/m2"
          runbook: crowd-surge
`;
const HARBOUR = 'venue_forecast_density{venue_id="harbour"}';
const LAGOON = 'venue_forecast_density{venue_id="lagoon"}';

describe('an alert’s life', () => {
  test('waits for its `for`, fires, and resolves when the answer no longer has it', async () => {
    const story = new AlertTimeline(SURGE);
    story.set(HARBOUR, 2);
    await story.pass('1m');
    expect(story.story()).toEqual([]);
    story.set(HARBOUR, 4.2);
    await story.pass('3m');
    expect(story.story()).toEqual(['1m15s pending CrowdSurge@harbour', '2m15s firing CrowdSurge@harbour']);
    story.set(HARBOUR, 2.9);
    await story.pass('1m');
    expect(story.story()).toEqual(['4m15s resolved CrowdSurge@harbour']);
    expect(story.alerting.active()).toEqual([]);
  });

  test('says all that people need to act on it', async () => {
    const story = new AlertTimeline(SURGE.replace('for: 1m', 'for: 0s'));
    story.set('venue_forecast_density{venue_id="harbour",campaign_id="one-cent-tickets"}', 4.25);
    await story.pass('15s');
    expect(story.alerting.active()).toEqual([
      {
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        name: 'CrowdSurge',
        state: 'firing',
        severity: 'page',
        safety: true,
        labels: {
          alertname: 'CrowdSurge',
          campaign_id: 'one-cent-tickets',
          safety: 'true',
          severity: 'page',
          venue_id: 'harbour',
        },
        annotations: {
          summary: 'harbour may reach 4.2 persons/m2',
          runbook: 'crowd-surge',
          runbook_url: 'https://tidewarden.example/runbooks/crowd-surge?campaign=one-cent-tickets',
        },
        value: 4.25,
        activeAtMs: expect.any(Number),
        firedAtMs: expect.any(Number),
        resolvedAtMs: null,
        runbookId: 'crowd-surge',
        campaignId: 'one-cent-tickets',
        incidentId: null,
      },
    ]);
  });

  test('a dip shorter than an interval away from the evaluations is not seen, one at an evaluation begins the wait anew', async () => {
    const story = new AlertTimeline(SURGE);
    story.set(HARBOUR, 4);
    await story.pass('45s');
    story.set(HARBOUR, 2);
    await story.pass('15s');
    story.set(HARBOUR, 4);
    await story.pass('1m15s');
    expect(story.story()).toEqual([
      '15s pending CrowdSurge@harbour',
      '1m dropped CrowdSurge@harbour',
      '1m15s pending CrowdSurge@harbour',
      '2m15s firing CrowdSurge@harbour',
    ]);
  });

  test('each series is an alert of its own', async () => {
    const story = new AlertTimeline(SURGE);
    story.set(HARBOUR, 4);
    await story.pass('30s');
    story.set(LAGOON, 4);
    await story.pass('1m30s');
    story.set(HARBOUR, 1);
    await story.pass('15s');
    expect(story.story()).toEqual([
      '15s pending CrowdSurge@harbour',
      '45s pending CrowdSurge@lagoon',
      '1m15s firing CrowdSurge@harbour',
      '1m45s firing CrowdSurge@lagoon',
      '2m15s resolved CrowdSurge@harbour',
    ]);
  });

  test('keep_firing_for holds it over a gap and begins anew with each gap', async () => {
    const story = new AlertTimeline(SURGE.replace('for: 1m', 'keep_firing_for: 1m'));
    story.set(HARBOUR, 4);
    await story.pass('15s');
    story.set(HARBOUR, 2);
    await story.pass('45s');
    story.set(HARBOUR, 4);
    await story.pass('15s');
    story.set(HARBOUR, 2);
    await story.pass('2m');
    expect(story.story()).toEqual(['15s firing CrowdSurge@harbour', '2m30s resolved CrowdSurge@harbour']);
  });

  test('a resolved alert is shown for a quarter of an hour', async () => {
    const story = new AlertTimeline(SURGE);
    story.set(HARBOUR, 4);
    await story.pass('2m');
    story.set(HARBOUR, 2);
    await story.pass('1m');
    const [rule] = story.alerting.rules();
    expect(rule).toMatchObject({ state: 'inactive', reason: 'the condition holds for no series' });
    expect(rule?.instances).toMatchObject([
      { name: 'CrowdSurge', state: 'inactive', resolvedAtMs: expect.any(Number) },
    ]);
    await story.pass('20m');
    expect(story.alerting.rules()[0]?.instances).toEqual([]);
  });
});

describe('a rule that cannot see', () => {
  test('whose metric was never there says so', async () => {
    const story = new AlertTimeline(SURGE);
    await story.pass('15s');
    expect(story.alerting.rules()).toMatchObject([
      { state: 'no_data', reason: 'no series named venue_forecast_density', instances: [] },
    ]);
    story.set(HARBOUR, 1);
    await story.pass('15s');
    expect(story.alerting.rules()).toMatchObject([{ state: 'inactive' }]);
  });

  test('keeps firing while its metric is gone, and resolves on the first answer that does not have it', async () => {
    const story = new AlertTimeline(SURGE);
    story.set(HARBOUR, 4);
    await story.pass('2m');
    story.gone(HARBOUR);
    story.story();
    await story.pass('30m');
    expect(story.story()).toEqual([]);
    expect(story.alerting.active()).toMatchObject([
      { state: 'firing', unconfirmed: 'its metric vanished; fires until an answer says otherwise' },
    ]);
    expect(story.alerting.rules()).toMatchObject([
      { state: 'no_data', reason: 'no series named venue_forecast_density; 1 firing alert is kept' },
    ]);
    story.set(HARBOUR, 1);
    await story.pass('15s');
    expect(story.story()).toEqual(['32m15s resolved CrowdSurge@harbour']);
  });

  test('keeps firing while its query fails; nothing new fires on an error', async () => {
    const story = new AlertTimeline(SURGE);
    story.set(HARBOUR, 4);
    await story.pass('1m30s');
    story.set(LAGOON, 4);
    await story.pass('15s');
    story.story();
    story.failure = 'the store does not answer';
    story.set(HARBOUR, 1);
    await story.pass('10m');
    expect(story.story()).toEqual([]);
    expect(story.alerting.rules()).toMatchObject([
      { state: 'error', reason: 'the store does not answer; 1 firing alert is kept' },
    ]);
    expect(story.alerting.active().map(({ state, labels }) => [labels.venue_id, state])).toEqual([
      ['harbour', 'firing'],
      ['lagoon', 'pending'],
    ]);
    story.failure = null;
    await story.pass('15s');
    expect(story.story()).toEqual(['12m firing CrowdSurge@lagoon', '12m resolved CrowdSurge@harbour']);
  });

  test('with more alerts than its group’s limit is in error and takes none up', async () => {
    const story = new AlertTimeline(SURGE.replace('- name: crowd', '- name: crowd\n    limit: 1'));
    story.set(HARBOUR, 4).set(LAGOON, 4);
    await story.pass('2m');
    expect(story.story()).toEqual([]);
    expect(story.alerting.rules()).toMatchObject([
      { state: 'error', reason: 'exceeded limit of 1 with 2 alerts' },
    ]);
  });
});

describe('the wall clock', () => {
  test.each(['1h', '-1h'])('jumping by %s fires, resolves and loses nothing', async (jump) => {
    const story = new AlertTimeline(SURGE);
    story.set(HARBOUR, 4).set(LAGOON, 1);
    await story.pass('2m');
    expect(story.story()).toHaveLength(2);
    story.set(LAGOON, 4);
    await story.pass('30s');
    expect(story.story()).toEqual(['2m15s pending CrowdSurge@lagoon']);
    story.jump(jump);
    await story.pass('30s');
    expect(story.story()).toEqual([]);
    await story.pass('15s');
    expect(story.story()).toEqual(['3m15s firing CrowdSurge@lagoon']);
    story.jump(jump === '1h' ? '-1h' : '1h');
    await story.pass('10m');
    expect(story.story()).toEqual([]);
    story.set(LAGOON, 1);
    await story.pass('15s');
    expect(story.story()).toEqual(['13m30s resolved CrowdSurge@lagoon']);
  });

  test.each(['1h', '-1h'])('staying %s off for good resolves nothing that still holds', async (jump) => {
    const story = new AlertTimeline(SURGE);
    story.set(HARBOUR, 4);
    await story.pass('2m');
    story.story();
    story.jump(jump);
    await story.pass('30m');
    expect(story.story()).toEqual([]);
    expect(story.alerting.active()).toMatchObject([{ name: 'CrowdSurge', state: 'firing' }]);
  });

  test('jumping back and forth all the time changes nothing', async () => {
    const story = new AlertTimeline(SURGE);
    story.set(HARBOUR, 4);
    await story.pass('15s');
    for (let minute = 0; minute < 30; minute += 1) {
      story.jump(minute % 2 === 0 ? '1h' : '-1h');
      await story.pass('45s');
    }
    expect(story.story()).toEqual(['15s pending CrowdSurge@harbour', '1m15s firing CrowdSurge@harbour']);
  });

  test.each([0.02, -0.02])(
    'drifting by %d is followed, and times are counted on the other clock',
    async (drift) => {
      const story = new AlertTimeline(SURGE);
      story.clock.drift = drift;
      story.set(HARBOUR, 4);
      await story.pass('2m');
      expect(story.story()).toEqual(['15s pending CrowdSurge@harbour', '1m15s firing CrowdSurge@harbour']);
    },
  );
});
