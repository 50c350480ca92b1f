import type { Parameters, ParameterValue } from '../clickhouse/parameters.ts';

/** Collects what a query's author wrote, so that none of it becomes part of the SQL. */
export class SqlParameters {
  readonly #values: Record<string, ParameterValue> = {};
  #count = 0;

  /** Binds a value and gives its place in the SQL: `{v0:String}`. */
  bind(value: ParameterValue, type: 'String' | 'Float64' | 'Int64' | 'UInt64' | 'Array(String)'): string {
    const name = `v${this.#count++}`;
    this.#values[name] = value;
    return `{${name}:${type}}`;
  }

  get values(): Parameters {
    return this.#values;
  }
}
