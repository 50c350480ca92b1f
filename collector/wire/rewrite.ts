import { EDIT_CUT, EDIT_TO_JSON } from './message-check.ts';
import { valueToJson } from './value-json.ts';
import { readVarint, varint } from './varint.ts';

/**
 * The body without what the walk cut and with the values rewritten that nest too deep. `edits` are the walk's
 * triples. Messages around an edit get new lengths; all other bytes are copied as they are.
 */
export function applyEdits(body: Buffer, edits: readonly number[]): Buffer {
  const chunks: Buffer[] = [];
  let next = 0;

  /** Appends the message `[start, end)` to `chunks` and returns its new size. */
  const copy = (start: number, end: number): number => {
    let size = 0;
    let p = start;
    const push = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
    };
    while (next < edits.length && edits[next]! < end) {
      const editStart = edits[next]!;
      const editEnd = edits[next + 1]!;
      const field = fieldAround(body, p, editStart);
      push(body.subarray(p, field.start));
      const kind = edits[next + 2];
      if (field.start === editStart && kind === EDIT_CUT) {
        next += 3;
        p = editEnd;
        continue;
      }
      const tag = body.subarray(field.start, field.tagEnd);
      const prefixAt = chunks.length;
      chunks.push(tag, tag);
      let contentSize: number;
      if (kind === EDIT_TO_JSON && field.contentStart === editStart && field.end === editEnd) {
        next += 3;
        const text = Buffer.from(valueToJson(body, editStart, editEnd));
        const value = Buffer.concat([STRING_VALUE_TAG, varint(text.length), text]);
        chunks.push(value);
        contentSize = value.length;
      } else contentSize = copy(field.contentStart, field.end);
      const length = varint(contentSize);
      chunks[prefixAt + 1] = length;
      size += tag.length + length.length + contentSize;
      p = field.end;
    }
    push(body.subarray(p, end));
    return size;
  };

  copy(0, body.length);
  return Buffer.concat(chunks);
}

/** AnyValue.string_value. */
const STRING_VALUE_TAG = Buffer.from([0x0a]);

interface FieldPlace {
  readonly start: number;
  readonly tagEnd: number;
  readonly contentStart: number;
  readonly end: number;
}

/** The field, among those that begin at `p`, that holds the byte at `offset`. The walk has checked the framing. */
function fieldAround(body: Buffer, p: number, offset: number): FieldPlace {
  let start = p;
  for (;;) {
    const tag = readVarint(body, start);
    let contentStart = tag.next;
    let end: number;
    switch (tag.value % 8) {
      case 0:
        end = readVarint(body, tag.next).next;
        break;
      case 1:
        end = tag.next + 8;
        break;
      case 5:
        end = tag.next + 4;
        break;
      default: {
        const length = readVarint(body, tag.next);
        contentStart = length.next;
        end = length.next + length.value;
      }
    }
    if (offset < end) return { start, tagEnd: tag.next, contentStart, end };
    start = end;
  }
}
