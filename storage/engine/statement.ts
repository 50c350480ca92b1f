/** Turning an HTTP request's query, settings and parameters into what a connection runs. */

/** Parameters of ClickHouse's HTTP interface that are not settings, or mean nothing without its HTTP server. */
const NOT_SETTINGS = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'user',
  'password',
  'session_id',
  'session_timeout',
  'session_check',
  'role',
  'quota_key',
  'compress',
  'decompress',
  'enable_http_compression',
  'http_zlib_compression_level',
  'wait_end_of_query',
  'buffer_size',
  'http_response_buffer_size',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_write_exception_in_output_format',
  'cancel_http_readonly_queries_on_client_close',
  'add_http_cors_header',
]);

const NAME = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/** A string literal of ClickHouse's SQL. Backslash and quote are what could end it. */
export function literal(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}

/**
 * The SET statement for a request's settings and `param_…`. `readonly` comes last, because nothing
 * can be set after it. Values of parameters are already in the escaped text form that ClickHouse parses by the declared type.
 * Throws RangeError on a name that cannot be one.
 */
export function setStatement(request: Iterable<readonly [string, string]>): string {
  const values = new Map<string, string>();
  for (const [name, value] of request) {
    if (NOT_SETTINGS.has(name)) continue;
    if (!NAME.test(name)) throw new RangeError(`Setting ${JSON.stringify(name.slice(0, 80))} is not a name`);
    values.set(name, value);
  }
  const readonly = values.get('readonly');
  values.delete('readonly');
  const parts = [...values].map(([name, value]) => `${name} = ${literal(value)}`);
  if (readonly !== undefined) parts.push(`readonly = ${literal(readonly)}`);
  return `SET ${parts.join(', ')}`;
}

export type Statement =
  /** Runs through the insert path, which says how many rows it wrote. */
  | { readonly kind: 'insert-select'; readonly sql: string }
  | { readonly kind: 'insert-data'; readonly sql: string; readonly data: Buffer }
  /** An INSERT … FORMAT whose body is empty: a server inserts nothing and succeeds. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'query'; readonly sql: string; readonly format: string };

/** Comments, string literals and quoted identifiers, none of which can change what a statement is. */
const NOISE = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\[\s\S]|'')*'|`[^`]*`|"(?:[^"\\]|\\[\s\S])*"/g;
const INSERT = /^\s*(?:INSERT\b|WITH\b[\s\S]*?\bINSERT\s+INTO\b)/i;
const TRAILING_FORMAT = /\bFORMAT\s+([A-Za-z0-9_]+)\s*(?:SETTINGS\b[^;]*)?;?\s*$/i;

/** The output format of a query: its own FORMAT clause, else `fallback`, else what ClickHouse's HTTP interface answers in. */
export function outputFormat(sql: string, fallback: string | undefined): string {
  return TRAILING_FORMAT.exec(sql.slice(-400))?.[1] ?? fallback ?? 'TabSeparated';
}

/**
 * Sorts a request by how it must be run. `query` is the URL's query parameter, `body` the request's body; one of them may
 * be empty. With both, the body is the data of the query, as on a server.
 */
export function classify(query: string, body: Buffer, defaultFormat: string | undefined): Statement {
  const sql = query === '' ? body.toString('utf8') : query;
  const data = query === '' ? Buffer.alloc(0) : body;
  // An INSERT's inline data may be long and is not SQL; what the statement is shows in its beginning.
  if (!INSERT.test(sql.slice(0, 4_000).replace(NOISE, ' ')))
    return { kind: 'query', sql, format: outputFormat(sql, defaultFormat) };
  if (data.length > 0) return { kind: 'insert-data', sql, data };
  if (TRAILING_FORMAT.test(sql.slice(-400)) || /\bVALUES\s*;?\s*$/i.test(sql.slice(-400)))
    return { kind: 'nothing' };
  return dataClause(sql) === 'SELECT'
    ? { kind: 'insert-select', sql }
    : { kind: 'query', sql, format: 'TabSeparated' };
}

/** What an INSERT takes its data from: the first of these words outside parentheses, where names and expressions are. */
function dataClause(sql: string): string {
  let bare = sql.replace(NOISE, ' ');
  for (let before = ''; before !== bare; ) {
    before = bare;
    bare = bare.replace(/\([^()]*\)/g, ' ');
  }
  const word = /\b(?:VALUES|FORMAT|INFILE|SELECT|WITH)\b/i.exec(bare)?.[0].toUpperCase() ?? '';
  return word === 'WITH' ? 'SELECT' : word;
}

/** Formats whose output is the plain concatenation of its blocks' outputs, so that it can be sent chunk by chunk. */
export const STREAMABLE = new Set([
  'JSONEachRow',
  'JSONStringsEachRow',
  'JSONCompactEachRow',
  'JSONCompactStringsEachRow',
  'CSV',
  'TabSeparated',
  'TSV',
  'TabSeparatedRaw',
  'TSVRaw',
  'LineAsString',
  'RowBinary',
  'Native',
]);
