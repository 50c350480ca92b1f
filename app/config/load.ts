import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Node as YamlNode } from 'yaml';
import type { z } from 'zod';
import { TidewardenError } from '../../model/errors.ts';
import { isLoopback } from './addresses.ts';
import { type Config, configSchema, ENVIRONMENT, SECRET_PATHS } from './schema.ts';

/** The configuration cannot be used; the message lists every fault with where it stands. */
export class ConfigError extends TidewardenError {
  override readonly name = 'ConfigError';
  constructor(faults: readonly string[]) {
    super('config', `The configuration cannot be used:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
}

/** Where settings come from, in rising precedence. */
export interface ConfigSources {
  readonly file?: { readonly name: string; readonly text: string };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `--otlp.http=…` as `['otlp.http', '…']`. */
  readonly flags: readonly (readonly [string, string])[];
}

type Tree = { [key: string]: Tree | unknown };

/**
 * Merges defaults < `tidewarden.yaml` < environment < flags.
 * @throws ConfigError with a position for every unknown key and every value that does not fit.
 */
export function loadConfig(sources: ConfigSources): Config {
  const faults: string[] = [];
  /** Setting's dotted path → where it was set. */
  const origin = new Map<string, string>();
  const tree: Tree = {};

  if (sources.file !== undefined) readYaml(sources.file, tree, origin, faults);
  readEnvironment(sources.environment, tree, origin, faults);
  for (const [path, value] of sources.flags) set(tree, path.split('.'), value, origin, `flag --${path}`);

  const parsed = configSchema.safeParse(tree);
  if (!parsed.success) faults.push(...parsed.error.issues.flatMap((issue) => describe(issue, origin)));
  if (faults.length > 0) throw new ConfigError(faults);
  const config = parsed.data!;
  refuseOpenHouse(config);
  return config;
}

function readYaml(
  file: { name: string; text: string },
  tree: Tree,
  origin: Map<string, string>,
  faults: string[],
): void {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines });
  const at = (node: YamlNode | null | undefined) => {
    const position = lines.linePos(node?.range?.[0] ?? 0);
    return `${file.name}:${position.line}:${position.col}`;
  };
  for (const error of document.errors) {
    const position = lines.linePos(error.pos[0]);
    faults.push(`${file.name}:${position.line}:${position.col}: ${error.message.split('\n')[0]}`);
  }
  const walk = (node: unknown, path: readonly string[]): void => {
    if (!isMap(node)) {
      if (node !== null && path.length === 0)
        faults.push(`${file.name}:1:1: a mapping of settings is expected`);
      return;
    }
    for (const pair of node.items) {
      const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
      const inner = [...path, key];
      if (isAlias(pair.value)) {
        faults.push(`${at(pair.value)}: aliases are not read here; write the value of «${inner.join('.')}»`);
      } else if (isMap(pair.value)) {
        origin.set(inner.join('.'), at(pair.key as YamlNode));
        walk(pair.value, inner);
      } else if (isSeq(pair.value)) {
        const items = pair.value.items.map((item) => (isScalar(item) ? item.value : null));
        set(tree, inner, items, origin, at(pair.key as YamlNode));
        for (const [index, item] of pair.value.items.entries())
          origin.set([...inner, index].join('.'), at(item as YamlNode));
      } else {
        set(tree, inner, isScalar(pair.value) ? pair.value.value : null, origin, at(pair.key as YamlNode));
      }
    }
  };
  if (document.contents !== null) walk(document.contents, []);
}

function readEnvironment(
  environment: ConfigSources['environment'],
  tree: Tree,
  origin: Map<string, string>,
  faults: string[],
): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('TIDEWARDEN_') || value === undefined || value === '') continue;
    const path = (ENVIRONMENT as Record<string, readonly string[]>)[name];
    if (path === undefined)
      faults.push(`environment ${name}: no such setting; known are ${Object.keys(ENVIRONMENT).join(', ')}`);
    else set(tree, path, value, origin, `environment ${name}`);
  }
}

function set(
  tree: Tree,
  path: readonly string[],
  value: unknown,
  origin: Map<string, string>,
  from: string,
): void {
  let node = tree;
  for (const key of path.slice(0, -1)) {
    const inner = Object.hasOwn(node, key) ? node[key] : undefined;
    node = (typeof inner === 'object' && inner !== null ? inner : defineOwn(node, key, {})) as Tree;
  }
  defineOwn(node, path.at(-1)!, value);
  origin.set(path.join('.'), from);
}

/** Assigns without ever touching a prototype, whatever the key is called. */
function defineOwn<T>(target: Tree, key: string, value: T): T {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  return value;
}

function describe(issue: z.core.$ZodIssue, origin: ReadonlyMap<string, string>): string[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const whole = [...path, key].join('.');
      return `${origin.get(whole) ?? whole}: no setting is called «${whole}»; see README, «Configuration»`;
    });
  }
  const whole = path.join('.');
  const message =
    SECRET_PATHS.has(whole) && issue.code !== 'too_small'
      ? 'the value does not fit (not shown: it may hold a secret)'
      : issue.message;
  return [`${origin.get(whole) ?? whole}: ${whole}: ${message}`];
}

function refuseOpenHouse(config: Config): void {
  if (config.auth.token !== undefined) return;
  const open = [
    ['http', config.http],
    ['otlp.http', config.otlp.http],
    ['otlp.grpc', config.otlp.grpc],
  ] as const;
  const faults = open
    .filter(([, at]) => !isLoopback(at.host))
    .map(
      ([name, at]) =>
        `${name}: ${at.host}:${at.port} can be reached from other machines and no authentication is configured; ` +
        'set TIDEWARDEN_TOKEN (at least 16 characters) or bind to 127.0.0.1',
    );
  if (faults.length > 0) throw new ConfigError(faults);
}
