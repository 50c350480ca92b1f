import { Document } from 'yaml';
import { formatAddress } from './addresses.ts';
import { type Config, SECRET_PATHS } from './schema.ts';

const SECRET = '<secret>';

/** The settings as text by their names, `limits.queryMs` → `30000`; no secrets. What is not set is left out. */
export function shownSettings(config: Config): Readonly<Record<string, string>> {
  return Object.fromEntries(settingsIn(config, []).map(([path, value]) => [path, String(value)]));
}

/** The settings as `tidewarden.yaml` would have them; no secrets. */
export function shownYaml(config: Config): string {
  const document = new Document({});
  for (const [path, value] of settingsIn(config, []))
    document.setIn(path.split('.'), document.createNode(value));
  return document.toString();
}

function settingsIn(
  value: unknown,
  path: readonly string[],
): (readonly [string, string | number | boolean | readonly unknown[]])[] {
  const name = path.join('.');
  if (value === undefined || value === null) return [];
  if (SECRET_PATHS.has(name)) return [[name, SECRET]];
  if (typeof value === 'string') return [[name, withoutCredentials(value)]];
  if (typeof value === 'number' || typeof value === 'boolean') return [[name, value]];
  if (Array.isArray(value)) return [[name, value]];
  if (isAddress(value)) return [[name, formatAddress(value)]];
  return Object.entries(value).flatMap(([key, inner]) => settingsIn(inner, [...path, key]));
}

const isAddress = (value: object): value is { host: string; port: number } =>
  'host' in value && 'port' in value && Object.keys(value).length === 2;

/** An address on the net may carry a user, a password or a token in its query. */
function withoutCredentials(text: string): string {
  if (!text.includes('://') || !URL.canParse(text)) return text;
  const { protocol, username, host, pathname, search } = new URL(text);
  return `${protocol}//${username === '' ? '' : `${SECRET}@`}${host}${pathname}${search === '' ? '' : `?${SECRET}`}`;
}
