import { epochMs } from '../../model/units.ts';
import { MESSAGE } from './field-table.ts';
import { LabelNames } from './label-names.ts';
import { EDIT_CUT, MessageCheck } from './message-check.ts';
import { histogramFault } from './native-histogram-check.ts';
import { failure, REASON } from './reasons.ts';
import type { WalkCounts } from './walk.ts';

const field = (message: number, number: number): number => (message << 5) | number;
const TIMESERIES = 1;
const METADATA = 3;
/** Where io.prometheus.write.v2.Request has its symbols and series, and WriteRequest has nothing. */
const OTHER_SYMBOLS = 4;
const OTHER_TIMESERIES = 5;

const LABEL = 1;
const SAMPLE = 2;
const EXEMPLAR = 3;
const HISTOGRAM = 4;
const CHILD_OF_SERIES = [0, MESSAGE.Label, MESSAGE.Sample, MESSAGE.SampleExemplar, MESSAGE.NativeHistogram];

interface Counts {
  samples: number;
  histograms: number;
  exemplars: number;
  oldestMs: number;
  newestMs: number;
}

/**
 * One walk over the bytes of one `prometheus.WriteRequest`. What is bad in a sample, a histogram, an exemplar or an entry of
 * metadata is cut out; what is bad in a series' labels refuses all that the series brings. Use a new one for each body.
 */
export class RemoteWriteWalk extends MessageCheck {
  /** Triples packed failure, items, offset of what was cut. */
  readonly rejections: number[] = [];
  #counts: Counts = { samples: 0, histograms: 0, exemplars: 0, oldestMs: Infinity, newestMs: -Infinity };
  #metadata = 0;
  #rejected = 0;
  readonly #names: LabelNames;
  /** Number and wire type of the field that was read last. */
  #number = 0;
  #wire = 0;

  constructor(bytes: Uint8Array) {
    super(bytes);
    this.#names = new LabelNames(bytes);
  }

  /** Walks the whole request; false if it is not protobuf down to its items, so that nothing in it can be counted. */
  request(message: number): boolean {
    const end = this.bytes.length;
    for (let p = 0; p < end; ) {
      const start = p;
      const next = this.#field(message, p, end);
      if (next < 0) return false;
      const number = this.#number;
      if (number === OTHER_SYMBOLS || number === OTHER_TIMESERIES)
        return this.refuse(REASON.otherMessage, field(message, number));
      if (number === TIMESERIES || number === METADATA) {
        if (this.#wire !== 2) return this.refuse(REASON.wireType, field(message, number));
        const content = this.contentStart(this.pos);
        if (number === METADATA) this.#metadatum(start, content, next);
        else if (!this.#series(start, content, next)) return false;
      }
      p = next;
    }
    return true;
  }

  /** The packed failure of the body as a whole, once `request` has returned false. */
  get fatal(): number {
    return this.failure;
  }

  counts(): WalkCounts {
    const { samples, histograms, exemplars, oldestMs, newestMs } = this.#counts;
    return {
      items: samples + histograms + exemplars + this.#metadata,
      rows: samples + histograms,
      rejected: this.#rejected,
      kinds: { sample: samples, nativeHistogram: histograms, exemplar: exemplars, metadata: this.#metadata },
      oldestMs: oldestMs === Infinity ? null : epochMs(oldestMs),
      newestMs: oldestMs === Infinity ? null : epochMs(newestMs),
    };
  }

  /** Reads the tag at `p`, leaves `pos` behind it and returns where the field ends; -1 where it has no end. */
  #field(message: number, p: number, end: number): number {
    const tag = this.bytes[p]! < 0x80 ? this.bytes[p]! : this.tag(p, end);
    if (this.bytes[p]! < 0x80) this.pos = p + 1;
    const content = this.pos;
    const next = tag < 8 ? -1 : this.skip(tag & 7, content, end);
    this.pos = content;
    this.#number = tag >>> 3;
    this.#wire = tag & 7;
    if (next < 0) this.refuse(REASON.malformed, field(message, this.#number < 32 ? this.#number : 0));
    return next;
  }

  /** One series; false where its framing is broken. Its labels may stand behind its samples. */
  #series(cutStart: number, start: number, end: number): boolean {
    const before = { ...this.#counts };
    const rejectedBefore = this.#rejected;
    const editsMark = this.edits.length;
    const rejectionsMark = this.rejections.length;
    this.#names.clear();
    let bad = 0;
    let items = 0;
    for (let p = start; p < end; ) {
      const next = this.#field(MESSAGE.TimeSeries, p, end);
      if (next < 0) return false;
      const number = this.#number;
      if (number >= LABEL && number <= HISTOGRAM) {
        const slot = field(MESSAGE.TimeSeries, number);
        if (this.#wire !== 2) return this.refuse(REASON.wireType, slot);
        const content = this.contentStart(this.pos);
        if (number === LABEL) bad ||= this.#label(content, next);
        else {
          items += 1;
          this.#item(number, p, content, next);
        }
      }
      p = next;
    }
    bad ||= this.#names.fault();
    if (bad !== 0) {
      this.#counts = before;
      this.#rejected = rejectedBefore;
      this.edits.length = editsMark;
      this.rejections.length = rejectionsMark;
      if (items > 0) this.#cut(bad, items, cutStart, end);
      else this.edits.push(cutStart, end, EDIT_CUT);
    }
    return true;
  }

  /** Notes the name of a label, and returns what is bad about the label, or 0. */
  #label(start: number, end: number): number {
    if (!this.message(MESSAGE.Label, start, end, 0)) return this.failure;
    let nameStart = end;
    let nameEnd = end;
    let valueBytes = 0;
    for (let p = start; p < end; ) {
      const next = this.#field(MESSAGE.Label, p, end);
      const content = this.#wire === 2 ? this.contentStart(this.pos) : next;
      if (this.#number === 1) {
        nameStart = content;
        nameEnd = next;
      } else if (this.#number === 2) valueBytes = next - content;
      p = next;
    }
    if (nameStart === nameEnd) return failure(REASON.labelEmpty, field(MESSAGE.Label, 1));
    this.#names.add(nameStart, nameEnd, valueBytes);
    return 0;
  }

  #item(number: number, cutStart: number, start: number, end: number): void {
    this.timeMs = 0;
    const type = CHILD_OF_SERIES[number]!;
    const bad = this.message(type, start, end, 0)
      ? number === HISTOGRAM
        ? histogramFault(this.bytes, start, end)
        : 0
      : this.failure;
    if (bad !== 0) {
      this.#cut(bad, 1, cutStart, end);
      return;
    }
    const counts = this.#counts;
    if (number === EXEMPLAR) {
      counts.exemplars += 1;
      return;
    }
    if (number === SAMPLE) counts.samples += 1;
    else counts.histograms += 1;
    if (this.timeMs < counts.oldestMs) counts.oldestMs = this.timeMs;
    if (this.timeMs > counts.newestMs) counts.newestMs = this.timeMs;
  }

  #metadatum(cutStart: number, start: number, end: number): void {
    if (this.message(MESSAGE.MetricMetadata, start, end, 0)) this.#metadata += 1;
    else this.#cut(this.failure, 1, cutStart, end);
  }

  #cut(packed: number, items: number, start: number, end: number): void {
    this.#rejected += items;
    this.rejections.push(packed, items, start);
    this.edits.push(start, end, EDIT_CUT);
  }
}
