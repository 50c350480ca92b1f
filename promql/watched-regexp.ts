import { createContext, Script } from 'node:vm';
import { EvaluationError } from './errors.ts';

/** Longer than any honest match takes. */
const MATCH_MS_MAX = 250;
/** Below this, even a pattern with a few repetitions side by side is done at once. */
const SHORT = 256;

const sandbox = createContext({ match: (): unknown => undefined });
const script = new Script('match()');

/**
 * An expression that V8 can only match by backtracking, which some texts make last for ever while nothing else runs:
 * a match that takes too long is ended. Starting the watch costs up to 0.2 ms, so short texts go without where no
 * repetition is repeated.
 */
export class WatchedRegExp extends RegExp {
  readonly #repeatsGroups: boolean = REPEATED_GROUP.test(this.source);

  /** @throws EvaluationError where it takes too long */
  override exec(text: string): RegExpExecArray | null {
    if (!this.#repeatsGroups && text.length <= SHORT) return super.exec(text);
    sandbox.match = () => super.exec(text);
    try {
      return script.runInContext(sandbox, { timeout: MATCH_MS_MAX }) as RegExpExecArray | null;
    } catch (error) {
      // An error of the sandbox's own realm, so no `instanceof Error`.
      const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
      if (code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new EvaluationError(
        `the regular expression takes too long to match a text of ${text.length} characters: repeat no group, or leave (?i) out`,
      );
    }
  }
}

/** From here on V8's linear engine does not take over. */
const COUNT_ABOVE_16 = /[{,](1[7-9]|[2-9]\d|\d{3,})[,}]/;
const REPEATED_GROUP = /\)[*+{]/;

/** Whether an expression may need the watch: V8's linear engine cannot take over, and there is something to backtrack over. */
export function mayRunLong(source: string, flags: string): boolean {
  const linear =
    !flags.includes('u') && !/\(\?[ims-]+:|\(\?<?[=!]/.test(source) && !COUNT_ABOVE_16.test(source);
  return !linear && (REPEATED_GROUP.test(source) || (source.match(/[*+}]/g)?.length ?? 0) >= 2);
}
