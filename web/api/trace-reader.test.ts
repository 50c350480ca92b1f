import { describe, expect, it } from 'vitest';
import { makeSpan } from '../pages/trace/testing/make-span.ts';
import { readTrace } from './trace-reader.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let from = 0; from < text.length; from += size) yield text.slice(from, from + size);
}

let pauses = 0;
const pause = async (): Promise<void> => void pauses++;
const read = (text: string, size = 65_536) => {
  pauses = 0;
  return readTrace(inPieces(text, size), pause);
};

const trace = (count: number, part = {}) => ({
  traceId: 'a'.repeat(32),
  cut: false,
  spans: Array.from({ length: count }, (_, index) =>
    makeSpan(String(index).padStart(16, '0'), null, index, 1, part),
  ),
});

describe('a trace that is read while it arrives', () => {
  it('is what was sent, in batches with pauses between them', async () => {
    const sent = trace(20_000);
    expect(await read(JSON.stringify(sent))).toEqual(sent);
    expect(pauses).toBeGreaterThan(3);
  });

  it('is right whatever attributes look like', async () => {
    const tricky = trace(4_000, {
      attributes: {
        text: '},{"spanId":"x"',
        list: [{ spanId: '1' }, { spanId: '2' }, { spanId: '3' }],
        long: 'x'.repeat(300),
      },
    });
    expect(await read(JSON.stringify(tricky))).toEqual(tricky);
  });

  it('is right with one very large span, in any order of keys, with spaces, and when it is short', async () => {
    const large = trace(3, { attributes: { text: '长'.repeat(3_000_000) } });
    expect(await read(JSON.stringify(large))).toEqual(large);
    const { traceId, cut, spans } = trace(5_000);
    expect(await read(JSON.stringify({ spans, cut, traceId }))).toEqual({ traceId, cut, spans });
    expect(await read(JSON.stringify(trace(5_000), null, 1))).toEqual(trace(5_000));
    expect(await read(JSON.stringify(trace(0)), 3)).toEqual(trace(0));
  });

  it('says which span is wrong, and how', async () => {
    const wrong = JSON.stringify(trace(5_000)).replace('"spanId":"0000000000004321"', '"spanId":4321');
    await expect(read(wrong)).rejects.toThrow(/spans\.4321\.spanId/);
    const missing = JSON.stringify(trace(2)).replace('"events":[]', '"events":[{}]');
    await expect(read(missing)).rejects.toThrow(/spans\.0\.events\.0/);
  });

  it('refuses what is no trace or breaks off', async () => {
    await expect(read('{"nothing":"of the kind"}')).rejects.toThrow(/traceId/);
    await expect(read(JSON.stringify(trace(20_000)).slice(0, -40))).rejects.toThrow(SyntaxError);
    await expect(read('<html>')).rejects.toThrow(SyntaxError);
  });
});
