/** One benchmark: `npm run bench -- NAME`. It makes its own data, bounded, on loopback, and cleans up after itself. */
export interface Bench {
  readonly name: string;
  /** What is measured, on what data, against which figure. */
  readonly about: string;
  run(options: BenchOptions): Promise<BenchResult>;
}

export interface BenchOptions {
  /** Shorter and smaller, to see that it works; its figures mean nothing. */
  readonly quick: boolean;
  /** Progress, for people. */
  readonly say: (line: string) => void;
}

export interface BenchResult {
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  /** Each figure that was asked for, with what came out and whether it holds. */
  readonly verdicts: readonly {
    readonly figure: string;
    readonly wanted: string;
    readonly got: string;
    readonly holds: boolean;
  }[];
}
