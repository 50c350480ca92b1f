import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CaseOutcome, runScript, type ScriptStore } from './run-script.ts';

export interface FileOutcome extends CaseOutcome {
  readonly file: string;
}

/**
 * Runs the `*.test` scripts of a directory (those that `wanted` accepts), in order of their names. A script that cannot be read counts as
 * one failure.
 */
export async function runDirectory(
  directory: string,
  store: ScriptStore,
  wanted: (file: string) => boolean = () => true,
): Promise<FileOutcome[]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith('.test') && wanted(name)).sort();
  const outcomes: FileOutcome[] = [];
  for (const file of files) {
    try {
      const text = await readFile(join(directory, file), 'utf8');
      const found = await runScript(text, store);
      for (const outcome of found) outcomes.push({ ...outcome, file });
      const written = text.match(/^\s*eval/gm)?.length ?? 0;
      if (written !== found.length)
        outcomes.push({
          file,
          line: 0,
          query: '(the script)',
          problem: `has ${written} evaluations, but ${found.length} were read`,
        });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      outcomes.push({ file, line: 0, query: '(the script)', problem });
    }
  }
  return outcomes;
}
