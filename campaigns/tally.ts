/** Counts in plain objects, which go to JSON and back as they are. Keys come from manifests and parsed text only. */
export type Tally = Record<string, number>;

export function add(tally: Tally, key: string, amount: number): void {
  tally[key] = (tally[key] ?? 0) + amount;
}

/** Keeps the lowest value seen. */
export function keepLowest(tally: Tally, key: string, value: number): void {
  tally[key] = Math.min(tally[key] ?? Number.POSITIVE_INFINITY, value);
}

/** The entry of a key, made when it is not there. */
export function entry<Value>(of: Record<string, Value>, key: string, make: () => Value): Value {
  const found = of[key];
  if (found !== undefined) return found;
  const made = make();
  of[key] = made;
  return made;
}

export const total = (tally: Tally): number => Object.values(tally).reduce((sum, amount) => sum + amount, 0);
