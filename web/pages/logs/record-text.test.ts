import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../../model/api/log.ts';
import { attributesText } from './record-text.ts';

const recordWith = (attributes: Record<string, unknown>): LogRecord => ({
  ...{ atUnixNano: '0', service: 'order', severity: 9, severityText: 'INFO', eventName: '' },
  ...{ body: 'order confirmed', traceId: null, spanId: null, campaignId: 'free-tea', resource: {} },
  attributes,
});

describe('the line of a log record', () => {
  it('tells like messages apart by their attributes, but not by the campaign of all of them', () => {
    expect(attributesText(recordWith({ 'order.id': 'o-1', units: 2, 'campaign.id': 'free-tea' }))).toBe(
      'order.id=o-1 units=2',
    );
    expect(attributesText(recordWith({ 'campaign.id': 'another' }))).toBe('campaign.id=another');
  });

  it('takes the first attributes and the beginnings of long ones', () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, 'x'.repeat(100)]));
    const words = attributesText(recordWith(many)).split(' ');
    expect(words).toHaveLength(8);
    expect(words[7]).toBe(`k7=${'x'.repeat(60)}`);
  });
});
