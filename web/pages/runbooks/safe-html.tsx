import { createElement, Fragment, type ReactNode, useMemo } from 'react';

/**
 * Elements of prose, with the attributes that each may keep. Everything else loses its tag and keeps its text, but
 * for what is no text at all.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  blockquote: [],
  br: [],
  code: [],
  del: [],
  em: [],
  h2: [],
  h3: [],
  h4: [],
  hr: [],
  kbd: [],
  li: [],
  ol: ['start'],
  p: [],
  pre: [],
  strong: [],
  sub: [],
  sup: [],
  table: [],
  tbody: [],
  td: [],
  th: [],
  thead: [],
  tr: [],
  ul: [],
};
const DROPPED = new Set([
  'script',
  'style',
  'iframe',
  'object',
  'embed',
  'template',
  'noscript',
  'svg',
  'math',
]);
const VOID = new Set(['br', 'hr']);
const SAFE_LINK = /^(https?:|mailto:|tel:|\/(?!\/)|#)/i;

/** Headings of content go below the page's own. */
const RENAMED: Readonly<Record<string, string>> = { h2: 'h3', h3: 'h4', h4: 'h5' };

export interface SafeHtmlProps {
  readonly html: string;
}

/** HTML from the product, built again from the allowed elements only; nothing in it can run. */
export function SafeHtml({ html }: SafeHtmlProps) {
  return useMemo(() => {
    const parsed = new DOMParser().parseFromString(html, 'text/html');
    return <>{children(parsed.body)}</>;
  }, [html]);
}

function children(parent: Node): ReactNode[] {
  return [...parent.childNodes].map((node, index) => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent;
    if (!(node instanceof Element)) return null;
    const name = node.localName;
    if (DROPPED.has(name)) return null;
    const attributes = ALLOWED[name];
    // The order of static content never changes, so its index is a key.
    if (attributes === undefined) return createElement(Fragment, { key: index }, ...children(node));
    const properties = { key: index, ...safeAttributes(node, attributes) };
    return VOID.has(name)
      ? createElement(name, properties)
      : createElement(RENAMED[name] ?? name, properties, ...children(node));
  });
}

function safeAttributes(element: Element, allowed: readonly string[]): Record<string, string | number> {
  const safe: Record<string, string | number> = {};
  for (const name of allowed) {
    const value = element.getAttribute(name);
    if (value === null) continue;
    if (name === 'href') {
      if (!SAFE_LINK.test(value.trim())) continue;
      safe.href = value.trim();
      if (/^https?:/i.test(value.trim()))
        Object.assign(safe, { target: '_blank', rel: 'noopener noreferrer' });
    } else if (name === 'start' && Number.isInteger(Number(value))) safe.start = Number(value);
  }
  return safe;
}
