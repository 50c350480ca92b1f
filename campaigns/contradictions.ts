/** What a manifest's schema cannot see: parts that are each well formed but do not hold together. */
import type { Campaign, Venue } from './manifest.ts';
import { parseLocalTime } from './zone-time.ts';

export interface Contradiction {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Every contradiction in a campaign; empty when it holds together. */
export function manifestContradictions(campaign: Campaign, file: string): Contradiction[] {
  const found: Contradiction[] = [];
  const stem = file.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
  if (stem !== campaign.id) {
    found.push({
      path: ['id'],
      message: `is "${campaign.id}" but the file is named "${stem}"; name both the same`,
    });
  }
  const { window } = campaign;
  if (!('rolling' in window) && Date.parse(window.end) <= Date.parse(window.start)) {
    found.push({ path: ['window', 'end'], message: 'is not after the start' });
  }
  campaign.offers.forEach((offer, index) => {
    if (offer.floorCny > offer.listPriceCny) {
      found.push({ path: ['offers', index, 'floorCny'], message: 'is above the list price' });
    }
  });
  found.push(
    ...repeated(campaign.offers, ['offers']),
    ...repeated(campaign.venues, ['venues']),
    ...repeated(campaign.phases, ['phases']),
    ...repeated(campaign.slos, ['slos']),
  );
  const offers = new Set(campaign.offers.map((offer) => offer.id));
  campaign.venues.forEach((venue, index) => {
    found.push(...venueContradictions(venue, ['venues', index], offers, 'rolling' in window));
  });
  return found;
}

function venueContradictions(
  venue: Venue,
  path: PropertyKey[],
  offers: Set<string>,
  rolling: boolean,
): Contradiction[] {
  const found: Contradiction[] = repeated(venue.gates, [...path, 'gates']);
  const minutes = (text: string) => parseLocalTime(text) ?? 0;
  if (minutes(venue.openingHours.close) <= minutes(venue.openingHours.open)) {
    found.push({ path: [...path, 'openingHours', 'close'], message: 'is not after the opening' });
  }
  venue.offers.forEach((offer, index) => {
    if (!offers.has(offer))
      found.push({ path: [...path, 'offers', index], message: `names no offer of this campaign` });
  });
  venue.arrivals.forEach((span, index) => {
    const at = [...path, 'arrivals', index];
    if (minutes(span.to) <= minutes(span.from)) found.push({ path: at, message: 'ends before it begins' });
    if (minutes(span.to) > minutes(venue.openingHours.close))
      found.push({ path: at, message: 'goes on after closing' });
    const before = venue.arrivals[index - 1];
    if (before !== undefined && minutes(span.from) < minutes(before.to)) {
      found.push({ path: at, message: 'overlaps the span before it; write spans in order' });
    }
  });
  venue.gates.forEach((gate, index) => {
    if (gate.lanesMax !== undefined && gate.lanesMax < gate.lanes) {
      found.push({ path: [...path, 'gates', index, 'lanesMax'], message: 'is below the planned lanes' });
    }
  });
  venue.validity.days.forEach((day, index) => {
    if ('dayOffset' in day !== rolling) {
      const wanted = rolling ? '`dayOffset`, since the window rolls' : '`date`, since the window is fixed';
      found.push({ path: [...path, 'validity', 'days', index], message: `must be written with ${wanted}` });
    }
  });
  found.push(...venueShares(venue, path));
  return found;
}

function venueShares(venue: Venue, path: PropertyKey[]): Contradiction[] {
  const found: Contradiction[] = [];
  const mustSumToOne = (shares: number[], at: PropertyKey[], what: string) => {
    const sum = shares.reduce((total, part) => total + part, 0);
    if (Math.abs(sum - 1) > 1e-6)
      found.push({ path: at, message: `${what} add up to ${Number(sum.toFixed(6))}, not to 1` });
  };
  mustSumToOne(
    venue.gates.map((gate) => gate.crowdShare),
    [...path, 'gates'],
    "the gates' crowd shares",
  );
  mustSumToOne(
    venue.arrivals.map((span) => span.share),
    [...path, 'arrivals'],
    'the arrival shares',
  );
  const { days } = venue.validity;
  mustSumToOne(
    days.map((day) => day.share),
    [...path, 'validity', 'days'],
    "the days' shares",
  );
  const frontLoaded = days.flatMap((day) => day.frontLoadedShare ?? []);
  if (frontLoaded.length > 0) {
    mustSumToOne(frontLoaded, [...path, 'validity', 'days'], 'the front-loaded shares');
  }
  const { low, middle, high } = venue.showUp;
  if (low > middle || middle > high)
    found.push({ path: [...path, 'showUp'], message: 'must rise from low to high' });
  if (venue.laneRatePerHour.degraded > venue.laneRatePerHour.clean) {
    found.push({ path: [...path, 'laneRatePerHour', 'degraded'], message: 'is above the clean rate' });
  }
  return found;
}

function repeated(items: readonly { id: string }[], path: PropertyKey[]): Contradiction[] {
  return items.flatMap((item, index) =>
    items.findIndex((other) => other.id === item.id) === index
      ? []
      : [{ path: [...path, index, 'id'], message: `repeats "${item.id}"` }],
  );
}
