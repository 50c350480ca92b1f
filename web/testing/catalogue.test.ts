import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';
import { en } from '../i18n/en/index.ts';
import { zhCN } from '../i18n/zh-CN/index.ts';

const WEB = join(import.meta.dirname, '..');
const PLURAL = /_(zero|one|two|few|many|other)$/;

/** `{a: {b: 'x'}}` → `[['a.b', 'x']]`. */
function flatten(catalogue: object, prefix = ''): [string, string][] {
  return Object.entries(catalogue).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string'
      ? [[`${prefix}${key}`, value] as [string, string]]
      : flatten(value as object, `${prefix}${key}.`),
  );
}

const english = flatten(en);
const chinese = flatten(zhCN);
const stems = (entries: readonly [string, string][]): string[] =>
  [...new Set(entries.map(([key]) => key.replace(PLURAL, '')))].sort();
const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '').sort();

/** Sources of the pages; the charts and panels have a catalogue and tests of their own. */
const sources = readdirSync(WEB, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !/^(charts|panels|testing|i18n)\//.test(path))
  .map((path) => ({ path, text: readFileSync(join(WEB, path), 'utf8') }));

describe('the catalogues', () => {
  it('say the same things in both languages', () => {
    expect(stems(chinese)).toEqual(stems(english));
  });

  it('have every plural form that their language needs', () => {
    for (const [entries, language] of [
      [english, 'en'],
      [chinese, 'zh-CN'],
    ] as const) {
      const keys = new Set(entries.map(([key]) => key));
      const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      const missing = entries
        .filter(([key]) => key.endsWith('_other'))
        .flatMap(([key]) => needed.map((category) => key.replace(PLURAL, `_${category}`)))
        .filter((key) => !keys.has(key));
      expect(missing, language).toEqual([]);
    }
  });

  it('fill the same values in', () => {
    const byKey = new Map(english);
    for (const [key, text] of chinese) {
      const original = byKey.get(key) ?? byKey.get(key.replace(PLURAL, '_other')) ?? '';
      expect(placeholders(text), key).toEqual(placeholders(original));
    }
  });

  it('leave no entry empty and none untranslated', () => {
    expect([...english, ...chinese].filter(([, text]) => text.trim() === '')).toEqual([]);
    const untranslated = chinese.filter(
      ([key, text]) =>
        !/[\u3400-\u9fff]/.test(text) &&
        /[a-z]{3}/i.test(text.replaceAll(/\{\{\w+\}\}/g, '')) &&
        new Map(english).get(key) !== text,
    );
    expect(untranslated).toEqual([]);
  });

  it('have no entry that no page uses', () => {
    const all = sources.map(({ text }) => text).join('\n');
    const beginnings = [...all.matchAll(/`([a-zA-Z.]+\.)\$\{/g)].map(([, beginning]) => beginning ?? '');
    const unused = stems(english).filter(
      (key) => !all.includes(`'${key}'`) && !beginnings.some((beginning) => key.startsWith(beginning)),
    );
    expect(unused).toEqual([]);
  });
});

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Attributes that people read or hear. */
const SPOKEN = new Set(['title', 'label', 'placeholder', 'alt', 'description', 'aria-label', 'error']);
/** Has letters that are words: key names such as `Esc` and single letters have none. */
const isWords = (text: string): boolean => /\p{L}{2,}/u.test(text);

function hardCoded(node: Node): string[] {
  const found: string[] = [];
  if (node.type === 'JSXText' && isWords(String(node.value))) found.push(String(node.value).trim());
  if (node.type === 'JSXAttribute') {
    const { name, value } = node as unknown as { name: { name: string }; value: Node | null };
    if (SPOKEN.has(name.name) && value?.type === 'Literal' && isWords(String(value.value))) {
      found.push(`${name.name}="${String(value.value)}"`);
    }
  }
  for (const child of Object.values(node)) {
    if (Array.isArray(child)) for (const one of child) if (isNode(one)) found.push(...hardCoded(one));
    if (isNode(child)) found.push(...hardCoded(child));
  }
  return found;
}

describe('the pages', () => {
  it('take every word from the catalogues', () => {
    const found = sources
      .filter(({ path }) => path.endsWith('.tsx'))
      .flatMap(({ path, text }) => {
        const program = parseAst(text, { lang: 'tsx' }, path);
        return hardCoded(program as unknown as Node).map((words) => `${path}: ${words}`);
      });
    expect(found).toEqual([]);
  });

  it('would notice a hard-coded word', () => {
    const program = parseAst('const a = <p title="Some words">And <b>more</b> {x}</p>;', { lang: 'tsx' });
    expect(hardCoded(program as unknown as Node)).toEqual(['title="Some words"', 'And', 'more']);
  });
});
