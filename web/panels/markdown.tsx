import { marked, type Token, type Tokens } from 'marked';
import { Fragment, type ReactNode, useMemo } from 'react';

/**
 * Markdown as React elements, built from marked's tokens. HTML in the source is shown as the text it is: nothing of the
 * source reaches the page as markup, so there is nothing to sanitise afterwards.
 */
export function Markdown({ source }: { readonly source: string }) {
  const tokens = useMemo(() => marked.lexer(source), [source]);
  return <div className="twp-markdown">{tokens.map(block)}</div>;
}

/** Web addresses, e-mail and own paths; anything else is no link. */
export function safeHref(href: string): string | undefined {
  return /^(https?:\/\/|mailto:|tel:|#|\/(?!\/))/i.test(href.trim()) ? href.trim() : undefined;
}

function inline(tokens: readonly Token[] | undefined): ReactNode {
  return (tokens ?? []).map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parsed text never changes its order
    <Fragment key={index}>{inlineToken(token)}</Fragment>
  ));
}

function inlineToken(token: Token): ReactNode {
  switch (token.type) {
    case 'strong':
      return <strong>{inline(token.tokens)}</strong>;
    case 'em':
      return <em>{inline(token.tokens)}</em>;
    case 'del':
      return <del>{inline(token.tokens)}</del>;
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>;
    case 'br':
      return <br />;
    case 'link': {
      const { href, title } = token as Tokens.Link;
      const safe = safeHref(href);
      return safe === undefined ? (
        inline(token.tokens)
      ) : (
        <a href={safe} title={title ?? undefined} rel="noreferrer">
          {inline(token.tokens)}
        </a>
      );
    }
    case 'escape':
      return (token as Tokens.Escape).text;
    case 'text': {
      const words = token as Tokens.Text;
      return words.tokens === undefined ? words.text : inline(words.tokens);
    }
    default:
      return token.raw;
  }
}

const headings = ['h3', 'h3', 'h4', 'h5', 'h6', 'h6'] as const;

function block(token: Token, index: number): ReactNode {
  switch (token.type) {
    case 'space':
      return null;
    case 'heading': {
      const Heading = headings[(token as Tokens.Heading).depth - 1] ?? 'h6';
      return <Heading key={index}>{inline(token.tokens)}</Heading>;
    }
    case 'paragraph':
      return <p key={index}>{inline(token.tokens)}</p>;
    case 'text':
      return <Fragment key={index}>{inlineToken(token)}</Fragment>;
    case 'code':
      return (
        <pre key={index}>
          <code>{(token as Tokens.Code).text}</code>
        </pre>
      );
    case 'blockquote':
      return <blockquote key={index}>{(token.tokens ?? []).map(block)}</blockquote>;
    case 'hr':
      return <hr key={index} />;
    case 'list':
      return list(token as Tokens.List, index);
    case 'table':
      return table(token as Tokens.Table, index);
    default:
      return <p key={index}>{token.raw}</p>;
  }
}

function list(token: Tokens.List, index: number): ReactNode {
  const items = token.items.map((item, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a parsed list never changes its order
    <li key={place}>{item.tokens.map(block)}</li>
  ));
  return token.ordered ? (
    <ol key={index} start={token.start === '' ? undefined : token.start}>
      {items}
    </ol>
  ) : (
    <ul key={index}>{items}</ul>
  );
}

function table(token: Tokens.Table, index: number): ReactNode {
  return (
    <table key={index}>
      <thead>
        <tr>
          {token.header.map((cell, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns of a parsed table stay in place
            <th key={place} scope="col">
              {inline(cell.tokens)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {token.rows.map((row, rowPlace) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of a parsed table stay in place
          <tr key={rowPlace}>
            {row.map((cell, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns of a parsed table stay in place
              <td key={place}>{inline(cell.tokens)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
