import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations } from './axe.ts';
import { largeTrace } from './fixture-large-trace.ts';
import { ODD_TRACE_ID, oddSpanId } from './fixture-odd-trace.ts';
import { SIZES } from './screens.ts';
import { browserOrSkip, DESK, type Stage, setStage, visit } from './stage.ts';

const browser = browserOrSkip();
const ODD = `/traces/${ODD_TRACE_ID}`;
const CHECKOUT = '/traces/00000000000000000000000000a11ce0';

describe.skipIf(browser === null)('the page of a trace, in a real browser', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage(browser ?? '');
  }, 120_000);
  afterAll(() => stage?.close());

  const at = (path: string): string => stage.server.url + path;
  const rows = (page: Page) => page.getByRole('treeitem');
  const chosen = (page: Page) => page.getByRole('treeitem', { selected: true });

  it('says what failed, what was waited for, and what is odd about the trace', async () => {
    const { context, page, faults } = await stage.open(DESK);
    await visit(page, at(ODD));
    for (const words of [
      'rider 4711 is not assigned to this order',
      'Clocks disagree; times are adjusted here: dispatch −505 ms',
      'The parent of 1 span was not received',
      '1 circle of parents',
      '1 span has the id of another',
      '1 span ended before it began',
      '1 span came twice',
      'Only the first',
    ])
      expect(await page.getByText(words).first().isVisible(), words).toBe(true);
    await page.getByRole('button', { name: 'Show as sent' }).click();
    await page.getByText('times are as they were sent').waitFor();
    expect(page.url()).toContain('skew=0');
    await page.getByRole('button', { name: 'dispatch: release rider' }).click();
    expect(await chosen(page).textContent()).toContain('release rider');
    await context.close();
    expect(faults).toEqual([]);
  });

  it('folds repeats, depths and services, and keeps all of it in the URL', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at(ODD));
    const folded = await rows(page).count();
    await rows(page).filter({ hasText: '×37' }).click();
    await expect.poll(() => rows(page).count()).toBeGreaterThan(folded + 10);
    expect(page.url()).toContain('open=');
    await page.getByLabel('How deep').selectOption('1');
    await expect.poll(() => rows(page).filter({ hasText: 'release rider' }).count()).toBe(0);
    await page.reload();
    await rows(page).first().waitFor();
    expect(await rows(page).filter({ hasText: 'POST /release' }).count()).toBe(0);
    await page.getByLabel('How deep').selectOption('');
    await page.getByRole('button', { name: /^dispatch \d/ }).click();
    await expect.poll(() => rows(page).filter({ hasText: 'release rider' }).count()).toBe(0);
    await context.close();
  });

  it('is driven by the keyboard, and lists its keys', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at(ODD));
    await page.keyboard.press('n');
    await expect.poll(() => chosen(page).textContent()).toContain('release rider');
    await page.keyboard.press('/');
    await page.keyboard.type('name="cache hit"');
    await page.getByText('0 of 1').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => chosen(page).textContent()).toContain('cache hit');
    await page.keyboard.press('Escape');
    await page.getByRole('tree').focus();
    await page.keyboard.press('Home');
    await expect.poll(() => chosen(page).textContent()).toContain('/cancel');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => chosen(page).getAttribute('aria-expanded')).toBe('false');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => chosen(page).textContent()).toContain('dispatch/release');
    await page.keyboard.press('c');
    await expect.poll(() => rows(page).filter({ hasText: 'free lane' }).count()).toBe(0);
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Critical path only, or all').waitFor();
    await context.close();
  });

  it('shows very large and very many attributes a part at a time', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at(`${ODD}?span=${oddSpanId('root')}`));
    const detail = page.getByRole('complementary', { name: 'Span' });
    const before = (await detail.textContent())?.length ?? 0;
    expect(before).toBeLessThan(3_000);
    await detail.getByRole('button', { name: /Show more/ }).click();
    expect((await detail.textContent())?.length).toBeGreaterThan(10_000);
    await visit(page, at(`${ODD}?span=${oddSpanId('fail')}`));
    expect(await detail.getByText(/^rider\.history/).count()).toBe(40);
    await detail.getByLabel('Find an attribute').fill('history.599');
    await detail.getByText('rider.history.599').waitFor();
    await context.close();
  });

  it('leads on: to traces with the attribute, to metrics, logs, campaign and incident', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at(`${CHECKOUT}?span=0000000000000006`));
    const detail = page.getByRole('complementary', { name: 'Span' });
    await detail.getByRole('heading', { name: 'Logs' }).waitFor();
    const filter = detail.getByRole('link', { name: 'Find traces with this service.name' });
    expect(new URL((await filter.getAttribute('href')) ?? '', stage.server.url).searchParams.get('q')).toBe(
      '{ resource.service.name = "dispatch" }',
    );
    expect(await detail.getByRole('link', { name: 'Metrics of its time' }).getAttribute('href')).toContain(
      'traces_span_metrics_calls_total',
    );
    expect(await detail.getByRole('link', { name: /^Incident: One-cent/ }).isVisible()).toBe(true);
    expect(await detail.getByRole('link', { name: 'One-cent tickets', exact: true }).isVisible()).toBe(true);
    await context.close();
  });

  it('is pinned as evidence with a name and a reason, and unpinned', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at(CHECKOUT));
    await page.getByRole('button', { name: 'Pin as evidence' }).click();
    await page.getByLabel('What it shows').fill('the first order that found no rider');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Pin', exact: true }).click();
    await page.getByText('Pinned by Lin Yue').waitFor();
    await page.getByText('the first order that found no rider').waitFor();
    await page.getByRole('button', { name: 'Unpin' }).click();
    await page.getByRole('button', { name: 'Pin as evidence' }).waitFor();
    await context.close();
  });

  it('compares with a trace that began in the same way', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at(CHECKOUT));
    await page.getByRole('button', { name: 'Compare with…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('link').first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByRole('link').first().click();
    await page.getByText('only in this trace').waitFor();
    expect(new URL(page.url()).searchParams.get('compare')).toMatch(/^[0-9a-f]{32}$/);
    await page.getByRole('link', { name: 'End the comparison' }).click();
    await page.getByRole('tree').waitFor();
    await context.close();
  });

  it('sets two traces side by side, call by call, and says what differs in one call', async () => {
    const { context, page, faults } = await stage.open(DESK);
    const param = (name: string) => new URL(page.url()).searchParams.get(name);
    await visit(page, at(`${CHECKOUT}?compare=00000000000000000000000000a13bcf`));
    await page.getByText('Side by side', { exact: true }).click();
    await expect.poll(() => param('as')).toBe('beside');
    const calls = page.getByRole('region', { name: 'Difference' }).getByRole('listitem');
    expect(await calls.filter({ hasText: 'reserve lane' }).textContent()).toContain('only in this trace');
    // Twice in both, and one of them failed: a link to each side.
    expect(await calls.filter({ hasText: 'find rider' }).getByRole('link').allTextContents()).toEqual([
      expect.stringContaining('1 error×2'),
      expect.stringMatching(/^×2/),
    ]);
    await calls.getByRole('button', { name: /find rider/ }).click();
    const detail = page.getByRole('complementary', { name: 'Span' });
    await detail.getByText('no rider within 3 km, retried').waitFor();
    expect(param('span')).toBe('0000000000000006');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Same time scale' }).click();
    await page.getByRole('button', { name: /^Only what differs/ }).click();
    await expect.poll(() => [param('scale'), param('differs')]).toEqual(['own', '1']);
    await page.reload();
    await calls.filter({ hasText: 'reserve lane' }).waitFor();
    await detail.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => detail.count()).toBe(0);
    await context.close();
    expect(faults).toEqual([]);
  });

  it('opens ten thousand spans and draws only those in sight', async () => {
    const id = 'ee'.repeat(16);
    const spans = [...largeTrace(10_000, Date.now() - 60_000)];
    stage.server.api.traces.set(id, { traceId: id, cut: false, spans });
    const { context, page } = await stage.open({ ...DESK, size: SIZES.phone });
    await visit(page, at(`/traces/${id}?repeats=0`));
    expect(await rows(page).count()).toBeLessThan(80);
    await page.getByRole('tree').evaluate((tree) => tree.scrollTo(0, tree.scrollHeight));
    await expect.poll(() => page.locator('#span-row-9999').count()).toBe(1);
    expect(await axeViolations(page)).toEqual([]);
    await context.close();
  });
});
