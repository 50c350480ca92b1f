/** Where a query is wrong, as the parser says it: line and column count from 1. */
export interface QueryFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Takes `invalid parameter "query": 1:7: parse error: …` apart; null where the message has no place in it. */
export function readFault(message: string): QueryFault | null {
  const parsed = /(?:^|: )(\d+):(\d+): ([\s\S]+)$/.exec(message);
  if (parsed === null) return null;
  return { line: Number(parsed[1]), column: Number(parsed[2]), message: parsed[3] ?? '' };
}
