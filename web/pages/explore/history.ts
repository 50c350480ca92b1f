import { z } from 'zod';

const STORAGE_KEY = 'tidewarden.explore.history';
const MOST_KEPT = 200;

const pastQuery = z.object({
  expr: z.string().min(1),
  /** When it was last run, epoch ms; null: not known. */
  atMs: z.number().nullable(),
  /** How long its last answer took; null: it gave none. */
  tookMs: z.number().nullable(),
  runs: z.number().int().min(1),
  starred: z.boolean(),
});
export type PastQuery = z.infer<typeof pastQuery>;

/** Before times were kept, the history was a list of texts. */
const stored = z.array(
  z.union([
    pastQuery,
    z
      .string()
      .min(1)
      .transform((expr): PastQuery => ({ expr, atMs: null, tookMs: null, runs: 1, starred: false })),
  ]),
);

/** Reads what the browser keeps; nothing where it is not a history. */
export function parseHistory(text: string | null): readonly PastQuery[] {
  try {
    const parsed = stored.safeParse(JSON.parse(text ?? '[]'));
    return parsed.success ? parsed.data : [];
  } catch {
    return [];
  }
}

/** Puts a query in front of the others. Starred ones are never pushed out. */
export function withRun(past: readonly PastQuery[], expr: string, atMs: number): readonly PastQuery[] {
  const known = past.find((one) => one.expr === expr);
  const run: PastQuery =
    known === undefined
      ? { expr, atMs, tookMs: null, runs: 1, starred: false }
      : { ...known, atMs, tookMs: null, runs: known.runs + 1 };
  return prune([run, ...past.filter((one) => one.expr !== expr)]);
}

function prune(past: readonly PastQuery[]): readonly PastQuery[] {
  let kept = 0;
  return past.filter(({ starred }) => {
    if (starred) return true;
    kept += 1;
    return kept <= MOST_KEPT;
  });
}

const change = (past: readonly PastQuery[], expr: string, part: Partial<PastQuery>): readonly PastQuery[] =>
  past.map((one) => (one.expr === expr ? { ...one, ...part } : one));

/** Notes how long the newest run of a query took; a query that is not in the history is not put there. */
export const withDuration = (
  past: readonly PastQuery[],
  expr: string,
  tookMs: number,
): readonly PastQuery[] => change(past, expr, { tookMs });

export const withStar = (past: readonly PastQuery[], expr: string, starred: boolean): readonly PastQuery[] =>
  change(past, expr, { starred });

export const without = (past: readonly PastQuery[], expr: string): readonly PastQuery[] =>
  past.filter((one) => one.expr !== expr);

/** Those that have every word of `text`, in the order they were run. */
export function searchHistory(
  past: readonly PastQuery[],
  text: string,
  onlyStarred: boolean,
): readonly PastQuery[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return past.filter(
    ({ expr, starred }) =>
      (starred || !onlyStarred) && words.every((word) => expr.toLowerCase().includes(word)),
  );
}

/** The queries that were run in this browser, the newest first. */
export function loadHistory(): readonly PastQuery[] {
  try {
    return parseHistory(localStorage.getItem(STORAGE_KEY));
  } catch {
    return [];
  }
}

export function saveHistory(past: readonly PastQuery[]): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(past));
  } catch {
    // The history lasts as long as the page where storage is forbidden.
  }
}
