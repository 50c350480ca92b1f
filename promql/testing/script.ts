import { compileRegex } from '../matcher.ts';
import { type NotedSeries, parseSeriesLine, parseTime, signedNumber, unquoted } from './series-notation.ts';

/** One command of a script, with the line it begins at. */
export type Command =
  | { readonly kind: 'clear'; readonly line: number }
  | {
      readonly kind: 'load';
      readonly line: number;
      readonly stepMs: number;
      /** Also store classic histograms as native ones with custom buckets. */
      readonly withNhcb: boolean;
      readonly series: readonly NotedSeries[];
    }
  | EvalCommand;

export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly time:
    | { readonly kind: 'instant'; readonly atMs: number }
    | { readonly kind: 'range'; readonly startMs: number; readonly endMs: number; readonly stepMs: number };
  readonly expectations: readonly Expectation[];
  readonly ordered: boolean;
  /** `expect string`. */
  readonly text: string | undefined;
  /** `expect range vector`: the grid that the series lines are written over. */
  readonly rangeVector: { readonly startMs: number; readonly stepMs: number } | undefined;
  /** Of a scalar, the one value. */
  readonly scalar: number | undefined;
  readonly series: readonly NotedSeries[];
}

/** What is to be said beside the result. `matches` is absent if any will do. */
export interface Expectation {
  readonly kind: 'fail' | 'warn' | 'info' | 'no_warn' | 'no_info';
  readonly matches: ((message: string) => boolean) | undefined;
  readonly shown: string;
}

/**
 * Reads a script.
 *
 * @throws Error with the line, if it cannot be read.
 */
export function parseScript(text: string): Command[] {
  const lines = text.split('\n');
  const commands: Command[] = [];
  for (let i = 0; i < lines.length; ) {
    const head = cleanLine(lines[i]!);
    if (head === '') {
      i++;
      continue;
    }
    const block: string[] = [];
    const line = i + 1;
    for (i++; i < lines.length && !endsBlock(lines[i]!); i++) block.push(cleanLine(lines[i]!));
    try {
      commands.push(
        parseCommand(
          head,
          block.filter((one) => one !== ''),
          line,
        ),
      );
    } catch (error) {
      throw new Error(`line ${line}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
  return commands;
}

const cleanLine = (line: string): string => (line.trimStart().startsWith('#') ? '' : line.trim());
/** A blank line, or the next command: bodies are indented, or cannot be mistaken for one. */
const endsBlock = (line: string): boolean =>
  line.trim() === '' ||
  /^(?:clear|load|eval)(?:_[a-z_]+)?(?:\s|$)|^\s+eval(?:_[a-z]+)?\s+(?:instant|range)\s/.test(line);

function parseCommand(head: string, block: readonly string[], line: number): Command {
  if (/^clear\b/.test(head)) return { kind: 'clear', line };
  const load = /^load(_with_nhcb)?\s+(\S+)$/.exec(head);
  if (load !== null) {
    const series = block.map(parseSeriesLine);
    return { kind: 'load', line, stepMs: parseTime(load[2]!), withNhcb: load[1] !== undefined, series };
  }
  const evaluation = /^eval(?:_(fail|warn|info|ordered))?\s+(.*)$/.exec(head);
  if (evaluation !== null) return parseEval(evaluation[1], evaluation[2]!, block, line);
  throw new Error(`unknown command: ${head}`);
}

function parseEval(
  old: string | undefined,
  rest: string,
  block: readonly string[],
  line: number,
): EvalCommand {
  const instant = /^instant\s+(?:at\s+(\S+)\s+)?(.*)$/.exec(rest);
  const range = /^range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.*)$/.exec(rest);
  const found = range ?? instant;
  if (found === null) throw new Error(`cannot read: eval ${rest}`);
  const time =
    range === null
      ? { kind: 'instant' as const, atMs: parseTime(instant![1] ?? '0') }
      : {
          kind: 'range' as const,
          startMs: parseTime(range[1]!),
          endMs: parseTime(range[2]!),
          stepMs: parseTime(range[3]!),
        };
  const expectations: Expectation[] = [];
  if (old === 'fail' || old === 'warn' || old === 'info') {
    expectations.push({ kind: old, matches: undefined, shown: '' });
  }
  const body: Body = { expectations, ordered: old === 'ordered', series: [] };
  for (const one of block) readBodyLine(one, body);
  const { text, rangeVector, scalar, ordered, series } = body;
  return {
    kind: 'eval',
    line,
    query: found.at(-1)!,
    time,
    expectations,
    ordered,
    text,
    rangeVector,
    scalar,
    series,
  };
}

interface Body {
  readonly expectations: Expectation[];
  readonly series: NotedSeries[];
  ordered: boolean;
  text?: string;
  rangeVector?: { startMs: number; stepMs: number };
  scalar?: number;
}

function readBodyLine(line: string, body: Body): void {
  const old = /^expected_fail_(message|regexp)\s+(.*)$/.exec(line);
  if (old !== null) {
    body.expectations.push(expectation('fail', old[1] === 'message' ? 'msg' : 'regex', old[2]!));
    return;
  }
  if (line.startsWith('expect ')) {
    readExpect(line.slice(7).trim(), body);
    return;
  }
  if (isNumber(line)) body.scalar = signedNumber(line);
  else body.series.push(parseSeriesLine(line));
}

const isNumber = (line: string): boolean =>
  /^[+-]?(?:inf(?:inity)?|nan|0[xbo][\da-f_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i.test(line);

function readExpect(text: string, body: Body): void {
  const annotated = /^(fail|warn|info)(?:\s+(msg|regex):\s*(.*))?$/.exec(text);
  if (annotated !== null) {
    body.expectations.push(expectation(annotated[1] as 'fail', annotated[2], annotated[3]));
    return;
  }
  const range = /^range vector from (\S+) to (\S+) step (\S+)$/.exec(text);
  if (text === 'ordered') body.ordered = true;
  else if (text === 'no_warn' || text === 'no_info') {
    body.expectations.push({ kind: text, matches: undefined, shown: '' });
  } else if (text.startsWith('string ')) body.text = unquoted(text.slice(7).trim());
  else if (range !== null) body.rangeVector = { startMs: parseTime(range[1]!), stepMs: parseTime(range[3]!) };
  else throw new Error(`unknown expectation: ${text}`);
}

function expectation(kind: Expectation['kind'], how: string | undefined, text = ''): Expectation {
  if (how === undefined) return { kind, matches: undefined, shown: '' };
  if (how === 'msg') return { kind, matches: (message) => message === text, shown: text };
  // RE2's syntax, as queries have it; unlike there, the pattern may match any part of the message.
  const compiled = compileRegex(`.*(?:${text}).*`);
  if (!compiled.ok) throw new Error(compiled.error);
  return { kind, matches: (message) => compiled.regex.test(message), shown: `/${text}/` };
}
