import { StreamLanguage } from '@codemirror/language';
import { INTRINSIC_FIELDS, KEYWORD_VALUES, STAGES } from './words.ts';

const STAGE_WORDS: ReadonlySet<string> = new Set(STAGES.map(({ label }) => label));
const FIELD_WORDS: ReadonlySet<string> = new Set(INTRINSIC_FIELDS.map(({ label }) => label));
const VALUE_WORDS: ReadonlySet<string> = new Set([
  ...Object.values(KEYWORD_VALUES).flat(),
  ...['true', 'false', 'nil'],
]);

const STRING = /^(?:"(?:[^"\\\n]|\\.)*"?|`[^`]*`?)/;
const COMMENT = /^\/\/.*/;
const NUMBER = /^\d[\w.µ]*/u;
const ATTRIBUTE =
  /^(?:(?:resource|span|event|link|instrumentation|parent)?\.(?:[^\s{}()=~!<>&|^,"]|"(?:[^"\\]|\\.)*"?)+|(?:span|trace|event|link|instrumentation):\w+)/u;
const WORD = /^[\p{L}_][\p{L}\p{N}_]*/u;
const SIGNS = /^(?:[=!<>&|~^]+|[-+*/%])/;

/** TraceQL for colours and brackets alone: what it means is for the product to say. */
export const traceqlSyntax = StreamLanguage.define<{ inComment: boolean }>({
  name: 'traceql',
  startState: () => ({ inComment: false }),
  copyState: (state) => ({ ...state }),
  token(stream, state) {
    if (state.inComment || stream.match('/*')) {
      state.inComment = !stream.match(/^.*?\*\//);
      if (state.inComment) stream.skipToEnd();
      return 'lineComment';
    }
    if (stream.eatSpace()) return null;
    if (stream.match(COMMENT)) return 'lineComment';
    if (stream.match(STRING)) return 'string';
    if (stream.match(ATTRIBUTE)) return 'labelName';
    if (stream.match(NUMBER)) return 'number';
    const word = stream.match(WORD);
    if (typeof word === 'object' && word !== null) return wordStyle(word[0]);
    if (stream.match(SIGNS)) return 'logicOperator';
    stream.next();
    return null;
  },
});

function wordStyle(word: string): string | null {
  if (STAGE_WORDS.has(word) || word === 'with') return 'variableName.function';
  if (VALUE_WORDS.has(word)) return 'bool';
  return FIELD_WORDS.has(word) ? 'labelName' : null;
}
