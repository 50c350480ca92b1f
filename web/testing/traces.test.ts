import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations } from './axe.ts';
import { SIZES } from './screens.ts';
import { browserOrSkip, DESK, type Stage, setStage, visit } from './stage.ts';

const browser = browserOrSkip();

const CANCEL = 'POST /orders/:id/cancel';
const editor = (page: Page) => page.getByRole('textbox', { name: 'TraceQL query' });
/** A field that offers values; its list bears the same name. */
const field = (page: Page, name: string) => page.getByRole('combobox', { name, exact: true });
const queryOf = (page: Page) => new URL(page.url()).searchParams.get('q');
const rows = (page: Page) => page.locator('main li a[href^="/traces/"]:not([href*="span="])');

describe.skipIf(browser === null)('the traces page, in a real browser', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage(browser ?? '');
  }, 120_000);
  afterAll(() => stage?.close());

  const at = (path: string): string => stage.server.url + path;
  const asking = (q: string, rest = ''): string => at(`/traces?q=${encodeURIComponent(q)}${rest}`);

  it('finds the trace of an order number', async () => {
    const { context, page, faults } = await stage.open(DESK);
    await visit(page, at('/traces'));
    await page.getByLabel('Order number').fill('o-7042');
    await page.keyboard.press('Enter');
    await expect.poll(() => queryOf(page)).toBe('{ span.order.id = "o-7042" }');
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByText('span.order.id').first().waitFor();
    await rows(page).first().click();
    await page.waitForURL(/\/traces\/0+c0ffee2a/);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('offers to look further back when nothing fits', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, asking('{ span.order.id = "o-nobodys" }'));
    await page.getByText('No trace fits').waitFor();
    // Whoever narrowed the search too far has data; a demo is no remedy for it.
    expect(await page.getByText('npm run demo').count()).toBe(0);
    await page.getByRole('button', { name: 'Last 24 hr' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('from')).toBe('now-24h');
    await context.close();
  });

  it('says once that the product cannot answer, and goes on by itself when it can', async () => {
    const { context, page } = await stage.open(DESK);
    stage.server.api.state = 'broken';
    await visit(page, at('/traces?from=now-2h&to=now-1s&refresh=off'));
    await page.getByText('Tidewarden cannot answer right now').waitFor();
    expect(await page.getByRole('alert').count()).toBe(1);
    stage.server.api.state = 'full';
    await rows(page).first().waitFor({ timeout: 40_000 });
    await context.close();
  });

  it('says that an answer is late, with the age of what is shown meanwhile', async () => {
    const { context, page } = await stage.open(DESK);
    await page.clock.install();
    await visit(page, at('/traces'));
    stage.server.api.state = 'slow';
    await field(page, 'Service').fill('order');
    const asked = page.waitForRequest((request) => request.url().includes('/api/traces?q='));
    await page.keyboard.press('Enter');
    await asked;
    await page.clock.fastForward(9_000);
    await page.getByText('The answer takes longer than usual.').first().waitFor({ timeout: 40_000 });
    expect(await page.getByText('Below is what was known').first().isVisible()).toBe(true);
    stage.server.api.state = 'full';
    await context.close();
  });

  it('says of a search that stopped that it found none so far, not that none fits', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, asking('{ duration > 7s }'));
    await page.getByText('None in what was searched').waitFor();
    expect(await page.getByText('No trace fits').count()).toBe(0);
    await context.close();
  });

  it('keeps the query between form and editor, and says when a form cannot hold it', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/traces'));
    await field(page, 'Span name').fill(CANCEL);
    await page.getByLabel('Status').selectOption('error');
    await page.getByRole('button', { name: 'Attribute', exact: true }).click();
    await field(page, 'Attribute').fill('span.city.code');
    await field(page, 'Value').fill('44');
    await page.getByText('TraceQL', { exact: true }).first().click();
    await expect
      .poll(() => editor(page).textContent())
      .toBe(`{ name = "${CANCEL}" && status = error && span.city.code = "44" }`);
    await page.getByText('Form', { exact: true }).click();
    expect(await field(page, 'Span name').inputValue()).toBe(CANCEL);
    await page.getByRole('button', { name: 'Search', exact: true }).last().click();
    await expect.poll(() => rows(page).count()).toBe(26);
    await page.getByText('TraceQL', { exact: true }).first().click();
    await editor(page).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' | count() > 1');
    await page.getByText('This query says more than the form can.').waitFor();
    await context.close();
  });

  it('completes fields and values as the product has them, and marks what is wrong', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/traces?edit=text'));
    await editor(page).click();
    await page.keyboard.type('{ span.ord');
    const offered = page.getByRole('listbox', { name: 'Completions' });
    await offered.getByRole('option', { name: /span\.order\.id/ }).waitFor();
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    await page.keyboard.type(' = error && resource.service.name = ');
    await offered.getByRole('option', { name: /payment/ }).waitFor();
    await page.keyboard.type('pay');
    await page.waitForTimeout(250);
    await page.keyboard.press('Tab');
    await expect.poll(() => editor(page).textContent()).toMatch(/resource\.service\.name = "payment"/);
    await page.keyboard.type(' && status = erro');
    await page.keyboard.press('Escape');
    await editor(page).click();
    await expect.poll(() => page.locator('.cm-lintRange-error').textContent()).toBe('erro');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').getByText('The query cannot be read:').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await context.close();
  });

  it('selects by dragging, lists what is inside, and says what sets it apart', async () => {
    const { context, page, faults } = await stage.open(DESK);
    await visit(page, asking(`{ rootName = "${CANCEL}" }`));
    const plot = page.getByRole('slider', { name: 'Duration of traces' });
    const box = await plot.boundingBox();
    if (box === null) throw new Error('no plot');
    await page.mouse.move(box.x + 60, box.y + 5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 12, box.y + 60, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/box=\d+_\d+_[\d.]+_[\d.]+_trace/);
    await expect.poll(() => rows(page).count()).toBe(26);
    await page.getByText('What differs').click();
    const first = page.getByRole('region', { name: 'What differs' }).locator('ol > li').first();
    await first.getByText('points apart').waitFor();
    const names = await page
      .getByRole('region', { name: 'What differs' })
      .locator('ol code')
      .allTextContents();
    expect(names.slice(0, 4)).toContain('resource.service.version');
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Only with span.city.code = 44' }).click();
    await expect.poll(() => queryOf(page)).toBe(`{ rootName = "${CANCEL}" && span.city.code = "44" }`);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('walks the points by keys and opens one', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, asking('{ span.order.id = "o-7002" }'));
    const plot = page.getByRole('slider', { name: 'Duration of traces' });
    await plot.focus();
    await page.keyboard.press('End');
    expect(await plot.getAttribute('aria-valuetext')).toContain(`order: ${CANCEL}`);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/traces\/0+c0ffee02/);
    await context.close();
  });

  it('compares an outcome with the other outcomes of the same spans', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, asking(`{ rootName = "${CANCEL}" && status = error }`, '&tab=compare'));
    const region = page.getByRole('region', { name: 'What differs' });
    await region.getByText('52 selected spans').waitFor();
    await region.getByText('268 other spans').waitFor();
    await region.getByText('{ status = error }').waitFor();
    await context.close();
  });

  it('shows the latency of spans, narrowed by a selected cell, and metrics typed in the editor', async () => {
    const { context, page, faults } = await stage.open(DESK);
    await visit(page, at('/traces?graph=heatmap'));
    const plot = page.getByRole('slider', { name: 'Duration of spans' });
    await plot.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.waitForURL(/box=\d+_\d+_[\d.]+_[\d.]+_span/);
    await rows(page).first().waitFor();
    await visit(page, asking('{ } | rate() by (resource.service.name)'));
    await page.getByRole('figure').getByRole('slider', { name: 'Metrics of the query' }).waitFor();
    await page.getByText('Table', { exact: true }).click();
    await page.getByRole('table').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('narrows to the campaign of the page, names its incidents, and says why an answer is not whole', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, asking('{ status = error }', '&campaign=one-cent-tickets'));
    await page.getByText('1 open incident of this campaign:').waitFor();
    await page.getByText('{ .campaign.id = "one-cent-tickets" } | { status = error }').waitFor();
    await visit(page, asking('{ duration > 7s || status = error }'));
    await page.getByText('the oldest 40 minutes were not read').waitFor();
    await context.close();
  });

  it('takes the links of other pages, and holds on a phone', async () => {
    const { context, page } = await stage.open({ ...DESK, size: SIZES.phone, theme: 'dark' });
    await visit(page, at('/traces?service=payment&status=error&min=1000'));
    expect(await field(page, 'Service').inputValue()).toBe('payment');
    await expect.poll(() => rows(page).count()).toBe(26);
    await page.getByRole('button', { name: 'Select the slowest tenth' }).tap();
    await page.waitForURL(/box=/);
    await expect.poll(() => rows(page).count()).toBeLessThan(6);
    const tooWide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(tooWide).toBeLessThanOrEqual(0);
    await context.close();
  });
});
