import type { Folds } from './rows.ts';
import type { TraceSearch } from './search.ts';

/** A part of the trace's time, nanoseconds from its start. */
export interface TimeWindow {
  readonly fromNano: number;
  readonly toNano: number;
}

/** As many rows as a URL can name; of more, those that were changed last. */
const MOST_NAMED = 100;

const listed = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map(decoded);

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const joined = (parts: ReadonlySet<string>): string | undefined =>
  parts.size === 0
    ? undefined
    : [...parts]
        .slice(-MOST_NAMED)
        .map((part) => part.replaceAll('%', '%25').replaceAll(',', '%2C'))
        .join(',');

/** The folds that a URL names. */
export function foldsOf({ open, shut, depth, fold, repeats }: TraceSearch): Folds {
  return {
    opened: new Set(listed(open)),
    shut: new Set(listed(shut)),
    depth: depth === undefined ? null : Number(depth),
    services: new Set(listed(fold)),
    repeats: repeats !== '0',
  };
}

/** The part of a URL that names these folds; what has its default is left out. */
export function searchOfFolds(
  folds: Folds,
): Pick<TraceSearch, 'open' | 'shut' | 'depth' | 'fold' | 'repeats'> {
  return {
    open: joined(folds.opened),
    shut: joined(folds.shut),
    depth: folds.depth === null ? undefined : String(folds.depth),
    fold: joined(folds.services),
    repeats: folds.repeats ? undefined : '0',
  };
}

/** The window that a URL names, within the trace; all of its time where it names none. */
export function windowOf({ window }: TraceSearch, durationNano: number): TimeWindow {
  const [from = 0, to = durationNano] = (window ?? '').split('-').filter(Boolean).map(Number);
  const toNano = Math.min(to, durationNano);
  return from < toNano ? { fromNano: from, toNano } : { fromNano: 0, toNano: durationNano };
}

/** Undefined where it is all of the time. */
export function searchOfWindow(window: TimeWindow, durationNano: number): string | undefined {
  const from = Math.max(0, Math.floor(window.fromNano));
  const to = Math.min(durationNano, Math.ceil(window.toNano));
  return to - from < 1 || (from === 0 && to >= durationNano) ? undefined : `${from}-${to}`;
}

/** With one thing in or out of a set. */
export function toggled(
  set: ReadonlySet<string>,
  value: string,
  isIn = !set.has(value),
): ReadonlySet<string> {
  const changed = new Set(set);
  changed.delete(value);
  if (isIn) changed.add(value);
  return changed;
}
