/** What a forecast was computed from and what it does not know, in words for the person who must act on it. */
import { frontDensityPerM2 } from './fluid-queue.ts';
import type { ForecastInput, GateDay } from './gate-day.ts';
import type { Venue } from './manifest.ts';
import { fullestMoment } from './occupancy.ts';

/** The same sentence in both languages of the product. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** Above this many persons/m2 people no longer fit: standing crowds turn critical near 7.1 (Fruin; Still). */
const PACKED_PER_M2 = 7;

export interface BasisInput extends ForecastInput {
  readonly gateDays: readonly GateDay[];
  readonly ticketsHeld: number;
  readonly ticketsVoided: number;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** Sentences, the most important first. */
export function forecastBasis(venue: Venue, input: BasisInput): Words[] {
  const { low, middle, high, source } = venue.showUp;
  const { clean, degraded } = venue.laneRatePerHour;
  const held = input.ticketsHeld;
  const voided = Math.round(input.ticketsVoided);
  const voidedShare = percent(venue.voidedShowUpFactor);
  const bands = `${percent(low)} / ${percent(middle)} / ${percent(high)}`;
  return [
    ...(input.missing ?? []),
    {
      en: `${held} tickets sold, of them ${voided} voided or refunded; a voided ticket still brings ${voidedShare} of the people of a valid one, until its holder was told in person.`,
      zh: `共售出 ${held} 张票，其中 ${voided} 张已作废或退款；在持票人被当面告知之前，作废的票仍按有效票到场人数的 ${voidedShare} 计算。`,
    },
    {
      en: `Share who show up: ${bands} (low / middle / high). ${source.en}`,
      zh: `到场比例：${bands}（下限 / 中值 / 上限）。依据：${source.zh}`,
    },
    {
      en: `A lane admits ${clean} an hour when all goes well and ${degraded} with friction; the high band plans on the second.`,
      zh: `每条通道顺利时每小时通过 ${clean} 人，不顺时 ${degraded} 人；上限按后者计算。`,
    },
    {
      en: `The front of a queue is taken at ${venue.frontFactor} times its mean density.`,
      zh: `队伍前端的密度按平均密度的 ${venue.frontFactor} 倍计算。`,
    },
    ...planWords(input),
    ...measuredWords(input),
    ...peakWords(venue, input.gateDays),
    ...occupancyWords(venue, input.gateDays),
  ];
}

function planWords({ plan }: BasisInput): Words[] {
  const words: Words[] = [];
  if (plan?.told) {
    words.push({
      en: `Assumes that ${percent(plan.told)} of all holders were told and stay away.`,
      zh: `假设 ${percent(plan.told)} 的持票人已被告知并不再前来。`,
    });
  }
  if (plan?.lanes) {
    const lanes = Object.entries(plan.lanes).map(([gate, count]) => `${gate} ${count}`);
    words.push({
      en: `Assumes these lanes instead of the plan: ${lanes.join(', ')}.`,
      zh: `假设的通道数（代替计划）：${lanes.join('，')}。`,
    });
  }
  return words;
}

function measuredWords({ measured }: BasisInput): Words[] {
  if ([...(measured?.values() ?? [])].some((gate) => gate.arrivalsPerHour !== null)) return [];
  return [
    {
      en: 'No arrivals are counted at the venue, so the show-up share is a prior. Have staff count who joins the queue.',
      zh: '现场没有到达人数的统计，到场比例只是先验值。请安排人员统计加入队伍的人数。',
    },
  ];
}

function peakWords(venue: Venue, gateDays: readonly GateDay[]): Words[] {
  const words: Words[] = [];
  const densest = Math.max(
    0,
    ...gateDays.flatMap(({ gate, courses }) =>
      courses.high.map((corner) => frontDensityPerM2(corner.people, gate.queueAreaM2, venue.frontFactor)),
    ),
  );
  if (densest > PACKED_PER_M2) {
    words.push({
      en: `Above ${PACKED_PER_M2} persons/m2 a figure means that people do not fit into the queue's area and press into the streets around it.`,
      zh: `数值超过 ${PACKED_PER_M2} 人/平方米，表示排队区已容纳不下，人群会挤到周边道路。`,
    });
  }
  const left = Math.round(Math.max(0, ...gateDays.map(({ courses }) => courses.high.at(-1)!.people)));
  if (left >= 1) {
    words.push({
      en: `On the high band up to ${left} people still stand at one gate when it closes; the forecast does not carry them to the next day.`,
      zh: `按上限，单个闸口关闭时最多仍有 ${left} 人在排队；预测没有把他们计入次日。`,
    });
  }
  return words;
}

/** Share of the instantaneous maximum from which traffic and entry are to be controlled (LB/T 034-2014). */
const CONTROL_SHARE = 0.8;

function occupancyWords(venue: Venue, gateDays: readonly GateDay[]): Words[] {
  const fullest = fullestMoment(gateDays, venue.stayHours);
  if (venue.capacityPeople === undefined || fullest === null) return [];
  const share = fullest.people / venue.capacityPeople;
  if (share < CONTROL_SHARE) return [];
  const people = Math.round(fullest.people);
  const full = share >= 1;
  return [
    {
      en: `On the high band up to ${people} people may be inside at once, ${percent(share)} of the venue's capacity: ${full ? 'stop selling and stop admission before that' : 'control traffic and entry'} (LB/T 034-2014).`,
      zh: `按上限，园内同时最多可能有 ${people} 人，为最大承载量的 ${percent(share)}：${full ? '须在此之前停止售票并停止入园' : '须启动交通疏导和入园控制'}（LB/T 034-2014）。`,
    },
  ];
}
