import { ProtoWriter } from '../json/proto-writer.ts';
import type { Rejections } from '../wire/check.ts';
import { type ProtoField, readFields, varintsOf } from './fields.ts';
import { familyOf } from './metric-family.ts';
import { readSeries, type Series } from './series.ts';

/** The request is larger than allowed once every label is written out. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/** Why a series or an exemplar is refused with all it brings. */
type Fault = 'symbolRef' | 'oddRefs' | 'mixed';

const FAULT_TEXT: Readonly<Record<Fault, string>> = {
  symbolRef: 'a reference leads behind the last symbol',
  oddRefs: 'labels_refs does not come in pairs of name and value',
  mixed: 'a series holds samples and histograms both',
};

class SeriesFault extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(FAULT_TEXT[fault]);
    this.fault = fault;
  }
}

/** Fields of what is read, in io.prometheus.write.v2. */
const METADATA = { type: 1, helpRef: 3, unitRef: 4 } as const;
const EXEMPLAR = { labelsRefs: 1, value: 2, timestamp: 3 } as const;
/** Fields of what is written, in prometheus. */
const WRITE = { timeseries: 1, metadata: 3 } as const;
const WRITE_SERIES = { labels: 1, samples: 2, exemplars: 3, histograms: 4 } as const;
const WRITE_METADATA = { type: 1, family: 2, help: 4, unit: 5 } as const;
/** The same in both. */
const SAMPLE_START = 3;
const HISTOGRAM_START = 17;

/** Writes series whose labels are references as series whose labels are text. */
export class SymbolResolver {
  readonly #body: Buffer;
  /** Each with its length in front, which is how it is written again. */
  readonly #symbols: readonly Buffer[];
  readonly #nameSymbol: number;
  readonly #maxBytes: number;
  readonly #writer: ProtoWriter;
  /** By family, as they are to be written. */
  readonly #metadata = new Map<string, Buffer>();
  /** References of series and metadata that were looked at. */
  readonly #noted = new Set<string>();
  readonly #rejected = new Map<Fault, { items: number; first: string }>();

  constructor(body: Buffer, symbols: readonly Buffer[], maxBytes: number) {
    this.#body = body;
    this.#symbols = symbols;
    this.#nameSymbol = symbols.findIndex((symbol) => symbol.toString('latin1', 1) === '__name__');
    this.#maxBytes = maxBytes;
    this.#writer = new ProtoWriter(body.length * 2);
  }

