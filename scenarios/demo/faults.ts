/** The faults that the demo's services can be told to have, and the messages that carry them. */
import { z } from 'zod';

const faultSwitches = z.strictObject({
  /** Every unit is sold at this price instead of the list price; null: off. */
  priceOverrideCny: z.number().nonnegative().nullable(),
  /** The limiter still counts what is offered but lets everything pass. */
  limiterOff: z.boolean(),
  /** Stock is reserved without looking at the quota. */
  quotaCheckOff: z.boolean(),
});
export type FaultSwitches = z.infer<typeof faultSwitches>;

export const NO_FAULTS: FaultSwitches = {
  priceOverrideCny: null,
  limiterOff: false,
  quotaCheckOff: false,
};

/** Supervisor to child. The first one comes before the child serves anything, so that no request slips past a fault. */
export const messageToChild = z.strictObject({ type: z.literal('faults'), faults: faultSwitches });
export type MessageToChild = z.infer<typeof messageToChild>;

/** Child to supervisor. */
export const messageFromChild = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready'), port: z.number().int() }),
  z.strictObject({ type: z.literal('failed'), message: z.string() }),
]);
export type MessageFromChild = z.infer<typeof messageFromChild>;
