import { syntaxTree } from '@codemirror/language';
import { type EditorView, hoverTooltip, type Tooltip } from '@codemirror/view';
import { metadataOf } from '../unit-of-query.ts';
import { FUNCTION_DOCS } from './function-docs.ts';
import type { EditorKnowledge } from './knowledge.ts';
import { signatureOf } from './signatures.ts';

interface Help {
  readonly title: string;
  /** Type and unit of a metric. */
  readonly facts?: string;
  readonly text: string;
}

/** Help for what is under the pointer: a function's types and what it does, a metric's type, unit and help. */
export const hoverHelp = (knowledge: EditorKnowledge) =>
  hoverTooltip(
    async (view: EditorView, at: number): Promise<Tooltip | null> => {
      const node = syntaxTree(view.state).resolveInner(at, 1);
      const named =
        ['FunctionIdentifier', 'AggregateOp'].includes(node.parent?.name ?? '') && node.parent !== null
          ? node.parent
          : node;
      const help = await helpFor(named.name, view.state.sliceDoc(named.from, named.to), knowledge);
      return help === null
        ? null
        : { pos: named.from, end: named.to, above: true, create: () => ({ dom: helpBox(help) }) };
    },
    { hoverTime: 350 },
  );

async function helpFor(kind: string, name: string, knowledge: EditorKnowledge): Promise<Help | null> {
  if (kind === 'FunctionIdentifier' || kind === 'AggregateOp') {
    const docs = FUNCTION_DOCS[name.toLowerCase()];
    const signature = signatureOf(name.toLowerCase());
    if (docs === undefined || signature === undefined) return null;
    return { title: signature, text: docs[knowledge.language === 'zh' ? 1 : 0] };
  }
  if (kind !== 'Identifier') return null;
  const known = metadataOf(name, await knowledge.metadata().catch(() => new Map()));
  if (known === null) return null;
  const { words } = knowledge;
  const facts = [words.metric(known.type), ...(known.unit === '' ? [] : [words.unit(known.unit)])];
  return { title: name, facts: facts.join(' · '), text: known.help === '' ? words.noHelp : known.help };
}

/** Texts come from telemetry, so they are set as text. */
function helpBox({ title, facts, text }: Help): HTMLElement {
  const box = document.createElement('div');
  box.className = 'twx-help';
  const line = (name: string, content: string, style = ''): void => {
    const element = document.createElement(name);
    element.textContent = content;
    if (style !== '') element.className = style;
    box.append(element);
  };
  line('code', title);
  if (facts !== undefined) line('p', facts, 'twx-facts');
  line('p', text);
  return box;
}