  /** Writes one series, or counts what it brings as rejected. @throws MalformedError, TooLargeError */
  add(index: number, { start, end }: ProtoField): void {
    const series = readSeries(this.#body, start, end);
    const items = series.samples.length + series.histograms.length + series.exemplars.length;
    this.#attempt(Math.max(1, items), `timeseries[${index}]`, () => {
      if (series.samples.length > 0 && series.histograms.length > 0) throw new SeriesFault('mixed');
      this.#nested(WRITE.timeseries, () => {
        this.#labels(WRITE_SERIES.labels, series.labelsRefs);
        for (const sample of series.samples)
          this.#item(WRITE_SERIES.samples, sample, SAMPLE_START, series.createdMs);
        for (const histogram of series.histograms)
          this.#item(WRITE_SERIES.histograms, histogram, HISTOGRAM_START, series.createdMs);
        for (const exemplar of series.exemplars)
          this.#attempt(1, `an exemplar of timeseries[${index}]`, () => this.#exemplar(exemplar));
      });
      if (series.metadata !== null) this.#note(series, series.metadata);
    });
  }

  /** What was written, the families' metadata behind the series. */
  finish(): Buffer {
    for (const metadatum of this.#metadata.values()) {
      this.#writer.tag(WRITE.metadata, 2);
      this.#writer.bytes(metadatum);
    }
    return this.#writer.finish();
  }

  rejections(): Rejections {
    const faults = [...this.#rejected];
    return {
      rejected: faults.reduce((sum, [, { items }]) => sum + items, 0),
      rejectedByReason: new Map(faults.map(([fault, { items }]) => [fault, items])),
      message: faults
        .map(
          ([fault, { items, first }]) => `${items} rejected because ${FAULT_TEXT[fault]} (first: ${first})`,
        )
        .join('; '),
    };
  }

  /** Takes back what `write` wrote where it meets a fault, and counts that. */
  #attempt(items: number, where: string, write: () => void): void {
    const mark = this.#writer.length;
    try {
      write();
    } catch (error) {
      if (!(error instanceof SeriesFault)) throw error;
      this.#writer.cut(mark);
      const before = this.#rejected.get(error.fault);
      if (before === undefined) this.#rejected.set(error.fault, { items, first: where });
      else before.items += items;
    }
  }

  #nested(field: number, write: () => void): void {
    this.#writer.tag(field, 2);
    const open = this.#writer.open();
    write();
    this.#writer.close(open);
  }

  #symbol(reference: number): Buffer {
    const symbol = this.#symbols[reference];
    if (symbol === undefined) throw new SeriesFault('symbolRef');
    return symbol;
  }

  #labels(field: number, references: readonly number[]): void {
    if (references.length % 2 !== 0) throw new SeriesFault('oddRefs');
    const writer = this.#writer;
    for (let index = 0; index < references.length; index += 2) {
      const name = this.#symbol(references[index]!);
      const value = this.#symbol(references[index + 1]!);
      writer.tag(field, 2);
      writer.varint(name.length + value.length + 2);
      writer.tag(1, 2);
      writer.raw(name);
      writer.tag(2, 2);
      writer.raw(value);
      if (writer.length > this.#maxBytes) throw new TooLargeError();
    }
  }

  /** A sample or histogram as it is; one without a start gets that of its series. */
  #item(field: number, { start, end }: ProtoField, startField: number, createdMs: number): void {
    this.#nested(field, () => {
      this.#writer.raw(this.#body.subarray(start, end));
      if (createdMs === 0) return;
      if (readFields(this.#body, start, end).some((each) => each.number === startField)) return;
      this.#writer.tag(startField, 0);
      this.#writer.varint(createdMs);
    });
  }

  #exemplar({ start, end }: ProtoField): void {
    const fields = readFields(this.#body, start, end);
    this.#nested(WRITE_SERIES.exemplars, () => {
      const references = fields.filter((field) => field.number === EXEMPLAR.labelsRefs);
      this.#labels(
        1,
        references.flatMap((field) => varintsOf(this.#body, field)),
      );
      for (const { number, tagAt, end: fieldEnd } of fields)
        if (number === EXEMPLAR.value || number === EXEMPLAR.timestamp)
          this.#writer.raw(this.#body.subarray(tagAt, fieldEnd));
    });
  }

  /** Keeps the metadata of the series' family; the series of one family say the same. */
  #note({ labelsRefs, histograms }: Series, { start, end }: ProtoField): void {
    const fields = readFields(this.#body, start, end);
    const value = (number: number): number => {
      const field = fields.find((each) => each.number === number);
      return field === undefined ? 0 : (varintsOf(this.#body, field)[0] ?? 0);
    };
    const [type, help, unit] = [value(METADATA.type), value(METADATA.helpRef), value(METADATA.unitRef)];
    const at = labelsRefs.findIndex((each, index) => index % 2 === 0 && each === this.#nameSymbol);
    if ((type === 0 && help === 0 && unit === 0) || at < 0) return;
    const key = `${labelsRefs[at + 1]} ${type} ${help} ${unit}`;
    if (this.#noted.has(key)) return;
    this.#noted.add(key);
    const name = withoutLength(this.#symbol(labelsRefs[at + 1]!)).toString('latin1');
    const family = histograms.length > 0 ? name : familyOf(name, type);
    const writer = new ProtoWriter(64);
    writer.tag(WRITE_METADATA.type, 0);
    writer.varint(type);
    writer.tag(WRITE_METADATA.family, 2);
    // Latin-1 keeps every byte, whatever the text is.
    writer.bytes(Buffer.from(family, 'latin1'));
    writer.tag(WRITE_METADATA.help, 2);
    writer.raw(this.#symbol(help));
    writer.tag(WRITE_METADATA.unit, 2);
    writer.raw(this.#symbol(unit));
    this.#metadata.set(family, writer.finish());
  }
}

/** A symbol's text, from behind its length. */
function withoutLength(symbol: Buffer): Buffer {
  return symbol.subarray(symbol.findIndex((byte) => byte < 0x80) + 1);
}
