/** How many people want to buy at a price. Pure. */

/** Orders a second on an ordinary evening at the list price. */
export const NORMAL_ORDERS_PER_SECOND = 0.5;
/** Orders a second when a near-free ticket has made the rounds: about 40 units a second at 2 units an order. */
const RUSH_ORDERS_PER_SECOND = 20;
/** People who hunt for near-free tickets; when they have bought, the rush is over. */
export const HUNTERS = 30_000;
const RUSH_DOUBLES_SECONDS = 3;
const RUSH_STARTS_ORDERS_PER_SECOND = 4;
const BARGAIN_RATIO = 0.05;

export interface DemandState {
  readonly priceCny: number;
  readonly listPriceCny: number;
  readonly soldOut: boolean;
  /** Seconds since the price fell below a twentieth of the list price; 0 while it is above. */
  readonly bargainSeconds: number;
  readonly huntersLeft: number;
}

/** Whether this price draws bargain hunters. */
export const isBargain = (priceCny: number, listPriceCny: number): boolean =>
  priceCny <= listPriceCny * BARGAIN_RATIO;

/**
 * Orders a second. At the list price the normal rate; cheaper draws more with an elasticity of 1.2; a bargain spreads by
 * word of mouth, doubling every 3 s up to the rush, and dies down as its hunters have bought. Nine of ten who see
 * "sold out" leave without trying.
 */
export function ordersPerSecond(state: DemandState): number {
  const { priceCny, listPriceCny } = state;
  const willing = state.soldOut ? 0.1 : 1;
  if (!isBargain(priceCny, listPriceCny)) {
    const cheaper = Math.max(0.2, priceCny / listPriceCny);
    return NORMAL_ORDERS_PER_SECOND * cheaper ** -1.2 * willing;
  }
  const spread = RUSH_STARTS_ORDERS_PER_SECOND * 2 ** (state.bargainSeconds / RUSH_DOUBLES_SECONDS);
  const left = state.huntersLeft / HUNTERS;
  return (NORMAL_ORDERS_PER_SECOND + Math.min(RUSH_ORDERS_PER_SECOND, spread) * left) * willing;
}
