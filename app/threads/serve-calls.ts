import type { MessagePort, Transferable } from 'node:worker_threads';
import { toFault } from './faults.ts';
import type { CallMessage, CallsOf, FromThread, Priority, ToThread } from './messages.ts';

/** Who asks, and what can be done while working on it. */
export interface CallContext {
  readonly priority: Priority;
  /** Fires when nobody waits for the answer any more. */
  readonly abort: AbortSignal;
  /** The same for who computes and does not turn to messages. */
  readonly interrupted: () => boolean;
  /** Hands some bytes of the answer over, which are the receiver's from then on. Resolves when they were taken; throws the abort's reason. */
  readonly send: (piece: Uint8Array) => Promise<void>;
}

export interface CallAnswers<Calls extends CallsOf<Calls>, News> {
  readonly answer: <Name extends keyof Calls>(
    op: Name,
    ask: Calls[Name]['ask'],
    context: CallContext,
  ) => Promise<Calls[Name]['answer']>;
  /** What of an answer is handed over instead of copied. */
  readonly transfer?: (op: keyof Calls, answer: Calls[keyof Calls]['answer']) => readonly Transferable[];
  readonly onNews?: (news: News) => void;
}

interface Running {
  readonly controller: AbortController;
  taken: PromiseWithResolvers<void> | null;
}

/** Answers calls on `port` until it is closed. */
export function serveCalls<Calls extends CallsOf<Calls>, News = never>(
  port: MessagePort,
  { answer, transfer = () => [], onNews = () => {} }: CallAnswers<Calls, News>,
): void {
  const running = new Map<number, Running>();
  const post = (message: FromThread, handedOver: readonly Transferable[] = []) =>
    port.postMessage(message, handedOver);

  const contextOf = ({ id, priority, given }: CallMessage, one: Running): CallContext => ({
    priority,
    abort: one.controller.signal,
    interrupted: () => Atomics.load(given, 0) !== 0,
    send: (bytes) => {
      one.controller.signal.throwIfAborted();
      const piece = ownBytes(bytes);
      one.taken = Promise.withResolvers();
      post({ type: 'piece', id, piece }, [piece.buffer]);
      return one.taken.promise;
    },
  });
  const run = async (message: CallMessage) => {
    const { id } = message;
    const one: Running = { controller: new AbortController(), taken: null };
    running.set(id, one);
    try {
      const op = message.op as keyof Calls;
      const found = await answer(op, message.ask as Calls[typeof op]['ask'], contextOf(message, one));
      post({ type: 'answer', id, answer: found }, transfer(op, found));
    } catch (error) {
      post({ type: 'fault', id, fault: toFault(error) });
    } finally {
      running.delete(id);
    }
  };
  port.on('message', (message: ToThread<News>) => {
    switch (message.type) {
      case 'call':
        void run(message);
        return;
      case 'abort': {
        const one = running.get(message.id);
        one?.controller.abort(new Error('nobody waits for the answer any more'));
        one?.taken?.reject(one.controller.signal.reason);
        return;
      }
      case 'more':
        running.get(message.id)?.taken?.resolve();
        return;
      case 'news':
        onNews(message.news);
    }
  });
  post({ type: 'ready' });
}

/** Bytes with a buffer of their own: that of a small `Buffer` is shared with others. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  return whole && bytes.buffer instanceof ArrayBuffer ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes);
}
