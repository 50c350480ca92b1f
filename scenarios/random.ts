/** Reproducible randomness: the same seed gives the same shoppers. */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Whole number in [from, to], both included. */
  integer(from: number, to: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** Exponentially distributed with this mean: the time until the next of independent events. */
  exponential(mean: number): number;
  /** Log-normal by its median and spread (sigma of the logarithm): latencies, travel times. */
  logNormal(median: number, sigma: number): number;
  /** One of the choices, by weight. */
  weighted<Choice>(choices: readonly (readonly [Choice, number])[]): Choice;
  /** 16 hexadecimal digits, as a hashed user or device id looks. */
  hexId(): string;
}

/** A generator from a 32-bit seed (mulberry32: small, fast, good enough for traffic; not for secrets). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    integer: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (probability) => next() < probability,
    exponential: (mean) => -Math.log(1 - next()) * mean,
    logNormal: (median, sigma) => {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(sigma * normal);
    },
    weighted: (choices) => {
      let rest = next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [choice, weight] of choices) {
        rest -= weight;
        if (rest < 0) return choice;
      }
      return choices[choices.length - 1]![0];
    },
    hexId: () =>
      Math.floor(next() * 0x1_0000_0000)
        .toString(16)
        .padStart(8, '0') +
      Math.floor(next() * 0x1_0000_0000)
        .toString(16)
        .padStart(8, '0'),
  };
}
