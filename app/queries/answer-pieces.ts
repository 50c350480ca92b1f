import type { QueryAnswer } from '../../promql/answer-query.ts';
import type { CallContext } from '../threads/serve-calls.ts';

/** What is known of an answer before its body. */
type Head = (QueryAnswer & { readonly ok: true })['stats'];

/** Hands over a head and the body after it. The next piece is made while the last one is taken. */
export async function sendAnswer(
  { stats: { samples }, body }: QueryAnswer & { readonly ok: true },
  send: CallContext['send'],
): Promise<void> {
  let sent = send(Buffer.from(JSON.stringify({ samples } satisfies Head)));
  for await (const piece of body) {
    await sent;
    sent = send(piece);
  }
  await sent;
}

export const readHead = (piece: Uint8Array): Head => JSON.parse(Buffer.from(piece).toString()) as Head;
