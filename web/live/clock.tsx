import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';

/** Gives the wall time in epoch milliseconds. `main.tsx` hands the browser's in; tests hand in their own. */
export type NowFunction = () => number;

const ClockContext = createContext<NowFunction | null>(null);

export function ClockProvider({
  now,
  children,
}: {
  readonly now: NowFunction;
  readonly children: ReactNode;
}) {
  return <ClockContext.Provider value={now}>{children}</ClockContext.Provider>;
}

export function useClock(): NowFunction {
  const now = useContext(ClockContext);
  if (now === null) throw new Error('useClock needs a ClockProvider above it');
  return now;
}

/** The time, told again every `everyMs` and aligned to it, so that all clocks of a page tick together. */
export function useNow(everyMs: number): number {
  const now = useClock();
  const [value, setValue] = useState(now);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tick = (): void => {
      setValue(now());
      timer = setTimeout(tick, everyMs - (now() % everyMs));
    };
    tick();
    return () => clearTimeout(timer);
  }, [now, everyMs]);
  return value;
}
