/** All runbooks there are, by id and language. */
import { type ContentProblem, inOrder } from '../campaigns/positioned-yaml.ts';
import type { RunbookDetail } from '../model/api/runbook.ts';
import { parseRunbook, type Runbook } from './parse-runbook.ts';

type RunbookLanguage = Runbook['language'];

/** The text of a runbook's file and its name, `crowd-surge.zh.md`. */
export interface RunbookFile {
  readonly name: string;
  readonly text: string;
}

export interface RunbookShelf {
  /** Every runbook once, by id, in that language where there is a translation. */
  list(language: RunbookLanguage): RunbookDetail[];
  /** The runbook in that language, else in the one there is. */
  find(id: string, language: RunbookLanguage): RunbookDetail | undefined;
  /** Files that could not be read; the others are on the shelf. */
  readonly problems: readonly ContentProblem[];
}

export function createRunbookShelf(files: readonly RunbookFile[]): RunbookShelf {
  const byId = new Map<string, Map<RunbookLanguage, Runbook>>();
  const problems: ContentProblem[] = [];
  for (const { name, text } of files) {
    const parsed = parseRunbook(text, name);
    if (!parsed.ok) {
      problems.push(...parsed.problems);
      continue;
    }
    const { runbook } = parsed;
    const translations = byId.get(runbook.id) ?? new Map<RunbookLanguage, Runbook>();
    byId.set(runbook.id, translations.set(runbook.language, runbook));
  }
  const find = (id: string, language: RunbookLanguage): RunbookDetail | undefined => {
    const translations = byId.get(id);
    const runbook = translations?.get(language) ?? translations?.values().next().value;
    return runbook && translations && { ...runbook, languages: [...translations.keys()].sort() };
  };
  return {
    list: (language) => [...byId.keys()].sort().flatMap((id) => find(id, language) ?? []),
    find,
    problems: inOrder(problems),
  };
}
