import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.ts';

const MEASURE = fileURLToPath(new URL('../web/testing/measure-waterfall.ts', import.meta.url));
const SPANS = 100_000;
const ROUNDS = 5;
const OPEN_MS = 2_000;
const FRAME_MS = 50;

/** What one round measured. */
type Round = Readonly<
  Record<
    | 'megabytes'
    | 'openMs'
    | 'openCpuMs'
    | 'glideWorstMs'
    | 'glideMedianMs'
    | 'jumpWorstMs'
    | 'jumpMedianMs'
    | 'findMs',
    number
  >
>;

/** Opens a trace of 100,000 spans in a real browser, scrolls through it, searches in it. */
export const waterfall: Bench = {
  name: 'waterfall',
  about: `a trace of ${SPANS.toLocaleString('en')} spans in Chromium: opens in at most ${OPEN_MS / 1_000} s, scrolls without a frame over ${FRAME_MS} ms`,
  async run({ quick, say }) {
    const spans = quick ? SPANS / 10 : SPANS;
    const rounds: Round[] = [];
    say('building the web');
    for await (const line of linesOf([String(spans), String(quick ? 1 : ROUNDS)])) {
      rounds.push(JSON.parse(line) as Round);
      say(`round ${rounds.length}: ${line}`);
    }
    const openMs = median(rounds.map((round) => round.openMs));
    const glideMs = median(rounds.map((round) => round.glideWorstMs));
    const jumpMs = median(rounds.map((round) => round.jumpWorstMs));
    return {
      rows: rounds.map((round, index) => ({ round: index + 1, spans, ...round })),
      verdicts: [
        verdict('from the address to the waterfall, median', openMs, OPEN_MS),
        verdict('longest frame while scrolling, median of rounds', glideMs, FRAME_MS),
        verdict('longest frame while jumping about, median of rounds', jumpMs, FRAME_MS),
      ],
    };
  },
};

const verdict = (figure: string, gotMs: number, mostMs: number) => ({
  figure,
  wanted: `at most ${mostMs} ms`,
  got: `${Math.round(gotMs)} ms`,
  holds: gotMs <= mostMs,
});

/** A process of its own: the browser's half is checked with the browser's types. */
async function* linesOf(args: readonly string[]): AsyncGenerator<string> {
  const child = spawn(process.execPath, [MEASURE, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve));
  yield* createInterface({ input: child.stdout });
  const code = await exit;
  if (code !== 0) throw new Error(`measuring ended with ${code}`);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.POSITIVE_INFINITY;
