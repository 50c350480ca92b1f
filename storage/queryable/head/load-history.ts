/** How many loads are told apart; of older ones only the oldest sample of all is known. */
const MAX_LOADS = 1_024;

/** Loads in the order they came, and from which time on they may have changed what was read before them. */
export class LoadHistory {
  /** Rising in both: a load is dropped when a later one reaches as far back. */
  #loads: { readonly number: number; readonly oldestMs: number }[] = [];
  #newest = 0;

  /** The number of the newest load. */
  get newest(): number {
    return this.#newest;
  }

  add(oldestMs: number): void {
    this.#newest++;
    while (this.#loads.length > 0 && this.#loads.at(-1)!.oldestMs >= oldestMs) this.#loads.pop();
    this.#loads.push({ number: this.#newest, oldestMs });
    if (this.#loads.length <= MAX_LOADS) return;
    // The older half is joined: who has seen none of it reads a little more than it must.
    const [older, newer] = [this.#loads.slice(0, MAX_LOADS / 2), this.#loads.slice(MAX_LOADS / 2)];
    this.#loads = [{ number: older.at(-1)!.number, oldestMs: older[0]!.oldestMs }, ...newer];
  }

  /** The oldest sample of all loads after the one of that number; infinite if there was none. */
  oldestSince(number: number): number {
    // The first load after that number reaches back furthest, for both rise. Most have seen all but the last few.
    let oldest = Number.POSITIVE_INFINITY;
    for (let i = this.#loads.length - 1; i >= 0 && this.#loads[i]!.number > number; i--)
      oldest = this.#loads[i]!.oldestMs;
    return oldest;
  }
}
