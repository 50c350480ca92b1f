import type { Labels } from './labels.ts';

/** One float series: `timestampsMs` rises strictly; both arrays have the same length. */
export interface FloatSeries {
  readonly labels: Labels;
  /** Epoch milliseconds. */
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
}

/** A figure that the product computes itself and feeds back through its own collector, named as OTLP names things. */
export interface DerivedMetric {
  /** Dotted OTLP name, e.g. `campaign.units.under_floor`. */
  readonly name: string;
  /** `counter`: cumulative and monotonic; `gauge`: a state, sent without a unit unless `unit` says so. */
  readonly kind: 'counter' | 'gauge';
  readonly unit: string;
  readonly description: string;
  readonly points: readonly {
    readonly attributes: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}
