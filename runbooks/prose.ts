/**
 * Markdown tokens → HTML that is safe to put into a page, whoever wrote the Markdown. Nothing is taken away afterwards;
 * only known elements are ever written: raw HTML becomes text, images become their description, and a link keeps its
 * address only when it is http, https or relative.
 */
import { Parser, Renderer, type Token, type Tokens } from 'marked';

/** Text as HTML; entities in it stay text, too. */
function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** The address when it may be followed: http, https, or a path, query or fragment of our own. Null otherwise. */
export function safeHref(href: string): string | null {
  // Browsers drop control characters and read a backslash as a slash; neither has a place in an address.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (/[\u0000-\u0020\u007f-\u009f\\]/.test(href)) return null;
  if (/^https?:\/\/[^/?#@]+(?:[/?#]|$)/i.test(href)) return href;
  const isRelative = /^(?:[#?]|\.{0,2}\/(?!\/)|[\w.-]+(?:[/?#]|$))/.test(href);
  return isRelative && !/^[^/?#]*:/.test(href) ? href : null;
}

/** A line that was broken between two Chinese characters or marks: no blank belongs there. */
const BREAK_IN_CHINESE = /(?<=[\u2e80-\u9fff\uff00-\uffef])\n(?=[\u2e80-\u9fff\uff00-\uffef])/g;

/** As `escapeHtml`, but `&copy;` and the like mean what they mean in Markdown. */
function escapeText(text: string): string {
  return text
    .replaceAll(BREAK_IN_CHINESE, '')
    .split(/(&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});)/i)
    .map((part, index) => (index % 2 === 1 ? part : escapeHtml(part)))
    .join('');
}

class ProseRenderer extends Renderer {
  override text(token: Tokens.Text | Tokens.Escape): string {
    // Behind an inline `<script>` the lexer marks text as not to be escaped; it is escaped all the same.
    return 'tokens' in token && token.tokens ? this.parser.parseInline(token.tokens) : escapeText(token.text);
  }
  override heading({ tokens, depth }: Tokens.Heading): string {
    // The page has the first level and the step the second; a heading in a quotation cannot outrank them.
    const level = Math.max(depth, 3);
    return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
  }
  override html({ text }: Tokens.HTML | Tokens.Tag): string {
    return escapeHtml(text);
  }
  override link({ href, tokens }: Tokens.Link): string {
    const words = this.parser.parseInline(tokens);
    const address = safeHref(href.replaceAll('&amp;', '&'));
    if (address === null) return words;
    const outside = /^https?:/i.test(address) ? ' target="_blank" rel="noopener noreferrer"' : '';
    return `<a href="${escapeHtml(address)}"${outside}>${words}</a>`;
  }
  override image({ text }: Tokens.Image): string {
    return escapeHtml(text);
  }
  override code({ text }: Tokens.Code): string {
    return `<pre><code>${escapeHtml(text)}</code></pre>\n`;
  }
  override codespan({ text }: Tokens.Codespan): string {
    return `<code>${escapeHtml(text)}</code>`;
  }
  override checkbox({ checked }: Tokens.Checkbox): string {
    return checked ? '☑ ' : '☐ ';
  }
}

export function renderProse(tokens: Token[]): string {
  return new Parser({ renderer: new ProseRenderer(), gfm: true }).parse(tokens);
}
