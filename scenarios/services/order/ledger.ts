/**
 * What the shop has sold, kept over restarts: a shop that forgets would sell its quota twice. One JSON line an order
 * or a change of it, appended synchronously, so that a killed process has lost nothing it has answered for.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const soldOrder = z.object({
  kind: z.literal('sold'),
  orderId: z.string(),
  units: z.number().int(),
  priceCny: z.number(),
  validityDay: z.string(),
  venueId: z.string(),
  tier: z.string(),
  ticketIds: z.array(z.string()),
});
export type SoldOrder = Omit<z.infer<typeof soldOrder>, 'kind'>;
const ledgerLine = z.discriminatedUnion('kind', [
  soldOrder,
  z.object({ kind: z.literal('cancelled'), orderId: z.string() }),
  z.object({ kind: z.literal('redeemed'), ticketId: z.string() }),
]);
type LedgerLine = z.infer<typeof ledgerLine>;

export type CancelResult =
  | { readonly outcome: 'done'; readonly order: SoldOrder }
  | {
      readonly outcome: 'refused';
      readonly reason: 'unknown_order' | 'already_cancelled' | 'already_redeemed';
    };

export type RedeemResult =
  | { readonly outcome: 'accepted'; readonly order: SoldOrder }
  | { readonly outcome: 'rejected'; readonly reason: 'unknown_ticket' | 'cancelled' | 'already_redeemed' };

export interface Tally {
  readonly unitsSold: number;
  readonly unitsUnderFloor: number;
  readonly unitsBeyondQuota: number;
  readonly lowestPriceCny: number | null;
}

export class Ledger {
  readonly #file: string | null;
  readonly #floorCny: number;
  readonly #quotaUnits: number;
  readonly #today: string;
  readonly #orders = new Map<string, SoldOrder>();
  readonly #orderOfTicket = new Map<string, string>();
  readonly #cancelled = new Set<string>();
  readonly #redeemed = new Set<string>();
  #unitsSold = 0;
  #unitsUnderFloor = 0;
  #lowestPriceCny: number | null = null;

  /**
   * Reads what `directory` holds already; null keeps nothing. A torn last line is left out. Orders whose day is before
   * `today` (YYYY-MM-DD) still count, but nobody can cancel or use them any more, so that they need no memory.
   */
  constructor(
    directory: string | null,
    limits: { floorPriceCny: number; quotaUnits: number },
    today: string,
  ) {
    this.#file = directory === null ? null : join(directory, 'order-ledger.jsonl');
    this.#today = today;
    this.#floorCny = limits.floorPriceCny;
    this.#quotaUnits = limits.quotaUnits;
    if (this.#file === null) return;
    mkdirSync(directory!, { recursive: true });
    if (!existsSync(this.#file)) return;
    for (const line of readFileSync(this.#file, 'utf8').split('\n')) {
      const parsed = parseLine(line);
      if (parsed !== null) this.#apply(parsed);
    }
    // A torn line must not swallow the next one.
    appendFileSync(this.#file, '\n');
  }

  /** Units that count against the quota. A cancelled unit stays counted: returns do not go back on sale. */
  get unitsSold(): number {
    return this.#unitsSold;
  }

  tally(): Tally {
    return {
      unitsSold: this.#unitsSold,
      unitsUnderFloor: this.#unitsUnderFloor,
      unitsBeyondQuota: Math.max(0, this.#unitsSold - this.#quotaUnits),
      lowestPriceCny: this.#lowestPriceCny,
    };
  }

  sell(order: SoldOrder): void {
    this.#write({ kind: 'sold', ...order });
  }

  cancel(orderId: string): CancelResult {
    const order = this.#orders.get(orderId);
    if (order === undefined) return { outcome: 'refused', reason: 'unknown_order' };
    if (this.#cancelled.has(orderId)) return { outcome: 'refused', reason: 'already_cancelled' };
    if (order.ticketIds.some((ticketId) => this.#redeemed.has(ticketId)))
      return { outcome: 'refused', reason: 'already_redeemed' };
    this.#write({ kind: 'cancelled', orderId });
    return { outcome: 'done', order };
  }

  redeem(ticketId: string): RedeemResult {
    const order = this.#orders.get(this.#orderOfTicket.get(ticketId) ?? '');
    if (order === undefined) return { outcome: 'rejected', reason: 'unknown_ticket' };
    if (this.#cancelled.has(order.orderId)) return { outcome: 'rejected', reason: 'cancelled' };
    if (this.#redeemed.has(ticketId)) return { outcome: 'rejected', reason: 'already_redeemed' };
    this.#write({ kind: 'redeemed', ticketId });
    return { outcome: 'accepted', order };
  }

  /** Ids of tickets for that day that nobody has used or returned, oldest first, and how many were sold for it. */
  ticketsFor(validityDay: string, limit: number): { sold: number; held: string[] } {
    const held: string[] = [];
    let sold = 0;
    for (const order of this.#orders.values()) {
      if (order.validityDay !== validityDay) continue;
      sold += order.units;
      if (held.length >= limit || this.#cancelled.has(order.orderId)) continue;
      held.push(...order.ticketIds.filter((ticketId) => !this.#redeemed.has(ticketId)));
    }
    return { sold, held: held.slice(0, limit) };
  }

  #write(line: LedgerLine): void {
    if (this.#file !== null) appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
    this.#apply(line);
  }

  #keep(order: SoldOrder): void {
    this.#orders.set(order.orderId, order);
    for (const ticketId of order.ticketIds) this.#orderOfTicket.set(ticketId, order.orderId);
  }

  #apply(line: LedgerLine): void {
    if (line.kind === 'cancelled') this.#cancelled.add(line.orderId);
    else if (line.kind === 'redeemed') this.#redeemed.add(line.ticketId);
    else {
      if (line.validityDay >= this.#today) this.#keep(line);
      this.#unitsSold += line.units;
      if (line.priceCny < this.#floorCny) this.#unitsUnderFloor += line.units;
      this.#lowestPriceCny = Math.min(this.#lowestPriceCny ?? line.priceCny, line.priceCny);
    }
  }
}

function parseLine(text: string): LedgerLine | null {
  if (text === '') return null;
  try {
    return ledgerLine.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
