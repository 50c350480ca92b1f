import { readFileSync } from 'node:fs';
import { parseArguments, UsageError } from '../arguments.ts';
import { checkRules, readRunbooks, ruleFiles } from '../library.ts';
import { configure } from './configure.ts';

/** `tidewarden rules check [FILE …]`: the files given, else the library and a team's own. Prints every problem. */
export async function run(args: readonly string[]): Promise<number> {
  const { words } = parseArguments(args);
  const [verb, ...paths] = words;
  if (verb !== 'check') throw new UsageError('usage: tidewarden rules check [FILE …]');
  const config = configure([]);
  const files =
    paths.length > 0
      ? paths.map((path) => ({ name: path, path, text: readFileSync(path, 'utf8') }))
      : ruleFiles(config.content);
  const { groups, problems } = checkRules(files, readRunbooks(config.content));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  const rules = groups.reduce((sum, group) => sum + group.rules.length, 0);
  process.stdout.write(
    `${files.length} files, ${groups.length} groups, ${rules} rules, ${problems.length} problems\n`,
  );
  return problems.length === 0 ? 0 : 1;
}
