import { TidewardenError } from '../model/errors.ts';

/** The command line cannot be understood. */
export class UsageError extends TidewardenError {
  override readonly name = 'UsageError';
  constructor(message: string) {
    super('usage', message);
  }
}

/** `--name value`, `--name=value` and `--flag` taken apart from the other words. */
export interface Arguments {
  readonly words: readonly string[];
  readonly flags: readonly (readonly [string, string])[];
}

/** Splits a command line. A flag without a value is `true`; everything after `--` is a word. */
export function parseArguments(args: readonly string[]): Arguments {
  const words: string[] = [];
  const flags: [string, string][] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') {
      words.push(...args.slice(i + 1));
      break;
    }
    if (!arg.startsWith('--')) {
      words.push(arg);
      continue;
    }
    const [name, value] = splitOnce(arg.slice(2), '=');
    const next = args[i + 1];
    if (value !== undefined) flags.push([name, value]);
    else if (next !== undefined && !next.startsWith('--')) {
      flags.push([name, next]);
      i++;
    } else flags.push([name, 'true']);
  }
  return { words, flags };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}
