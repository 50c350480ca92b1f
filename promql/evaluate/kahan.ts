/** A sum that carries what each addition lost (Kahan, as improved by Neumaier). */
export class KahanSum {
  sum: number;
  compensation = 0;

  constructor(start = 0) {
    this.sum = start;
  }

  add(value: number): void {
    const next = this.sum + value;
    if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) this.compensation = 0;
    else if (Math.abs(this.sum) >= Math.abs(value)) this.compensation += this.sum - next + value;
    else this.compensation += value - next + this.sum;
    this.sum = next;
  }

  get total(): number {
    return Number.isFinite(this.sum) ? this.sum + this.compensation : this.sum;
  }
}

/**
 * A mean that sums first and divides last, which is the more exact way, and goes over to a running mean where the sum would
 * overflow.
 */
export class KahanMean {
  readonly #sum: KahanSum;
  #count = 1;
  #incremental = false;

  constructor(first: number) {
    this.#sum = new KahanSum(first);
  }

  add(value: number): void {
    this.#count++;
    const state = this.#sum;
    if (!this.#incremental) {
      const { sum, compensation } = state;
      state.add(value);
      if (state.sum !== Number.POSITIVE_INFINITY && state.sum !== Number.NEGATIVE_INFINITY) return;
      this.#incremental = true;
      state.sum = sum / (this.#count - 1);
      state.compensation = compensation / (this.#count - 1);
    }
    const share = (this.#count - 1) / this.#count;
    state.sum *= share;
    state.compensation *= share;
    state.add(value / this.#count);
  }

  get mean(): number {
    const { sum, compensation } = this.#sum;
    if (this.#incremental) return sum + compensation;
    return sum / this.#count + compensation / this.#count;
  }
}
