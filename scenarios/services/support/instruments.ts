/** The support service's metrics, named as the telemetry contract names them. */
import type { DemoCampaign } from '../../demo/campaign.ts';
import { countsInBusiness, meter } from '../telemetry.ts';
import { type Desk, OUTCOMES, type SessionOutcome, TIERS, type Tier } from './desk.ts';

const WAIT_BOUNDARIES = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600];

export function supportInstruments(campaign: DemoCampaign, desk: Desk<unknown>) {
  const base = { 'campaign.id': campaign.id };
  const counter = (name: string, unit: string, description: string) => {
    const instrument = meter().createCounter(name, { unit, description });
    return (attributes: Record<string, string>, amount = 1) => {
      if (countsInBusiness()) instrument.add(amount, { ...base, ...attributes });
    };
  };
  const histogram = (name: string, description: string) => {
    const instrument = meter().createHistogram(name, {
      unit: 's',
      description,
      advice: { explicitBucketBoundaries: WAIT_BOUNDARIES },
    });
    return (seconds: number, attributes: Record<string, string>) => {
      if (countsInBusiness()) instrument.record(seconds, { ...base, ...attributes });
    };
  };
  const sessions = counter('support.sessions', '{session}', 'Sessions that ended, by how.');
  const dropped = counter('support.sessions.dropped', '{session}', 'Sessions that the desk let go.');
  const loops = counter('support.bot.loops', '{event}', 'The bot heard the same intent three times.');
  const humanRequests = counter('support.human.requests', '{event}', 'Asked for a person.');
  const wait = histogram('support.wait', 'From asking for a person to getting one.');
  const handle = histogram('support.handle', 'How long a talk took.');
  const timeToHuman = histogram('support.time_to_human', 'From first contact to a person.');

  meter()
    .createObservableGauge('support.queue.length', { unit: '{session}', description: 'Sessions at a desk.' })
    .addCallback((result) => {
      for (const tier of TIERS) {
        result.observe(desk.count('waiting', tier), { ...base, 'customer.tier': tier, desk: 'human' });
        result.observe(desk.count('bot', tier), { ...base, 'customer.tier': tier, desk: 'bot' });
      }
    });
  meter()
    .createObservableGauge('support.seats.active', {
      unit: '{seat}',
      description: 'Seats that talk to somebody.',
    })
    .addCallback((result) => {
      for (const tier of TIERS)
        result.observe(desk.count('human', tier), { ...base, 'customer.tier': tier, desk: 'human' });
    });

  // Counters begin at zero: a quiet desk and one that does not report must not look the same.
  for (const cause of ['idle', 'error']) dropped({ cause }, 0);
  for (const tier of TIERS) {
    loops({ 'customer.tier': tier }, 0);
    humanRequests({ 'customer.tier': tier }, 0);
    for (const outcome of OUTCOMES) sessions({ outcome, 'customer.tier': tier }, 0);
  }

  return {
    ended: (outcome: SessionOutcome, tier: Tier) => sessions({ outcome, 'customer.tier': tier }),
    dropped: (cause: 'idle' | 'error') => dropped({ cause }),
    loop: (tier: Tier) => loops({ 'customer.tier': tier }),
    humanRequest: (tier: Tier) => humanRequests({ 'customer.tier': tier }),
    seated: (tier: Tier, waitSeconds: number, sinceContactSeconds: number) => {
      wait(waitSeconds, { 'customer.tier': tier, desk: 'human' });
      timeToHuman(sinceContactSeconds, { 'customer.tier': tier });
    },
    handled: (tier: Tier, desk: 'bot' | 'human', seconds: number) =>
      handle(seconds, { 'customer.tier': tier, desk }),
  };
}
