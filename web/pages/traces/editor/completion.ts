import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';
import type { TagValue } from '../../../api/tempo-tag-values.ts';
import { formatLiteral, text } from '../query/condition.ts';
import { type CompletionPlace, placeAt } from './context.ts';
import type { TraceKnowledge } from './knowledge.ts';
import { INTRINSIC_FIELDS, KEYWORD_VALUES, type LanguageWord, STAGES, STARTS } from './words.ts';

/** What is inserted for a word; `$` is where the cursor goes. */
const applying =
  (template: string) =>
  (view: EditorView, _: Completion, from: number, to: number): void => {
    const cursor = template.indexOf('$');
    const insert = template.replace('$', '');
    view.dispatch({
      changes: { from, to, insert },
      selection: { anchor: from + (cursor < 0 ? insert.length : cursor) },
      userEvent: 'input.complete',
    });
  };

const asCompletion = (
  { label, apply, docs }: LanguageWord,
  detail: string,
  language: 'en' | 'zh',
): Completion => ({
  label,
  detail,
  info: docs[language === 'zh' ? 1 : 0],
  ...(apply !== undefined && { apply: applying(apply) }),
});

const OPERATOR_WORDS = ['=', '!=', '=~', '!~', '>', '>=', '<', '<='];
const WORD = /^[\p{L}\p{N}_.:"/ -]*$/u;

/** Completion of TraceQL: fields and values as the product has them, and the language's own words. */
export function traceqlCompletion(knowledge: TraceKnowledge) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const before = context.state.sliceDoc(0, context.pos);
    const place = placeAt(before);
    if (place === null) return null;
    // After a space nothing is offered that nobody asked for, but where a value or a field must come.
    const nothingTyped = place.from === context.pos;
    if (nothingTyped && !context.explicit && !['value', 'field', 'stage'].includes(place.kind)) return null;
    const options = await optionsAt(place, knowledge);
    return options.length === 0 ? null : { from: place.from, options, validFor: WORD };
  };
}

async function optionsAt(place: CompletionPlace, knowledge: TraceKnowledge): Promise<readonly Completion[]> {
  const { words, language } = knowledge;
  switch (place.kind) {
    case 'start':
      return STARTS.map((word) => asCompletion(word, '', language));
    case 'stage':
      return STAGES.map((word) => asCompletion(word, words.stage, language));
    case 'operator':
      return OPERATOR_WORDS.map((label) => ({ label, apply: applying(`${label} $`) }));
    case 'join':
      return ['&&', '||'].map((label) => ({ label, apply: applying(`${label} $`) }));
    case 'field': {
      const attributes = await knowledge.fields().catch(() => []);
      return [
        ...INTRINSIC_FIELDS.map((word) => asCompletion(word, words.intrinsic, language)),
        ...attributes.map((label) => ({ label, detail: words.attributeOf(label.split('.')[0] ?? '') })),
      ];
    }
    case 'value':
      return valueOptions(place, knowledge);
  }
}

async function valueOptions(
  { field, quote }: Extract<CompletionPlace, { kind: 'value' }>,
  knowledge: TraceKnowledge,
): Promise<readonly Completion[]> {
  const keywords = KEYWORD_VALUES[field];
  if (keywords !== undefined) return keywords.map((label) => ({ label, detail: knowledge.words.value }));
  const values = await knowledge.values(field).catch((): readonly TagValue[] => []);
  const titles = field.endsWith('campaign.id')
    ? await knowledge.campaigns().catch(() => new Map<string, string>())
    : new Map<string, string>();
  const known = new Map(values.map((value) => [value.value, value]));
  for (const id of titles.keys()) if (!known.has(id)) known.set(id, { type: 'string', value: id });
  return [...known.values()].map(({ type, value }) => ({
    label: value,
    detail: titles.get(value) ?? knowledge.words.value,
    // Inside a quote only the text is missing; the closing quote stands there already.
    apply:
      type !== 'string' || quote === '`'
        ? value
        : quote === ''
          ? formatLiteral(text(value))
          : formatLiteral(text(value)).slice(1, -1),
  }));
}
