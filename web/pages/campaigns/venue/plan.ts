import type { VenueForecast } from '../../../../model/api/campaign.ts';
import type { Plan } from '../../../api/what-if.ts';

export type Lanes = Readonly<Record<string, number>>;

export const LANES_MOST = 99;

/** The lanes at each gate under a plan: as the URL says, else as the venue plans them. */
export function lanesOf(plan: Plan, gates: VenueForecast['gates']): Lanes {
  const given = new Map(
    (plan.lanes ?? '').split(',').map((pair): [string, number] => {
      const [gate = '', count] = pair.split(':');
      return [gate, Number(count)];
    }),
  );
  return Object.fromEntries(gates.map(({ id, lanes }) => [id, given.get(id) ?? lanes]));
}

/** `north:3,south:2`, every gate named: one that is left out would count with its planned lanes, not its open ones. */
export const lanesText = (lanes: Lanes): string =>
  Object.entries(lanes)
    .map(([gate, count]) => `${gate}:${count}`)
    .join(',');

/** Whether a plan says anything at all. */
export const isPlan = ({ lanes, told }: Plan): boolean => lanes !== undefined || told > 0;
