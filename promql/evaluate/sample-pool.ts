/** What many queries may hold of samples together, so that several that each keep to their limit do not exceed the machine's. */
export class SamplePool {
  readonly #max: number;
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get max(): number {
    return this.#max;
  }

  /** Whether there was room for so many more; they must be given back. */
  take(samples: number): boolean {
    if (this.#taken + samples > this.#max) return false;
    this.#taken += samples;
    return true;
  }

  give(samples: number): void {
    this.#taken -= samples;
  }
}
