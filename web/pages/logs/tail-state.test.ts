import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../../model/api/log.ts';
import { EMPTY_TAIL, received, released } from './tail-state.ts';

const record = (body: string): LogRecord => ({
  ...{ atUnixNano: '0', service: 'order', severity: 9, severityText: '', eventName: '', body },
  ...{ traceId: null, spanId: null, campaignId: null, attributes: {}, resource: {} },
});
const batch = (bodies: readonly string[], dropped = 0) =>
  ({ kind: 'records', records: bodies.map(record), dropped }) as const;
const bodies = (tailed: readonly { record: LogRecord }[]) => tailed.map((one) => one.record.body);

describe('a live tail', () => {
  it('shows the newest first', () => {
    const state = received(received(EMPTY_TAIL, batch(['a', 'b']), false), batch(['c']), false);
    expect(bodies(state.shown)).toEqual(['c', 'b', 'a']);
    expect(new Set(state.shown.map(({ key }) => key)).size).toBe(3);
  });

  it('holds back while the reader is elsewhere, and shows it afterwards', () => {
    const before = received(EMPTY_TAIL, batch(['a']), false);
    const held = received(before, batch(['b', 'c']), true);
    expect(held.shown).toBe(before.shown);
    expect(held.waiting).toHaveLength(2);
    expect(bodies(released(held).shown)).toEqual(['c', 'b', 'a']);
    expect(bodies(received(held, batch(['d']), false).shown)).toEqual(['d', 'c', 'b', 'a']);
  });

  it('counts what the product dropped and what was held back too long, and keeps a bounded list', () => {
    const many = Array.from({ length: 700 }, (_, index) => String(index));
    const held = received(EMPTY_TAIL, batch(many, 40), true);
    expect(held.dropped).toBe(240);
    expect(bodies(held.waiting)[0]).toBe('699');
    expect(received(released(held), batch(['new']), false).shown).toHaveLength(500);
  });

  it('says why nothing comes until something does', () => {
    const delayed = received(EMPTY_TAIL, { kind: 'delayed', reason: 'the store is behind' }, false);
    expect(delayed.delayed).toBe('the store is behind');
    expect(received(delayed, batch(['a']), false).delayed).toBeNull();
  });
});
