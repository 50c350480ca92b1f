import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatProblem } from '../campaigns/positioned-yaml.ts';
import { parseRunbook } from './parse-runbook.ts';
import { safeHref } from './prose.ts';

const MATTER = `---
id: crowd-surge
title: A crowd
summary: When people come.
alerts: [CrowdSurgeForecast]
severity: page
safety: true
owner: On-call
reviewed: "2026-02-01"
sources:
  - title: A book
  - title: A page
    url: https://example.org/page
---
`;
const parse = (body: string, matter = MATTER, file = 'crowd-surge.md') => parseRunbook(matter + body, file);
function parsed(body: string) {
  const result = parse(body);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.runbook;
}
function problems(body: string, matter = MATTER, file = 'crowd-surge.md'): string[] {
  const result = parse(body, matter, file);
  return result.ok ? [] : result.problems.map(formatProblem);
}
const FENCE = '```';

test('front matter, introduction, steps and live queries', () => {
  const runbook = parsed(`Read **this** first.

## Stop the sale {#stop-sale role=commander within=5}

1. Do it.

${FENCE}promql title="Tickets held" unit="tickets" display=timeseries
venue_tickets_held{campaign_id="$campaign",venue_id="$venue"}
${FENCE}

Then look.

## Then rest
Sleep.
`);
  expect(runbook).toEqual({
    id: 'crowd-surge',
    title: 'A crowd',
    summary: 'When people come.',
    alerts: ['CrowdSurgeForecast'],
    severity: 'page',
    safety: true,
    owner: 'On-call',
    reviewedOn: '2026-02-01',
    language: 'en',
    sources: [
      { title: 'A book', url: null },
      { title: 'A page', url: 'https://example.org/page' },
    ],
    introduction: [{ kind: 'html', html: '<p>Read <strong>this</strong> first.</p>' }],
    steps: [
      {
        id: 'stop-sale',
        title: 'Stop the sale',
        role: 'commander',
        withinMinutes: 5,
        blocks: [
          { kind: 'html', html: '<ol>\n<li>Do it.</li>\n</ol>' },
          {
            kind: 'promql',
            query: 'venue_tickets_held{campaign_id="$campaign",venue_id="$venue"}',
            title: 'Tickets held',
            unit: 'tickets',
            display: 'timeseries',
          },
          { kind: 'html', html: '<p>Then look.</p>' },
        ],
      },
      {
        id: 'then-rest',
        title: 'Then rest',
        role: null,
        withinMinutes: null,
        blocks: [{ kind: 'html', html: '<p>Sleep.</p>' }],
      },
    ],
  });
});

test('the file says the language', () => {
  const result = parse('## 步骤 {#step}\n', MATTER, 'crowd-surge.zh.md');
  expect(result).toMatchObject({
    ok: true,
    runbook: { language: 'zh', steps: [{ id: 'step', title: '步骤' }] },
  });
});

test('line ends of another system and a byte order mark change nothing', () => {
  const body = '## One {#one}\nText.\n';
  expect(parseRunbook(`\uFEFF${(MATTER + body).replaceAll('\n', '\r\n')}`, 'crowd-surge.md')).toEqual(
    parse(body),
  );
});

const BODY_LINE = MATTER.split('\n').length;

describe('problems have their line', () => {
  test.each<[string, string, RegExp]>([
    ['no step', 'Text.\n', /has no step/],
    ['a title in the body', '# Title\n\n## One\n', /:1: has a heading `# `/],
    ['a step id twice', '## One\n\ntext\n\n## One\n', /:5: repeats the step id "one"/],
    ['a role that is none', '## One {role=king}\n', /:1: names the role "king"/],
    ['minutes that are none', '## One {within=soon}\n', /within=soon; write whole minutes/],
    ['an attribute that is none', '## One {whithin=5}\n', /unknown attribute "whithin"/],
    ['an attribute that cannot be read', '## One {#one =}\n', /cannot be read: =/],
    [
      'a query without a title',
      `## One\n\n${FENCE}promql\nup\n${FENCE}\n`,
      /:3: has a promql block without title/,
    ],
    [
      'a display that is none',
      `## One\n\n${FENCE}promql title="x" display=pie\nup\n${FENCE}\n`,
      /display=pie; use one of stat/,
    ],
    [
      'a query that is none',
      `## One\n\n${FENCE}promql title="x"\nsum(\n${FENCE}\n`,
      /:4: has a query that is not PromQL: 1:\d+: parse error/,
    ],
    [
      'an unknown variable',
      `## One\n\n${FENCE}promql title="x"\nup{a="$city"}\n${FENCE}\n`,
      /:3: uses \$city; only \$campaign and \$venue/,
    ],
    [
      'a query in a list',
      `## One\n\n- a\n\n  ${FENCE}promql title="x"\n  up\n  ${FENCE}\n`,
      /promql block inside a list/,
    ],
  ])('%s', (_, body, wanted) => {
    const [problem] = problems(body);
    const line = /^:(\d+):/.exec(wanted.source)?.[1];
    const expected =
      line === undefined
        ? wanted
        : new RegExp(`:${Number(line) + BODY_LINE - 1}:1${wanted.source.slice(line.length + 1)}`);
    expect(problem).toMatch(expected);
  });

  test('of the front matter', () => {
    expect(problems('## One\n', MATTER.replace('severity: page', 'severity: loud'))[0]).toMatch(
      /^crowd-surge.md:6:11: severity: /,
    );
    expect(problems('## One\n', MATTER.replace('owner:', 'ownr:')).join('\n')).toMatch(
      /:8:1: ownr: is not a known key/,
    );
    expect(problems('## One\n', MATTER, 'other.md')[0]).toMatch(
      /^other.md:2:5: id: is "crowd-surge" but the file is named "other"/,
    );
    expect(problems('## One\n', '')[0]).toMatch(/begins without front matter/);
    expect(
      problems('## One\n', MATTER.replace('https://example.org/page', 'javascript:alert(1)'))[0],
    ).toMatch(/http or https/);
  });
});

