import { existsSync, readFileSync } from 'node:fs';
import { parseArguments } from '../arguments.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';

const FILE = 'tidewarden.yaml';

/** The configuration from the working directory, the environment and the command line. @throws ConfigError */
export function configure(args: readonly string[]): Config {
  return loadConfig({
    ...(existsSync(FILE) && { file: { name: FILE, text: readFileSync(FILE, 'utf8') } }),
    environment: process.env,
    flags: parseArguments(args).flags,
  });
}
