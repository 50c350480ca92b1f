/**
 * ClickHouse's Native format, as far as columns of fixed width need it: blocks, each `columns, rows` (varints), then for every column
 * its name and type (varint length, text) and its values, one after the other, little endian.
 */

/** One block: for every column its bytes. */
export interface NativeBlock {
  readonly rows: number;
  readonly columns: readonly Uint8Array[];
}

/**
 * Cuts a whole answer into blocks. `widths` are the bytes a value of each column takes.
 *
 * @throws Error if the answer does not have these columns.
 */
export function* readNativeBlocks(
  bytes: Uint8Array,
  widths: readonly number[],
): IterableIterator<NativeBlock> {
  const reader = new NativeReader(bytes);
  while (!reader.done) {
    const rows = reader.beginBlock(widths.length);
    const columns: Uint8Array[] = [];
    for (const width of widths) {
      reader.skipColumnHeader();
      columns.push(reader.take(rows * width));
    }
    if (rows > 0) yield { rows, columns };
  }
}

/** Goes through an answer in Native format. */
export class NativeReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Reads the head of a block and gives its number of rows. */
  beginBlock(columns: number): number {
    const found = this.varint();
    if (found !== columns) throw new Error(`expected ${columns} columns from ClickHouse, got ${found}`);
    return this.varint();
  }

  /** Goes past a column's name and type. */
  skipColumnHeader(): void {
    // The length is read before the position that it is added to.
    for (let part = 0; part < 2; part++) this.take(this.varint());
  }

  /** Reads a length. */
  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error('an answer of ClickHouse ends in the middle of a block');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error('an answer of ClickHouse ends in the middle of a block');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

/** The bytes as 64-bit words in 32-bit halves, low half first; copied if they are not aligned. */
export function wordsOf64(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** The bytes as floats; copied if they are not aligned. */
export function floatsOf(bytes: Uint8Array): Float64Array {
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 8);
}
