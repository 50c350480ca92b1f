import { type FocusEvent, type ReactNode, useEffect, useRef, useState } from 'react';

interface Held<Value> {
  readonly key: string;
  readonly value: Value;
}

export interface Still<Value> {
  readonly shown: Value;
  /** Newer ones wait until nobody is at it any more. */
  readonly isBehind: boolean;
  readonly hold: () => void;
  readonly release: () => void;
}

/** What was held, unless it answers another question. */
export const stillValue = <Value,>(held: Held<Value> | null, key: string, value: Value): Value =>
  held?.key === key ? held.value : value;

/**
 * What someone reads stands still: a row must not move from under a finger. From `hold` to `release` the value of that
 * moment is shown, as long as it answers the same question, `key`.
 */
export function useStill<Value>(key: string, value: Value): Still<Value> {
  const [held, setHeld] = useState<Held<Value> | null>(null);
  const shown = stillValue(held, key, value);
  return {
    shown,
    isBehind: shown !== value,
    hold: () => setHeld((old) => (old?.key === key ? old : { key, value })),
    release: () => setHeld(null),
  };
}

export interface ReadingProps {
  readonly still: Pick<Still<unknown>, 'hold' | 'release'>;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A pointer that has lain still for so long is not on its way to a row. */
const QUIET_MS = 10_000;

/** Holds while a pointer moves over its children or the keyboard moves in them, and a little longer. */
export function Reading({ still, className, children }: ReadingProps) {
  const quiet = useRef<ReturnType<typeof setTimeout>>(undefined);
  const leave = (): void => {
    clearTimeout(quiet.current);
    still.release();
  };
  const read = (): void => {
    clearTimeout(quiet.current);
    quiet.current = setTimeout(still.release, QUIET_MS);
    still.hold();
  };
  useEffect(() => () => clearTimeout(quiet.current), []);
  const blur = ({ currentTarget, relatedTarget }: FocusEvent): void => {
    if (!currentTarget.contains(relatedTarget)) leave();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing here is done, it is only noticed that someone reads
    <div className={className} onPointerMove={read} onPointerLeave={leave} onFocus={read} onBlur={blur}>
      {children}
    </div>
  );
}
