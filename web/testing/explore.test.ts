import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations } from './axe.ts';
import { SIZES } from './screens.ts';
import { browserOrSkip, DESK, type Stage, setStage, visit } from './stage.ts';

const browser = browserOrSkip();

const editor = (page: Page, letter = 'A') => page.getByRole('textbox', { name: `PromQL query ${letter}` });
const searchOf = (page: Page) => new URL(page.url()).searchParams;

describe.skipIf(browser === null)('explore, in a real browser', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage(browser ?? '');
  }, 120_000);
  afterAll(() => stage?.close());

  const at = (path: string): string => stage.server.url + path;

  it('runs a query by Enter, and begins a line by Shift-Enter', async () => {
    const { context, page, faults } = await stage.open(DESK);
    await visit(page, at('/explore'));
    await editor(page).click();
    await page.keyboard.type('order_placed_total');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('* 2');
    await page.keyboard.press('Escape');
    await editor(page).click();
    await page.keyboard.press('Enter');
    await page.waitForURL(/expr=/);
    expect(searchOf(page).get('expr')).toBe('order_placed_total\n* 2');
    await page.getByRole('region', { name: 'Results' }).getByRole('table').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('completes metrics, functions, and campaigns that sent nothing yet', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/explore'));
    await editor(page).click();
    await page.keyboard.type('gate_w');
    const offered = page.getByRole('listbox', { name: 'Completions' });
    await offered.getByRole('option', { name: /gate_wait_seconds/ }).waitFor();
    expect(await offered.getByRole('option').first().textContent()).toContain('gauge');
    // The editor takes no Enter for a list that came while it was pressed.
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
    await expect.poll(() => editor(page).textContent()).toBe('gate_wait_seconds');
    await page.keyboard.type('{campaign_id="');
    const campaigns = stage.server.api.answer('GET', new URL('http://fixture/api/campaigns'), '');
    const { body } = (await campaigns) as { body: { campaigns: { id: string; title: { en: string } }[] } };
    const silent = body.campaigns.find(({ id }) => id !== 'one-cent-tickets');
    const option = offered.getByRole('option', { name: new RegExp(silent?.id ?? 'none') });
    await option.waitFor();
    expect(await option.textContent()).toContain(silent?.title.en);
    await context.close();
  });

  it('helps with what is under the pointer', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/explore?expr=rate(order_placed_total%5B5m%5D)'));
    await editor(page).getByText('rate', { exact: true }).hover();
    await page.getByText('rate(range vector) → vector').waitFor();
    await page.getByText('Growth per second of a counter over the range').waitFor();
    await editor(page).getByText('order_placed_total', { exact: true }).hover();
    await page.getByText('Orders that were placed.').waitFor();
    await page.getByText('counter · unit {order}').waitFor();
    await context.close();
  });

  it('marks where a query is wrong while one types, and says it when it ran', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/explore'));
    await editor(page).click();
    await page.keyboard.type('up / / 2');
    const mark = page.locator('.cm-lintRange-error');
    await expect.poll(() => mark.textContent()).toBe('/');
    const before = await mark.evaluate((element) => element.previousSibling?.textContent);
    expect(before).toMatch(/^\s?$|up $/);
    await page.keyboard.press('Control+Enter');
    await page.getByText('Line 1, column 4:').waitFor();
    await expect.poll(() => mark.textContent()).toBe('/');
    await context.close();
  });

  it('holds several queries in the URL: added, duplicated, hidden, named, removed', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/explore?expr=max%20by%20(gate_id)%20(gate_wait_seconds)'));
    await page.getByRole('button', { name: 'Add a query' }).click();
    await editor(page, 'B').click();
    await page.keyboard.type('order_placed_total');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/expr=.*expr=order_placed_total/);
    const figures = page.getByRole('region', { name: 'Results' }).getByRole('figure');
    await expect.poll(() => figures.count()).toBe(2);

    const first = page.getByRole('region', { name: 'PromQL query A' });
    await first.getByLabel('Legend').fill('gate {{gate_id}}');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'A: gate north' }).waitFor();
    await first.getByRole('button', { name: 'Duplicate' }).click();
    await editor(page, 'C').waitFor();
    expect(searchOf(page).getAll('expr')).toEqual([
      'max by (gate_id) (gate_wait_seconds)',
      'max by (gate_id) (gate_wait_seconds)',
      'order_placed_total',
    ]);
    await page.getByRole('region', { name: 'PromQL query C' }).getByRole('button', { name: 'Hide' }).click();
    await expect.poll(() => figures.count()).toBe(1);
    await page.reload();
    await page.getByRole('button', { name: 'B: gate south' }).waitFor();
    expect(searchOf(page).get('hide')).toBe('C');
    await first.getByRole('button', { name: 'Remove' }).click();
    await editor(page, 'C').waitFor({ state: 'detached' });
    expect(searchOf(page).get('hide')).toBe('B');
    await context.close();
  });

  it('shows graph, table and warnings, with what to do about series that were refused', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/explore?expr=warn_total'));
    await page.getByText('2 of 3 parts answered').waitFor();
    await page.getByText('Instant').click();
    await page.getByRole('columnheader', { name: 'Value' }).waitFor();
    await visit(page, at('/explore?expr=order_units_total'));
    await page.getByText(/raise limits\.seriesPerMetric/).waitFor();
    await context.close();
  });

  it('opens the trace behind an exemplar', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/explore?expr=sum%20by%20(city_code)%20(rate(order_placed_total%5B5m%5D))'));
    await page.locator('.twc-exemplar').first().click();
    await page.waitForURL(/\/traces\/00000000000000000000000000a11ce0/);
    await context.close();
  });

  it('shows the plan, and that rolled-up samples were read', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/explore?expr=order_placed_total&explain=1'));
    const plan = page.getByRole('region', { name: 'Plan of query A' });
    await plan.getByText(/one for every 5 minutes/).waitFor();
    const row = plan.getByRole('row', { name: /in the store/ });
    expect(await row.getByRole('cell').allTextContents()).toEqual([
      'ClickHouse',
      'both',
      '3',
      '180,000',
      expect.stringContaining('31 ms'),
    ]);
    await context.close();
  });

  it('keeps a history with durations, finds in it and runs from it', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/explore'));
    for (const query of ['gate_wait_seconds', 'support_queue_length']) {
      await editor(page).fill(query);
      await page.keyboard.press('Control+Enter');
      await page.waitForURL(new RegExp(query));
      await page.getByText(/step 15 sec/).waitFor();
    }
    await page.getByRole('button', { name: 'History' }).click();
    const drawer = page.getByRole('dialog', { name: 'History' });
    await drawer.getByLabel('Find a query').fill('gate wait');
    const rows = drawer.getByRole('listitem');
    expect(await rows.count()).toBe(1);
    expect(await rows.textContent()).toMatch(/\d+ m?s/);
    await rows.getByRole('button', { name: 'Star' }).click();
    await drawer.getByText('gate_wait_seconds').click();
    await page.waitForURL(/gate_wait_seconds/);
    await page.reload();
    await page.getByRole('button', { name: 'History' }).click();
    await drawer.getByRole('switch', { name: 'Starred only' }).click();
    await expect.poll(() => rows.count()).toBe(1);
    await context.close();
  });

  it('browses metrics, their labels and values, and runs what was chosen', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/explore'));
    await page.getByRole('button', { name: 'Metrics' }).click();
    const drawer = page.getByRole('dialog', { name: 'Metrics' });
    await drawer.getByLabel('Find a metric').fill('before gate');
    await drawer.getByRole('button', { name: /gate_queue_length/ }).click();
    await drawer.getByText('gauge · unit {person}').waitFor();
    const gates = drawer.getByRole('region', { name: 'gate_id' });
    await gates.getByRole('button', { name: 'north 3' }).click();
    await drawer.getByRole('button', { name: 'Run this' }).click();
    await page.waitForURL(/expr=/);
    expect(searchOf(page).get('expr')).toBe('gate_queue_length{gate_id="north"}');
    await context.close();
  });

  it('makes a rule file of a query, and says how often it would have fired', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/explore?expr=max%20by%20(gate_id)%20(gate_wait_seconds)%20%3E%2030'));
    await page.getByRole('button', { name: 'Make an alert' }).click();
    const dialog = page.getByRole('dialog', { name: /Make an alert/ });
    expect(await dialog.getByLabel('Threshold').inputValue()).toBe('30');
    await dialog.getByText(/would have fired (once|\d+ times)/).waitFor();
    const save = dialog.getByRole('button', { name: 'Download' });
    expect(await save.isDisabled()).toBe(true);
    await dialog.getByLabel('Threshold').fill('1000000');
    await dialog.getByText('It would not have fired').waitFor();
    await dialog.getByLabel('Runbook').click();
    await page.getByRole('listbox').getByRole('option').first().click();
    await dialog.getByLabel('Summary').fill('Long wait');
    await dialog.getByLabel('Description').fill('More than half a minute.');
    const downloading = page.waitForEvent('download');
    await save.click();
    expect((await downloading).suggestedFilename()).toBe('gate-wait-seconds.yaml');
    await context.close();
  });

  it('tells its keys and answers them', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/explore?expr=gate_wait_seconds'));
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('In a query: run it').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('a');
    await editor(page, 'B').waitFor();
    await page.keyboard.press('t');
    await page.waitForURL(/view=table/);
    await page.keyboard.press('e');
    await expect
      .poll(() => editor(page).evaluate((element) => element === document.activeElement))
      .toBe(true);
    await context.close();
  });

  it('is accessible with its overlays open, on a desk and on a phone', async () => {
    const found: string[] = [];
    for (const look of [
      { ...DESK, theme: 'dark' as const },
      { ...DESK, language: 'zh-CN' as const, size: SIZES.phone },
    ]) {
      const { context, page } = await stage.open(look);
      await visit(page, at('/explore?expr=gate_wait_seconds'));
      const names =
        look.language === 'en' ? ['History', 'Metrics', 'Make an alert'] : ['历史', '指标', '设为告警'];
      for (const name of names) {
        await page.getByRole('button', { name }).click();
        await page.getByRole('dialog').waitFor();
        if (name === names[1])
          await page
            .getByRole('dialog')
            .getByRole('button', { name: /gate_wait/ })
            .click();
        await page.waitForTimeout(300);
        for (const violation of await axeViolations(page)) found.push(`${name}: ${violation}`);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      }
      await page.getByRole('textbox').first().click();
      await page.keyboard.press('Control+a');
      await page.keyboard.type('gate_');
      await page.getByRole('listbox').waitFor();
      for (const violation of await axeViolations(page)) found.push(`completion: ${violation}`);
      await context.close();
    }
    expect(found).toEqual([]);
  }, 60_000);
});
