export type ParameterValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | readonly ParameterValue[]
  | { readonly [key: string]: ParameterValue };
export type Parameters = Readonly<Record<string, ParameterValue>>;

const ESCAPES: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  "'": "\\'",
  '\\': '\\\\',
};
const escapeText = (text: string): string =>
  text.replace(/[\t\n\r'\\]/g, (character) => ESCAPES[character] ?? '');

/** A parameter in the text form that ClickHouse parses by the declared type, as `@clickhouse/client` writes it. */
export function parameterText(value: ParameterValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  return nestedText(value);
}

function nestedText(value: ParameterValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${escapeText(value)}'`;
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number')
    return Number.isNaN(value) ? 'nan' : Number.isFinite(value) ? String(value) : value > 0 ? '+inf' : '-inf';
  if (value instanceof Date) return (value.getTime() / 1000).toFixed(3).padStart(14, '0');
  if (isList(value)) return `[${value.map(nestedText).join(',')}]`;
  const entries = Object.entries(value).map(([key, each]) => `${nestedText(key)}:${nestedText(each)}`);
  return `{${entries.join(',')}}`;
}

const isList = (value: ParameterValue): value is readonly ParameterValue[] => Array.isArray(value);
