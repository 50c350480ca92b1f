import { MantineProvider } from '@mantine/core';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { DashboardView } from './DashboardView.tsx';
import { Markdown, safeHref } from './markdown.tsx';

const view = (dashboard: unknown, locale = 'en'): string =>
  renderToStaticMarkup(
    <MantineProvider>
      <DashboardView
        dashboard={dashboard}
        variables={{ campaign: 'one-cent-tickets' }}
        range={{ fromMs: 0, toMs: 3_600_000 }}
        refreshMs={null}
        live={false}
        runQuery={async () => ({ series: [], warnings: [] })}
        locale={locale}
      />
    </MantineProvider>,
  );

describe('DashboardView', () => {
  it('lays panels out before any data is there', () => {
    const markup = view({
      panels: [
        {
          type: 'stat',
          title: 'Of $campaign',
          gridPos: { x: 4, y: 0, w: 6, h: 4 },
          targets: [{ expr: 'up' }],
        },
      ],
    });
    expect(markup).toContain('--twp-x:5;--twp-y:1;--twp-w:6;--twp-h:4');
    expect(markup).toContain('Of one-cent-tickets');
    expect(markup).toContain('aria-busy="true"');
    expect(markup).toContain('role="status" aria-label="Loading"');
  });

  it('says which panel types it cannot draw', () => {
    expect(view({ panels: [{ type: 'heatmap', title: 'H' }] })).toContain(
      'cannot draw a panel of type “heatmap”',
    );
    expect(view({ panels: [{ type: 'heatmap', title: 'H' }] }, 'zh-CN')).toContain(
      '无法绘制类型为“heatmap”的面板',
    );
  });

  it('says why a dashboard cannot be read', () => {
    expect(view({ panels: [{}] })).toContain('panels.0.type');
  });

  it('closes rows that are closed', () => {
    const row = {
      type: 'row',
      title: 'More',
      collapsed: true,
      panels: [{ type: 'text', title: 'T', options: { content: 'inside' } }],
    };
    expect(view({ panels: [row] })).toContain('aria-expanded="false"');
    expect(view({ panels: [row] })).not.toContain('inside');
  });
});

describe('Markdown', () => {
  const render = (source: string): string => renderToStaticMarkup(<Markdown source={source} />);

  it('draws what text panels use', () => {
    const markup = render(
      '# Title\n\nSome **bold** and `code` with a [link](https://example.org "why").\n\n1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nup\n```\n\n> quote',
    );
    for (const piece of [
      '<h3>Title</h3>',
      '<strong>bold</strong>',
      '<code>code</code>',
      'href="https://example.org"',
      '<ol start="1">',
      '<td>1</td>',
      '<pre>',
      '<blockquote>',
    ])
      expect(markup).toContain(piece);
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    'text <b onclick="x()">bold</b>',
    '[x](javascript:alert(1))',
    '![x](javascript:alert(1))',
    '<a href="javascript:alert(1)">x</a>',
  ])('lets no markup of the source through: %s', (source) => {
    const markup = render(source);
    expect(markup).not.toMatch(/<(script|img|b|a)[\s>]/);
  });

  it('takes only addresses of the web and our own', () => {
    expect(
      ['https://a', 'http://a', '/own', '#x', 'mailto:a@b', 'tel:1'].every(
        (href) => safeHref(href) !== undefined,
      ),
    ).toBe(true);
    expect(
      ['javascript:x', ' JaVaScRiPt:x', 'data:x', '//host', 'vbscript:x', 'relative'].some(
        (href) => safeHref(href) !== undefined,
      ),
    ).toBe(false);
  });
});
