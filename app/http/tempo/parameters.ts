import type { Request } from 'express';
import { parseDurationNanos } from '../../../traceql/duration.ts';
import { Refusal } from './refusal.ts';

/** Parsing takes time that everybody waits for; no query that people write comes near. */
const TEXT_MAX = 65_536;

/** A time range in epoch milliseconds, the end exclusive. */
export interface TimeRange {
  readonly startMs: number;
  readonly endMs: number;
}

/** What a query string says, as Tempo reads it; of a name that comes twice the first value counts. */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>;

  constructor(request: Request) {
    this.#values = new Map(
      Object.entries(request.query).flatMap(([name, value]) => {
        const text = Array.isArray(value) ? value[0] : value;
        if (typeof text !== 'string' || text === '') return [];
        if (text.length > TEXT_MAX)
          throw new Refusal(400, `invalid ${name}: longer than ${TEXT_MAX} characters`);
        if (text.includes('\0'))
          throw new Refusal(400, `invalid ${name}: a text must not hold the character NUL`);
        return [[name, text] as const];
      }),
    );
  }

  /** Undefined where it is missing or empty. */
  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  names(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** A whole number from 0 to 2^32. @throws Refusal */
  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^\d{1,10}$/.test(text))
      throw new Refusal(400, `invalid ${name}: ${JSON.stringify(text.slice(0, 100))} is no whole number`);
    return Number(text);
  }

  /** A limit from 1. @throws Refusal */
  limit(missing: number, most: number): number {
    const limit = this.integer('limit') ?? missing;
    if (limit === 0) throw new Refusal(400, 'invalid limit: must be a positive number');
    if (limit > most) throw new Refusal(400, `invalid limit: limit ${limit} exceeds max limit ${most}`);
    return limit;
  }

  /** A duration such as `1.5s` or `100ms`, to nanoseconds. @throws Refusal */
  durationNanos(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const nanos = parseDurationNanos(text);
    if (nanos === undefined)
      throw new Refusal(400, `invalid ${name}: time: invalid duration ${JSON.stringify(text.slice(0, 100))}`);
    return nanos;
  }

  /** `start` and `end` in epoch seconds; undefined where both are missing or 0. @throws Refusal */
  secondsRange(): TimeRange | undefined {
    const [start, end] = [this.integer('start') ?? 0, this.integer('end') ?? 0];
    if (start === 0 && end === 0) return undefined;
    if (end <= start)
      throw new Refusal(400, `http parameter start must be before end. received start=${start} end=${end}`);
    return { startMs: start * 1_000, endMs: end * 1_000 };
  }
}
