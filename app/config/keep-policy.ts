import { z } from 'zod';
import { KeepFilterError, parseKeepFilter } from '../../storage/keeping/policy.ts';

const FILTERS_MAX = 20;
const yes = z.union([z.boolean(), z.stringbool()]);
const share = z.coerce.number().min(0).max(1);

const filter = z
  .string()
  .max(10_000)
  .superRefine((text, context) => {
    try {
      parseKeepFilter(text);
    } catch (error) {
      if (!(error instanceof KeepFilterError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  });

/** Each part of a policy of what traces are kept, without its default. See `KeepPolicy`. */
export const keepPolicyFields = {
  errors: yes,
  slow: {
    quantile: share,
    timesMedian: z.coerce.number().min(0).max(1e6),
    minTraces: z.coerce.number().int().min(1).max(1e9),
  },
  sampledShare: share,
  incidents: yes,
  incidentMarginMinutes: z.coerce.number().min(0).max(10_080),
  matching: z.array(filter).max(FILTERS_MAX),
};

const { slow, ...fields } = keepPolicyFields;

/** `retention.keep` of the configuration. */
export const keepPolicy = z
  .strictObject({
    errors: fields.errors.default(true),
    slow: z
      .strictObject({
        quantile: slow.quantile.default(0.99),
        timesMedian: slow.timesMedian.default(2),
        minTraces: slow.minTraces.default(100),
      })
      .prefault({}),
    sampledShare: fields.sampledShare.default(0.01),
    incidents: fields.incidents.default(true),
    incidentMarginMinutes: fields.incidentMarginMinutes.default(15),
    matching: fields.matching.default([]),
  })
  .prefault({});
