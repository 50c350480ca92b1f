import type { CampaignDetail, CampaignSummary } from '../../model/api/campaign.ts';
import { alertInstances } from './fixture-alerts.ts';
import { forecastVenue } from './fixture-forecast.ts';
import { CAMPAIGN, HOUR, MINUTE } from './fixture-story.ts';

function summary(
  nowMs: number,
  part: Partial<CampaignSummary> & Pick<CampaignSummary, 'id' | 'title' | 'phase'>,
): CampaignSummary {
  const faultAt = nowMs - 23 * MINUTE;
  return {
    startsAtMs: nowMs - 92 * MINUTE,
    endsAtMs: nowMs + 26 * HOUR,
    firingAlerts: 0,
    openIncidents: 0,
    surge: null,
    placedPerMinute: Array.from({ length: 30 }, (_, index) => {
      const atMs = nowMs - (30 - index) * MINUTE;
      return [atMs, index === 11 ? null : atMs < faultAt ? 28 + (index % 5) : 2_280 + 90 * Math.sin(index)];
    }),
    ...part,
  };
}

export function campaignDetails(nowMs: number): readonly CampaignDetail[] {
  const venue = forecastVenue(nowMs);
  const common = {
    timezone: 'Asia/Shanghai',
    owner: 'ticketing',
    cities: ['440100', '440300', '310000'],
    alerts: [],
    incidents: [],
  };
  return [
    {
      ...summary(nowMs, {
        id: CAMPAIGN,
        title: { en: 'One-cent tickets', zh: '一分钱门票' },
        phase: 'live',
        firingAlerts: 3,
        openIncidents: 1,
        surge: {
          venueId: venue.venueId,
          densityMax: venue.peak?.densityFront ?? 0,
          peakAtMs: venue.peak?.atMs ?? nowMs,
          level: 'safety',
        },
      }),
      ...common,
      description: {
        en: 'Two-park tickets for a theme park, on sale for one evening.',
        zh: '主题乐园双园门票，晚间限时抢购。',
      },
      dashboardUid: CAMPAIGN,
      offers: [
        {
          offerId: 'two-park-ticket',
          floorCny: 199,
          quotaUnits: 600,
          unitsSold: 53_561,
          unitsUnderFloor: 53_139,
          unitsBeyondQuota: 52_961,
          unitsPriceUnknown: 0,
          lowestPriceCny: 0.01,
          asOfMs: nowMs - 2_000,
        },
      ],
      venues: [venue],
      alerts: alertInstances(nowMs).map(({ fingerprint }) => fingerprint),
      incidents: ['inc-1042'],
    },
    {
      ...summary(nowMs, {
        id: 'midsummer-noodles',
        title: { en: 'Midsummer noodles', zh: '仲夏面馆节' },
        phase: 'planned',
        startsAtMs: nowMs + 29 * HOUR,
        endsAtMs: nowMs + 53 * HOUR,
        placedPerMinute: [],
      }),
      ...common,
      description: { en: 'Free delivery for noodle shops in three cities.', zh: '三城面馆免配送费。' },
      dashboardUid: 'midsummer-noodles',
      offers: [
        {
          offerId: 'free-delivery',
          floorCny: 0,
          quotaUnits: 200_000,
          unitsSold: null,
          unitsUnderFloor: null,
          unitsBeyondQuota: null,
          unitsPriceUnknown: null,
          lowestPriceCny: null,
          asOfMs: nowMs - 2_000,
        },
      ],
      venues: [],
    },
    {
      ...summary(nowMs, {
        id: 'spring-lanterns',
        title: { en: 'Spring lanterns', zh: '春日灯会' },
        phase: 'ended',
        startsAtMs: nowMs - 240 * HOUR,
        endsAtMs: nowMs - 190 * HOUR,
        placedPerMinute: [],
      }),
      ...common,
      description: { en: 'A lantern festival with timed entry.', zh: '分时入场的灯会。' },
      dashboardUid: 'spring-lanterns',
      offers: [],
      venues: [],
    },
  ];
}
