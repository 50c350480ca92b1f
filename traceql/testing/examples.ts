import { parse } from 'yaml';
import { z } from 'zod';
import { TraceqlParseError, TraceqlUnsupportedError, TraceqlValidationError } from '../errors.ts';
import { parseQuery } from '../parser.ts';
import { formatQuery } from '../printer.ts';
import { validateQuery } from '../validate.ts';

/** What must become of the queries of a section. `dump` is a tool of whoever writes such files; it asserts nothing. */
const OUTCOMES = ['valid', 'parse_fails', 'validate_fails', 'unsupported'] as const;
type Outcome = (typeof OUTCOMES)[number];

const queries = z.array(z.string()).nullish();
const file = z.strictObject({
  valid: queries,
  parse_fails: queries,
  validate_fails: queries,
  unsupported: queries,
  dump: queries,
});

export interface ExampleResult {
  readonly wanted: Outcome;
  readonly query: string;
  /** Undefined if it passed. */
  readonly problem: string | undefined;
}

/** Runs a file of queries under what must become of them. @throws where the file is none */
export function runExamples(yaml: string): readonly ExampleResult[] {
  const sections = file.parse(parse(yaml));
  return OUTCOMES.flatMap((wanted) =>
    (sections[wanted] ?? []).map((query) => ({ wanted, query, problem: problemOf(query, wanted) })),
  );
}

function problemOf(query: string, wanted: Outcome): string | undefined {
  const { outcome, message } = outcomeOf(query);
  if (outcome !== wanted) return `wanted ${wanted}, got ${outcome}${message === '' ? '' : `: ${message}`}`;
  return outcome === 'valid' ? roundTrip(query) : undefined;
}

function outcomeOf(query: string): { outcome: Outcome | 'crash'; message: string } {
  try {
    validateQuery(parseQuery(query));
    return { outcome: 'valid', message: '' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof TraceqlParseError) return { outcome: 'parse_fails', message };
    if (error instanceof TraceqlValidationError) return { outcome: 'validate_fails', message };
    if (error instanceof TraceqlUnsupportedError) return { outcome: 'unsupported', message };
    return { outcome: 'crash', message };
  }
}

/** What is printed must parse, and print the same again. */
function roundTrip(query: string): string | undefined {
  const printed = formatQuery(parseQuery(query));
  try {
    const again = formatQuery(parseQuery(printed));
    return again === printed ? undefined : `printed as ${printed}, then as ${again}`;
  } catch (error) {
    return `printed as ${printed}, which is refused: ${error instanceof Error ? error.message : error}`;
  }
}