/** The elements and attributes that prose may consist of; anything else in the output is a hole. */
const ALLOWED =
  /^<\/?(?:p|strong|em|del|code|pre|ul|ol|li|blockquote|hr|br|h[3-6]|table|thead|tbody|tr|th|td)(?: (?:start="\d+"|align="(?:left|center|right)"))?\s*\/?>$|^<a href="[^"<>]*"(?: target="_blank" rel="noopener noreferrer")?>$|^<\/a>$/;
function holes(html: string): string[] {
  const tags = html.match(/<[^>]*>?/g) ?? [];
  const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!);
  return [
    ...tags.filter((tag) => !ALLOWED.test(tag)),
    ...links.filter((href) => !/^(?:https?:\/\/|[#?/.\w-])/.test(href) || /^[^/?#]*:(?!\/\/)/.test(href)),
  ];
}
const htmlOf = (body: string) =>
  parsed(`${body}\n\n## Step\n`)
    .introduction.map((block) => (block.kind === 'html' ? block.html : ''))
    .join('');

describe('hostile Markdown', () => {
  test.each([
    '<script>alert(1)</script>',
    'text <img src=x onerror=alert(1)> text',
    '<svg/onload=alert(1)>',
    '<iframe srcdoc="<script>1</script>"></iframe>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](java&#10;script:alert(1))',
    '[x](<java\tscript:alert(1)>)',
    '[x](data:text/html;base64,PHNjcmlwdD4=)',
    '[x](vbscript:msgbox)',
    '[x](//evil.example)',
    '[x](/\\evil.example)',
    '[x](https://user@evil.example)',
    '<javascript:alert(1)>',
    '![x](javascript:alert(1))',
    '![" onerror="alert(1)](https://e.example/x.png)',
    '[x](https://e.example/" onmouseover="alert(1))',
    '[x](https://e.example "title\\" onmouseover=\\"alert(1)")',
    '[x]: javascript:alert(1)\n\n[x]',
    '```"><script>alert(1)</script>\ncode\n```',
    '```html\n<script>alert(1)</script>\n```',
    '`<script>alert(1)</script>`',
    '| a |\n|---|\n| <script>alert(1)</script> |',
    '- [x] <b onclick=alert(1)>b</b>',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    '<!-- --><script>alert(1)</script>',
    '<style>*{display:none}</style>',
    '<a href="javascript:alert(1)">x</a>',
    '### <script>alert(1)</script>',
    '<https://e.example/?a=<script>>',
  ])('%s', (markdown) => {
    expect(holes(htmlOf(markdown))).toEqual([]);
  });

  test('of any kind', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '[',
      ']',
      '(',
      ')',
      '!',
      '`',
      '```',
      '\n',
      '\n\n',
      '|',
      '-',
      '*',
      '_',
      '~~',
      '#',
      '### ',
      '<script>',
      '</script>',
      '<img src=x onerror=alert(1)>',
      'javascript:',
      'https://a.example/',
      'data:',
      ' ',
      '\\',
      '&#106;',
      '&colon;',
      '\t',
      'onclick=',
      'a',
      ':',
      '//',
      '---',
      '<!--',
      '-->',
      '<a href=',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const result = parse(`${pieces.join('')}\n\n## Step\n`);
        if (!result.ok) return;
        const html = [
          ...result.runbook.introduction,
          ...result.runbook.steps.flatMap((step) => step.blocks),
        ].map((block) => (block.kind === 'html' ? block.html : ''));
        expect(holes(html.join(''))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test('links that are fine stay', () => {
    expect(htmlOf('[a](https://e.example/x?a=1&b=2#c) [b](/incidents) [c](other-runbook) [d](#step)')).toBe(
      '<p><a href="https://e.example/x?a=1&amp;b=2#c" target="_blank" rel="noopener noreferrer">a</a> <a href="/incidents">b</a> <a href="other-runbook">c</a> <a href="#step">d</a></p>',
    );
    expect(['mailto:a@b.example', 'tel:110', 'ftp://a', '', 'a:b', 'http://'].map(safeHref)).toEqual(
      Array(6).fill(null),
    );
  });
});

test('a line broken within Chinese text leaves no blank', () => {
  expect(htmlOf('停售，\n再打电话\nto us\nnow')).toBe('<p>停售，再打电话\nto us\nnow</p>');
});
