// `node app/launch/run.mjs [--web] FILE.ts [argument …]`: what every npm script goes through. It installs what is
// missing, builds the web where asked, and runs the file on the right Node.
import {
  ensureDatabaseTemplate,
  ensureInstalled,
  ensureWebBuilt,
  fail,
  findNode,
  NODE_FLAGS,
  runNode,
} from './house.mjs';

const args = process.argv.slice(2);
const web = args[0] === '--web';
if (web) args.shift();
if (args[0] === undefined) fail('usage: node app/launch/run.mjs [--web] FILE.ts [argument …]');

await ensureInstalled();
const node = findNode();
if (web) await Promise.all([ensureWebBuilt(node), ensureDatabaseTemplate(node)]);
process.exitCode = await runNode(node, [...NODE_FLAGS, ...args]);
