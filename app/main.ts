import { TidewardenError } from '../model/errors.ts';
import { parseArguments, UsageError } from './arguments.ts';

/** Loaded by name, so that `--help` does not wait for ClickHouse. */
const COMMANDS: Readonly<
  Record<string, () => Promise<{ run: (args: readonly string[]) => Promise<number> }>>
> = {
  serve: () => import('./commands/serve.ts'),
  demo: () => import('./commands/demo.ts'),
  scenario: () => import('./commands/scenario.ts'),
  query: () => import('./commands/query.ts'),
  rules: () => import('./commands/rules.ts'),
  dashboards: () => import('./commands/dashboards.ts'),
};

const HELP = `usage: tidewarden COMMAND [argument …]

  serve                         run Tidewarden (npm start)
  demo                          the same, with four instrumented services and their traffic (npm run demo)
  scenario list|run|end|status  replay a case in the demo's services (npm run scenario -- …)
  query 'PROMQL' [--at TIME]    ask a running Tidewarden
  rules check [FILE …]          check rule files: syntax, queries, runbooks
  dashboards build [--out DIR]  write every dashboard as Grafana JSON

Settings are flags (--otlp.http 127.0.0.1:4318), environment variables or tidewarden.yaml; see README.md.
`;

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  const load = name === undefined ? undefined : COMMANDS[name];
  if (load === undefined || parseArguments(rest).flags.some(([flag]) => flag === 'help')) {
    process.stdout.write(HELP);
    return name === undefined || name === '--help' || load !== undefined ? 0 : 2;
  }
  try {
    return await (await load()).run(rest);
  } catch (error) {
    // What we raise on purpose was written for people; anything else is a defect and shows where it happened.
    if (!(error instanceof TidewardenError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
