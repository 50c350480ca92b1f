/** A string literal of ClickHouse's SQL, for text that is ours: paths, schemas. Values of users are bound as parameters. */
export function literal(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}
