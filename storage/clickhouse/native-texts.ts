/**
 * Columns of `LowCardinality(String)` in ClickHouse's Native format: each block has the texts that its rows name, once, and their
 * indexes. Before a column's values stands the version of this layout, 1; then, in words of 64 bits, flags (the lowest byte is how wide
 * an index is, as a power of two of bytes) and the number of texts; the texts, each with its length; the number of indexes; the indexes.
 */
import { type NativeReader, wordsOf64 } from './native-blocks.ts';

/** Texts in the order in which they were first met. */
export class TextPlaces {
  readonly #places = new Map<string, number>();

  of(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.#places.size);
    return this.#places.size - 1;
  }

  get all(): string[] {
    return [...this.#places.keys()];
  }
}

/** For each row the place of its text. */
export function takeTexts(reader: NativeReader, rows: number, places: TextPlaces): Uint32Array {
  reader.skipColumnHeader();
  expectVersion(reader);
  return takeIndexed(reader, rows, places);
}

/** A column of lists of texts: where each row's list ends, and the places of all texts. */
export function takeTextLists(
  reader: NativeReader,
  rows: number,
  places: TextPlaces,
): { readonly ends: Uint32Array; readonly texts: Uint32Array } {
  reader.skipColumnHeader();
  expectVersion(reader);
  const ends = takeEnds(reader, rows);
  return { ends, texts: takeIndexed(reader, ends.at(-1) ?? 0, places) };
}

/** Where each row's list ends in a column of lists, which begins with it. */
export function takeEnds(reader: NativeReader, rows: number): Uint32Array {
  const words = wordsOf64(reader.take(rows * 8));
  const ends = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) ends[row] = words[row * 2]!;
  return ends;
}

const VERSION = 1;

function expectVersion(reader: NativeReader): void {
  const version = word(reader);
  if (version !== VERSION)
    throw new Error(`expected texts of version ${VERSION} from ClickHouse, got ${version}`);
}

const word = (reader: NativeReader): number => {
  const [low, high] = wordsOf64(reader.take(8));
  return high! * 2 ** 32 + low!;
};

const WIDTHS = [Uint8Array, Uint16Array, Uint32Array] as const;
const WIDTH_BITS = 0xff;

function takeIndexed(reader: NativeReader, count: number, places: TextPlaces): Uint32Array {
  // Nothing at all is written of nothing.
  if (count === 0) return new Uint32Array(0);
  const Width = WIDTHS[word(reader) & WIDTH_BITS];
  if (Width === undefined) throw new Error('ClickHouse sent more texts than there can be rows');
  const own = new Uint32Array(word(reader));
  for (let text = 0; text < own.length; text++) {
    const bytes = reader.take(reader.varint());
    own[text] = places.of(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
  }
  const found = word(reader);
  if (found !== count) throw new Error(`expected ${count} texts from ClickHouse, got ${found}`);
  // Copied, so that they are aligned.
  const indexes = new Width(new Uint8Array(reader.take(count * Width.BYTES_PER_ELEMENT)).buffer);
  const indexed = new Uint32Array(count);
  for (let at = 0; at < count; at++) indexed[at] = own[indexes[at]!]!;
  return indexed;
}
