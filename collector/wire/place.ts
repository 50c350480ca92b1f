import type { Signal } from '../../model/telemetry.ts';
import { CHILD, MESSAGE, OP, OPS } from './field-table.ts';
import { MESSAGE_NAMES, type MessageName, REQUEST_MESSAGE, SCHEMA } from './schema.ts';
import { readVarint } from './varint.ts';

/**
 * The path to the field at `offset` of a body whose framing was checked, as `resource_spans[0].scope_spans[1].spans[17]`.
 * Walks again, which is fine: it is asked only about the first of each kind of trouble.
 */
export function whereIs(signal: Signal, body: Buffer, offset: number): string {
  const steps: string[] = [];
  let message: MessageName = REQUEST_MESSAGE[signal];
  let p = 0;
  let end = body.length;
  const counts = new Map<number, number>();
  while (p < end) {
    const start = p;
    const tag = readVarint(body, p);
    const wire = tag.value % 8;
    const number = (tag.value - wire) / 8;
    const slot: number = number < 32 ? (MESSAGE[message] << 5) | number : MESSAGE[message] << 5;
    let contentStart = tag.next;
    if (wire === 0) p = readVarint(body, tag.next).next;
    else if (wire === 1) p = tag.next + 8;
    else if (wire === 5) p = tag.next + 4;
    else {
      const length = readVarint(body, tag.next);
      contentStart = length.next;
      p = length.next + length.value;
    }
    const isPath = OPS[slot] === OP.container || OPS[slot] === OP.item;
    const index = counts.get(number) ?? 0;
    counts.set(number, index + 1);
    if (!isPath || offset >= p) continue;
    const field = SCHEMA[message].find((candidate) => candidate.number === number);
    steps.push(field?.repeated ? `${field.name}[${index}]` : (field?.name ?? '?'));
    if (offset === start) break;
    message = MESSAGE_NAMES[CHILD[slot]!]!;
    p = contentStart;
    end = contentStart + (readVarint(body, tag.next).value ?? 0);
    counts.clear();
  }
  return steps.join('.');
}
