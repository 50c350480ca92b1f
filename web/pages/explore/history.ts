const STORAGE_KEY = 'tidewarden.explore.history';
const MOST_KEPT = 50;

/** The queries that were run in this browser, the newest first. */
export function recallQueries(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter((item) => typeof item === 'string') : [];
  } catch {
    return [];
  }
}

/** Puts a query in front of the others. */
export function rememberQuery(query: string): readonly string[] {
  const kept = [query, ...recallQueries().filter((other) => other !== query)].slice(0, MOST_KEPT);
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(kept));
  } catch {
    // The history lasts as long as the page where storage is forbidden.
  }
  return kept;
}
