import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDashboards } from '../../dashboards/build.ts';
import { parseArguments, UsageError } from '../arguments.ts';
import { readCampaigns } from '../library.ts';
import { configure } from './configure.ts';

const USAGE = 'usage: tidewarden dashboards build [--out DIRECTORY] [--lang en|zh]';

/** `tidewarden dashboards build`: every dashboard as a Grafana JSON file, checked before it is written. */
export async function run(args: readonly string[]): Promise<number> {
  const { words, flags } = parseArguments(args);
  const given = new Map(flags);
  const language = given.get('lang') ?? 'en';
  if (words.join(' ') !== 'build' || (language !== 'en' && language !== 'zh')) throw new UsageError(USAGE);
  const out = given.get('out') ?? 'dist/dashboards';
  const config = configure(
    flags
      .filter(([name]) => name !== 'out' && name !== 'lang')
      .flatMap(([name, value]) => [`--${name}`, value]),
  );
  mkdirSync(out, { recursive: true });
  for (const { uid, title, dashboard } of buildDashboards(readCampaigns(config.content), {
    locale: language,
  })) {
    const path = join(out, `${uid}.json`);
    writeFileSync(path, `${JSON.stringify(dashboard, null, 2)}\n`);
    process.stdout.write(`${path}  ${title}\n`);
  }
  return 0;
}
