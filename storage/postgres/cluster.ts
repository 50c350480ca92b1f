import { spawn } from 'node:child_process';
import { constants, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DatabaseError } from './database-error.ts';

/** Runs `initialise-embedded.ts` as a process of its own, which leaves a whole cluster at `directory` or nothing. */
async function initialise(directory: string): Promise<void> {
  const script = fileURLToPath(new URL('./initialise-embedded.ts', import.meta.url));
  const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code === 0 && existsSync(directory)) return;
  throw new DatabaseError(`${directory}: a new database could not be made: ${complaint.trim()}`, false);
}

/** Clusters are copied only between processes of one version of the engine. */
function engineVersion(): string {
  const entry = fileURLToPath(import.meta.resolve('@electric-sql/pglite'));
  const manifest: unknown = JSON.parse(readFileSync(join(entry, '..', '..', 'package.json'), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}

/**
 * Makes sure that there is a cluster to copy in `templates` and returns its directory. It costs 3 s of CPU once; a program
 * that installs can pay them beforehand.
 * @throws DatabaseError
 */
export async function prepareTemplate(templates: string): Promise<string> {
  const template = join(templates, `pglite-${engineVersion()}`);
  if (!existsSync(template)) {
    mkdirSync(templates, { recursive: true });
    await initialise(template);
  }
  return template;
}

/**
 * Makes a fresh cluster at `cluster`: a copy of the one in `templates` where such a folder is given, which takes a tenth of a
 * second instead of three. Killed at any point it leaves nothing there.
 * @throws DatabaseError
 */
export async function createCluster(cluster: string, templates: string | undefined): Promise<void> {
  if (templates === undefined) return initialise(cluster);
  let template: string;
  try {
    template = await prepareTemplate(templates);
  } catch {
    // A folder that cannot be written is no reason not to start.
    return initialise(cluster);
  }
  const fresh = `${cluster}.copy`;
  rmSync(fresh, { recursive: true, force: true });
  cpSync(template, fresh, { recursive: true, mode: constants.COPYFILE_FICLONE });
  renameSync(fresh, cluster);
}
