import { TidewardenError } from '../model/errors.ts';
import { type PositionRange, positionOf } from '../promql/position.ts';

/** Every way in which a query can be refused before it runs. `position` counts code units of the query's text. */
export abstract class TraceqlError extends TidewardenError {
  readonly position: PositionRange;
  constructor(code: string, message: string, position: PositionRange) {
    super(code, message);
    this.position = positionOf(position);
  }
}

/** The text is not TraceQL. The message is Tempo's: `parse error at line 1, col 5: syntax error: unexpected …`. */
export class TraceqlParseError extends TraceqlError {
  override readonly name = 'TraceqlParseError';
  /** The message without the place. */
  readonly detail: string;
  constructor(query: string, position: PositionRange, detail: string) {
    const { line, column } = placeOf(query, position.start);
    super('bad_data', `parse error at line ${line}, col ${column}: ${detail}`, position);
    this.detail = detail;
  }
}

/** The query reads well and makes no sense: types that do not fit, a regular expression that is none, a limit of 0. */
export class TraceqlValidationError extends TraceqlError {
  override readonly name = 'TraceqlValidationError';
  constructor(message: string, position: PositionRange) {
    super('bad_data', `invalid TraceQL query: ${message}`, position);
  }
}

/** The query makes sense, and nothing here (nor in Tempo) can answer it. */
export class TraceqlUnsupportedError extends TraceqlError {
  override readonly name = 'TraceqlUnsupportedError';
  constructor(feature: string, position: PositionRange) {
    super('unsupported', `invalid TraceQL query: ${feature} not yet supported`, position);
  }
}

/** Line and column of an offset, both from 1; the column counts characters, as Tempo's does. */
function placeOf(query: string, offset: number): { line: number; column: number } {
  const before = query.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: Array.from(before.slice(lineStart)).length + 1 };
}
