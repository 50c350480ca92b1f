/** ClickHouse's errors as its HTTP interface answers them. */

export interface Exception {
  readonly code: number;
  readonly name: string;
  readonly status: number;
  /** `Code: 62. DB::Exception: … (SYNTAX_ERROR)`, as clients parse it. */
  readonly text: string;
}

/** HTTP statuses by error code; all others are 500. Source: ClickHouse's `exceptionCodeToHTTPStatus`. */
const STATUS: Readonly<Record<number, number>> = {
  6: 400,
  26: 400,
  27: 400,
  36: 400,
  38: 400,
  41: 400,
  42: 400,
  43: 400,
  44: 400,
  46: 404,
  47: 404,
  48: 501,
  50: 404,
  53: 400,
  60: 404,
  62: 400,
  70: 400,
  81: 404,
  115: 400,
  131: 413,
  158: 500,
  159: 408,
  164: 403,
  192: 403,
  193: 403,
  202: 503,
  241: 500,
  373: 423,
  456: 400,
  457: 400,
  497: 403,
  516: 403,
};

/** What a failed native call says, as an exception; text that is none of ClickHouse's becomes STD_EXCEPTION (1001). */
export function toException(error: unknown): Exception {
  const message = (error instanceof Error ? error.message : String(error)).replace(/^Query failed: /, '');
  const code = /\bCode: (\d+)/.exec(message)?.[1];
  if (code === undefined) return exception(1001, 'STD_EXCEPTION', message);
  const name = /\(([A-Z][A-Z0-9_]+)\)\.?\s*$/.exec(message)?.[1] ?? 'UNKNOWN';
  return { code: Number(code), name, status: STATUS[Number(code)] ?? 500, text: message.trim() };
}

/** An exception that the engine itself raises. */
export function exception(code: number, name: string, message: string): Exception {
  return {
    code,
    name,
    status: STATUS[code] ?? 500,
    text: `Code: ${code}. DB::Exception: ${message} (${name})`,
  };
}
