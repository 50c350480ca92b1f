/**
 * The text fields of a `multipart/form-data` body, in order: how `@clickhouse/client` sends parameters that are too long
 * for a URL. Parts without a name are skipped.
 */
export function parseMultipart(body: Buffer, boundary: string): (readonly [string, string])[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const fields: (readonly [string, string])[] = [];
  let at = body.indexOf(delimiter);
  while (at >= 0) {
    const start = at + delimiter.length + 2;
    const next = body.indexOf(delimiter, start);
    if (next < 0) break;
    const headersEnd = body.indexOf('\r\n\r\n', start);
    if (headersEnd >= 0 && headersEnd < next) {
      const headers = body.toString('utf8', start, headersEnd);
      const name = /\bname="([^"]*)"/i.exec(headers)?.[1];
      if (name !== undefined) fields.push([name, body.toString('utf8', headersEnd + 4, next - 2)]);
    }
    at = next;
  }
  return fields;
}
