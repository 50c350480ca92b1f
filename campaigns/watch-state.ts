/** What the watch remembers of a campaign between its steps and over restarts. */
import { z } from 'zod';
import type { Positions } from './increments.ts';
import type { PlacedByMinute } from './placed-per-minute.ts';
import { noTickets, type TicketCounts } from './ticket-counts.ts';
import { noUnits, type UnitCounts } from './unit-counts.ts';

/** Where states are kept, one a campaign. `load` gives back what `save` was given, or null. Both may fail and are tried again. */
export interface CampaignStateStore {
  load(campaignId: string): Promise<unknown>;
  save(campaignId: string, state: CampaignState): Promise<void>;
}

/** Serialisable as JSON. Can be thrown away: everything but `emitted` is counted again from the stored samples. */
export interface CampaignState {
  readonly version: 1;
  /** Sales after this instant count. */
  readonly fromMs: number;
  /** Samples up to here were asked for. */
  untilMs: number;
  /** The newest sample of any sales counter; null: no sale was ever reported. */
  lastSampleMs: number | null;
  readonly positions: Positions;
  readonly units: UnitCounts;
  readonly tickets: TicketCounts;
  readonly placed: PlacedByMinute;
  /** Derived counters as last sent, by metric and offer: they never go down, whatever a manifest's edit says. */
  readonly emitted: Record<string, number>;
}

export function newCampaignState(fromMs: number): CampaignState {
  return {
    version: 1,
    fromMs,
    untilMs: fromMs,
    lastSampleMs: null,
    positions: {},
    units: noUnits(),
    tickets: noTickets(),
    placed: {},
    emitted: {},
  };
}

const tally = z.record(z.string(), z.number());

const campaignState = z.object({
  version: z.literal(1),
  fromMs: z.number(),
  untilMs: z.number(),
  lastSampleMs: z.number().nullable(),
  positions: z.record(z.string(), z.tuple([z.number(), z.number()])),
  units: z.object({
    byPrice: z.record(z.string(), tally),
    byDay: z.record(z.string(), tally),
    hidden: z.record(
      z.string(),
      z.array(z.object({ floor: z.number(), above: z.number(), under: z.number(), unknown: z.number() })),
    ),
    lowest: tally,
  }),
  tickets: z.object({
    sold: z.record(z.string(), z.record(z.string(), tally)),
    voided: z.record(z.string(), tally),
  }),
  placed: tally,
  emitted: tally,
});

/** A stored state, or null for one of another version or shape: it is then counted anew. */
export function parseCampaignState(stored: unknown): CampaignState | null {
  const parsed = campaignState.safeParse(stored);
  return parsed.success ? parsed.data : null;
}
