import { describe, expect, it } from 'vitest';
import { findNodes, parseFind } from './find.ts';
import { makeSpan } from './testing/make-span.ts';
import { buildTree } from './tree.ts';

const span = makeSpan('0a1b', null, 0, 1, {
  name: 'POST /checkout',
  status: 'error',
  statusMessage: 'No rider (3 km)',
  attributes: { 'order.id': 'A-17', price: 0.01, tags: ['vip', 'night'] },
  resource: { 'cloud.region': 'Guangdong' },
  events: [{ atUnixNano: '1', name: 'exception', attributes: { 'exception.type': 'Timeout' } }],
});
const finds = (text: string): boolean => parseFind(text)?.(span) ?? false;

describe('a search within a trace', () => {
  it.each([
    'checkout',
    'CHECKOUT order.id',
    'guangdong',
    'rider (3',
    '"No rider"',
    'vip',
    'timeout',
    '0a1b',
    'order.id=A-17',
    'order.id=a-17',
    'price=0.01',
    'status=error',
    'name="POST /checkout"',
    'exception.type=Timeout',
    'cloud.region!=Beijing',
  ])('finds by %s', (text) => {
    expect(finds(text)).toBe(true);
  });

  it.each(['refund', 'order.id=A-1', 'status=ok', '"rider No"', 'order.id!=A-17', 'checkout refund'])(
    'does not find by %s',
    (text) => {
      expect(finds(text)).toBe(false);
    },
  );

  it('asks for nothing where nothing is typed', () => {
    expect(parseFind('  ')).toBeNull();
  });

  it('gives the page its turn and stops when it is aborted', async () => {
    const { nodes } = buildTree(
      Array.from({ length: 1_000 }, (_, index) => makeSpan(`s${index}`, null, index, 1)),
    );
    const stop = new AbortController();
    let clock = 0;
    let pauses = 0;
    const options = { now: () => (clock += 20), abort: stop.signal };
    const pause = async (): Promise<void> => void pauses++;
    expect(await findNodes(nodes, () => true, { ...options, pause })).toHaveLength(1_000);
    expect(pauses).toBe(16);
    expect(await findNodes(nodes, () => true, { ...options, pause: async () => stop.abort() })).toBeNull();
  });
});
