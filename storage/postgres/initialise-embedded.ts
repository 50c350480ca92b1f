/**
 * Run as a process of its own with a directory as its argument: makes a fresh cluster there and ends. Initialising
 * needs two more engines and 400 MB that the process doing it does not give back, so the product does not do it.
 */
import { startEngine } from './embedded-engine.ts';

const directory = process.argv[2];
if (directory === undefined) throw new Error('the directory of the new cluster is missing');
const engine = await startEngine(directory);
await engine.close();
process.exit(0);
