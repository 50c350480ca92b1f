/**
 * Run as a process of its own with a directory as its argument: makes a fresh cluster there and ends. Initialising
 * needs two more engines and 400 MB that the process doing it does not give back, so the product does not do it. The
 * directory appears when it is whole; where another process was faster, its cluster stays.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { startEngine } from './embedded-engine.ts';

const directory = process.argv[2];
if (directory === undefined) throw new Error('the directory of the new cluster is missing');
const fresh = `${directory}.${process.pid}`;
rmSync(fresh, { recursive: true, force: true });
try {
  const engine = await startEngine(fresh);
  await engine.close();
  if (!existsSync(directory)) renameSync(fresh, directory);
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
process.exit(0);
