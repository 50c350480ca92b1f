import { useCallback, useEffect, useRef, useState } from 'react';
import { type LogTailEvent, logTailEvent } from '../../../model/api/log.ts';
import { type LogFilter, logTailUrl } from '../../api/logs.ts';
import { EMPTY_TAIL, received, released, type TailState } from './tail-state.ts';

/** `EventSource` gives up for good on an HTTP error; then it is opened anew after this. */
const RETRY_MS = 3_000;

export interface LogTail extends TailState {
  readonly connection: 'connecting' | 'live' | 'lost';
  /** Shows what waits. */
  release(): void;
}

/** Listens to the records that fit while the page is there; they wait while `isHeld`. */
export function useLogTail(filter: LogFilter, isHeld: boolean): LogTail {
  const [state, setState] = useState(EMPTY_TAIL);
  const [connection, setConnection] = useState<LogTail['connection']>('connecting');
  const held = useRef(isHeld);
  held.current = isHeld;
  const url = logTailUrl(filter);

  useEffect(() => {
    setState(EMPTY_TAIL);
    setConnection('connecting');
    let events: EventSource;
    let retry: ReturnType<typeof setTimeout>;
    const open = (): void => {
      events = new EventSource(url);
      events.addEventListener('log', (message) => {
        const event = parseEvent(message.data);
        if (event === null) return;
        setConnection('live');
        setState((old) => received(old, event, held.current));
      });
      events.addEventListener('error', () => {
        setConnection('lost');
        events.close();
        retry = setTimeout(open, RETRY_MS);
      });
    };
    open();
    return () => {
      clearTimeout(retry);
      events.close();
    };
  }, [url]);

  useEffect(() => {
    if (!isHeld) setState(released);
  }, [isHeld]);
  const release = useCallback(() => setState(released), []);
  return { ...state, connection, release };
}

/** An event of a kind that this page does not know comes from a newer product and is no error. */
function parseEvent(data: unknown): LogTailEvent | null {
  if (typeof data !== 'string') return null;
  try {
    return logTailEvent.safeParse(JSON.parse(data)).data ?? null;
  } catch {
    return null;
  }
}
