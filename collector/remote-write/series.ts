import { MalformedError, type ProtoField, readFields, varintsOf } from './fields.ts';

/** Fields of io.prometheus.write.v2.TimeSeries; the last one is of versions before 2.0-rc.4. */
const FIELD = {
  labelsRefs: 1,
  samples: 2,
  histograms: 3,
  exemplars: 4,
  metadata: 5,
  createdTimestamp: 6,
} as const;

/** One series of a 2.0 request: its references, and where the rest of it stands. */
export interface Series {
  readonly labelsRefs: readonly number[];
  readonly samples: readonly ProtoField[];
  readonly histograms: readonly ProtoField[];
  readonly exemplars: readonly ProtoField[];
  readonly metadata: ProtoField | null;
  /** When the series began, in milliseconds since the epoch; 0 where that is not said here. */
  readonly createdMs: number;
}

/** Reads the series that is `[start, end)` of the body. @throws MalformedError */
export function readSeries(body: Uint8Array, start: number, end: number): Series {
  const labelsRefs: number[] = [];
  const samples: ProtoField[] = [];
  const histograms: ProtoField[] = [];
  const exemplars: ProtoField[] = [];
  let metadata: ProtoField | null = null;
  let createdMs = 0;
  for (const field of readFields(body, start, end)) {
    const { number, wire } = field;
    if (number === FIELD.labelsRefs) {
      for (const reference of varintsOf(body, field)) labelsRefs.push(reference);
    } else if (number === FIELD.createdTimestamp) createdMs = varintsOf(body, field)[0] ?? 0;
    else if (number <= FIELD.metadata) {
      if (wire !== 2) throw new MalformedError('a message inside timeseries has the wrong wire type');
      if (number === FIELD.samples) samples.push(field);
      else if (number === FIELD.histograms) histograms.push(field);
      else if (number === FIELD.exemplars) exemplars.push(field);
      else metadata = field;
    }
  }
  return { labelsRefs, samples, histograms, exemplars, metadata, createdMs };
}
