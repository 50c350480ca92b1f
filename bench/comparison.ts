import type { Product } from '../tests/support/product.ts';
import { SCRAPE_MS } from './counters.ts';
import type { Peer } from './peers.ts';

export type Row = Record<string, string | number>;

/** A query that all three answer, and at most how much of Prometheus's time ours may take. */
export interface Question {
  readonly what: string;
  readonly query: string;
  /** 0: an instant query. */
  readonly rangeMs: number;
  readonly ofPrometheusMax: number | undefined;
}

const STEP_S = 60;

/** Medians of rounds in which each store is asked once; every round ends 15 s later, as a live view does, so that no answer is one before. */
export async function compare(
  question: Question,
  endMs: number,
  product: Product,
  peers: readonly Peer[],
  rounds: number,
): Promise<{ row: Row; ratio: number }> {
  const stores = [
    { name: 'ours', url: `${product.web}/prometheus`, suffix: '' },
    { name: 'prometheus', url: peers[0]!.url, suffix: '' },
    { name: 'victoriaMetrics', url: peers[1]!.url, suffix: '&nocache=1' },
  ];
  const times = stores.map((): number[] => []);
  const bytes = stores.map(() => 0);
  for (let round = -2; round < rounds; round++) {
    for (const [i, store] of stores.entries()) {
      const [ms, length] = await ask(
        store.url,
        question,
        endMs - (rounds - 1 - round) * SCRAPE_MS,
        store.suffix,
      );
      bytes[i] = length;
      if (round >= 0) times[i]!.push(ms);
    }
  }
  const [ours, prometheus, victoria] = times.map(median) as [number, number, number];
  const row: Row = {
    what: question.what,
    ours,
    prometheus,
    victoriaMetrics: victoria,
    ofPrometheus: ours / prometheus,
    ofVictoriaMetrics: ours / victoria,
    answerKiB: Math.round(bytes[0]! / 1_024),
  };
  return { row, ratio: ours / prometheus };
}

/** Said at once: a whole run takes a quarter of an hour, and may be cut off. */
export const inBrief = ({ ours, prometheus, victoriaMetrics }: Row): string =>
  `  ${[ours, prometheus, victoriaMetrics].map((ms) => Math.round(Number(ms))).join(', ')} ms (ours, Prometheus, VictoriaMetrics)`;

/** Milliseconds until the whole answer is there, and its length. */
async function ask(
  url: string,
  { query, rangeMs }: Question,
  endMs: number,
  suffix: string,
): Promise<[number, number]> {
  const time =
    rangeMs === 0
      ? `time=${endMs / 1_000}`
      : `start=${(endMs - rangeMs) / 1_000}&end=${endMs / 1_000}&step=${STEP_S}`;
  const path = `/api/v1/query${rangeMs === 0 ? '' : '_range'}?query=${encodeURIComponent(query)}&${time}${suffix}`;
  const startedMs = performance.now();
  const response = await fetch(url + path);
  const body = await response.arrayBuffer();
  if (!response.ok)
    throw new Error(`${url} answers ${response.status}: ${Buffer.from(body).toString('utf8', 0, 500)}`);
  return [performance.now() - startedMs, body.byteLength];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
