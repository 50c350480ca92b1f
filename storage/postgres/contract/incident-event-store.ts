import { expect, test } from 'vitest';
import type { IncidentEvent, IncidentSummary } from '../../../model/api/incident.ts';
import type { IncidentEventStore } from '../stores.ts';

const AT_MS = 1_790_000_000_000;

function opened(incidentId: string, atMs = AT_MS): IncidentEvent {
  return {
    incidentId,
    sequence: 1,
    atMs,
    actor: { kind: 'system', name: 'tidewarden' },
    body: {
      type: 'opened',
      title: 'Surge at harbour-park',
      severity: 'SEV1',
      safety: true,
      campaignId: 'one-cent-tickets',
      reason: 'forecast 4.4 persons/m2',
    },
  };
}

const comment = (incidentId: string, sequence: number, text: string): IncidentEvent => ({
  incidentId,
  sequence,
  atMs: AT_MS + sequence,
  actor: { kind: 'person', name: '李雷' },
  body: { type: 'commented', text },
});

function summary(id: string, change: Partial<IncidentSummary> = {}): IncidentSummary {
  return {
    id,
    title: 'Surge at harbour-park',
    state: 'open',
    severity: 'SEV1',
    safety: true,
    campaignId: 'one-cent-tickets',
    openedAtMs: AT_MS,
    acknowledgedAtMs: null,
    resolvedAtMs: null,
    commander: null,
    nextUpdateDueMs: AT_MS + 300_000,
    alertsFiring: 1,
    lastEventMs: AT_MS,
    ...change,
  };
}

/** What every `IncidentEventStore` does. `open` gives an empty one. */
export function incidentEventStoreContract(open: () => Promise<IncidentEventStore>): void {
  test('keeps events in sequence and the newest summary', async () => {
    const store = await open();
    expect(await store.events('i1')).toEqual([]);
    expect(await store.append([opened('i1')], summary('i1'))).toEqual({ kind: 'appended' });
    const later = [comment('i1', 2, 'on my way'), comment('i1', 3, '到了')];
    expect(await store.append(later, summary('i1', { lastEventMs: AT_MS + 3 }))).toEqual({
      kind: 'appended',
    });
    expect(await store.events('i1')).toEqual([opened('i1'), ...later]);
    expect(await store.summaries(10)).toEqual([summary('i1', { lastEventMs: AT_MS + 3 })]);
  });

  test('a sequence that is taken is a conflict and nothing of the batch is written', async () => {
    const store = await open();
    await store.append([opened('i1')], summary('i1'));
    await store.append([comment('i1', 2, 'first')], summary('i1', { title: 'first' }));
    const outcome = await store.append(
      [comment('i1', 2, 'second'), comment('i1', 3, 'third')],
      summary('i1', { title: 'second' }),
    );
    expect(outcome).toEqual({ kind: 'conflict' });
    expect(await store.events('i1')).toEqual([opened('i1'), comment('i1', 2, 'first')]);
    expect((await store.summaries(10))[0]?.title).toBe('first');
  });

  test('of writers at the same time exactly one wins each sequence', async () => {
    const store = await open();
    await store.append([opened('i1')], summary('i1'));
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, writer) =>
        store.append([comment('i1', 2, `writer ${writer}`)], summary('i1')),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.kind === 'appended')).toHaveLength(1);
    expect(await store.events('i1')).toHaveLength(2);
  });

  test('lists the newest, and the unresolved however old', async () => {
    const store = await open();
    for (let index = 0; index < 5; index += 1) {
      const openedAtMs = AT_MS + index;
      const state = index === 0 ? 'open' : 'resolved';
      await store.append([opened(`i${index}`, openedAtMs)], summary(`i${index}`, { openedAtMs, state }));
    }
    expect((await store.summaries(2)).map(({ id }) => id)).toEqual(['i4', 'i3', 'i0']);
  });

  test('evidence of any shape comes back as it was', async () => {
    const store = await open();
    const step: IncidentEvent = {
      ...comment('i1', 2, ''),
      body: {
        type: 'step_done',
        runbookId: 'crowd-surge',
        stepId: 'stop-the-sale',
        note: `'; DELETE FROM incidents; --`,
        evidence: [
          { query: 'up == 0', atMs: AT_MS, result: { vector: [[1, '0.5'], null, true], ['__proto__']: 1 } },
        ],
      },
    };
    await store.append([opened('i1'), step], summary('i1'));
    expect((await store.events('i1'))[1]).toEqual(step);
  });
}
