import { describe, expect, it } from 'vitest';
import { ColumnBytesError, narrowed, readColumns, writeColumns } from './column-bytes.ts';

const columns = {
  kinds: Uint8Array.of(1, 2, 255),
  codes: Uint16Array.of(65_535),
  counts: Uint32Array.of(4_294_967_295, 0),
  parents: Int32Array.of(-1, 7),
  times: Float64Array.of(0.5, -3e300),
  none: new Uint8Array(),
};
const bytes = writeColumns({ name: '取消', cut: false }, columns);

describe('columns as bytes', () => {
  it('are the same when they have arrived, with what is said once', () => {
    expect(readColumns(bytes.buffer)).toEqual({ head: { name: '取消', cut: false }, columns });
  });

  it('are views of the bytes', () => {
    for (const column of Object.values(readColumns(bytes.buffer).columns))
      expect(column.buffer).toBe(bytes.buffer);
  });

  it('are little endian and begin at multiples of eight', () => {
    const written = writeColumns({}, { a: Uint16Array.of(0x0102), b: Int32Array.of(-2) });
    const head = new DataView(written.buffer).getUint32(0, true);
    expect((head + 4) % 8).toBe(0);
    expect([...written.subarray(head + 4)]).toEqual([
      2, 1, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0, 0, 0, 0,
    ]);
    expect(JSON.parse(new TextDecoder().decode(written.subarray(4, head + 4)))).toEqual({
      columns: [
        ['a', 'u16', 1],
        ['b', 'i32', 1],
      ],
    });
  });

  it('of parts of buffers are those parts', () => {
    const part = Uint32Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(readColumns(writeColumns({}, { part }).buffer).columns).toEqual({ part: Uint32Array.of(2, 3) });
  });

  const withHead = (text: string): ArrayBuffer => {
    const head = new TextEncoder().encode(text);
    const whole = new Uint8Array(4 + head.length);
    new DataView(whole.buffer).setUint32(0, head.length, true);
    whole.set(head, 4);
    return whole.buffer;
  };

  it.each([
    ['of nothing', new ArrayBuffer(0), 'The head is cut off.'],
    ['whose head is cut off', bytes.buffer.slice(0, 20), 'The head is cut off.'],
    ['of another kind', withHead('<html>'), 'The head is no JSON object.'],
    ['that are a list', withHead('[]'), 'The head is no JSON object.'],
    ['without columns', withHead('{}'), 'The head lists no columns.'],
    ['of an unknown type', withHead('{"columns":[["a","i8",1]]}'), 'The column «a» has no type and length.'],
    [
      'of an inherited type',
      withHead('{"columns":[["a","toString",1]]}'),
      'The column «a» has no type and length.',
    ],
    ['of no length', withHead('{"columns":[["a","u8",-1]]}'), 'The column «a» has no type and length.'],
    ['that end too early', withHead('{"columns":[["a","f64",9]]}'), 'The column «a» is cut off.'],
  ])('%s are refused', (_, buffer, message) => {
    expect(() => readColumns(buffer)).toThrow(new ColumnBytesError(message));
  });

  it('take as few bytes as hold the largest number', () => {
    expect(narrowed(Uint32Array.of(0, 255))).toEqual(Uint8Array.of(0, 255));
    expect(narrowed(Uint32Array.of(0, 256))).toEqual(Uint16Array.of(0, 256));
    expect(narrowed(Uint32Array.of(65_536))).toEqual(Uint32Array.of(65_536));
    expect(narrowed(new Uint32Array())).toEqual(new Uint8Array());
  });
});
