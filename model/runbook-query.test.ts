import { describe, expect, it } from 'vitest';
import { fillQuery } from './runbook-query.ts';

describe('filling a runbook’s query', () => {
  it('puts campaign and venue in, and names what is missing', () => {
    const query = 'a{campaign_id="$campaign", venue_id="${venue}"}';
    expect(fillQuery(query, { campaign: 'x', venue: 'y' })).toEqual({
      query: 'a{campaign_id="x", venue_id="y"}',
      missing: [],
    });
    expect(fillQuery(query, { campaign: 'x' })).toEqual({
      query: 'a{campaign_id="x", venue_id="${venue}"}',
      missing: ['venue'],
    });
  });

  it('leaves longer names alone', () => {
    expect(fillQuery('$campaigns', { campaign: 'x' }).query).toBe('$campaigns');
  });

  it('cannot be broken out of', () => {
    expect(fillQuery('a{b="$campaign"}', { campaign: 'x"} or up{c="\\' }).query).toBe(
      'a{b="x\\"} or up{c=\\"\\\\"}',
    );
  });

  it('fills in once: a value that looks like a variable stays text', () => {
    expect(fillQuery('up{c="$campaign",v=~"$venue"}', { campaign: 'a"b\\', venue: '$campaign' }).query).toBe(
      'up{c="a\\"b\\\\",v=~"$campaign"}',
    );
  });
});
