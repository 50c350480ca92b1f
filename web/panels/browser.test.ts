import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserOrSkip, DESK, type Stage, setStage, visit } from '../testing/stage.ts';

const browser = browserOrSkip();

describe.skipIf(browser === null)('a dashboard in a real browser', () => {
  let stage: Stage;
  let page: Page;
  let faults: string[];
  let chart: Locator;
  let close: () => Promise<void>;

  beforeAll(async () => {
    stage = await setStage(browser ?? '');
  }, 180_000);
  afterAll(() => stage?.close());

  beforeEach(async () => {
    const opened = await stage.open(DESK);
    page = opened.page;
    faults = opened.faults;
    close = () => opened.context.close();
    page.setDefaultTimeout(30_000);
    await visit(page, `${stage.server.url}/dashboards/one-cent-tickets?from=now-1h&to=now&refresh=off`);
    chart = page.getByRole('slider', { name: 'Orders placed by city' });
    await chart.waitFor();
  }, 90_000);
  afterEach(async () => {
    await close();
    expect(faults).toEqual([]);
  });

  /** Points at a share of the chart's width, half-way down. */
  async function point(share: number): Promise<void> {
    const box = (await chart.boundingBox())!;
    await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
  }

  const tooltip = () => page.locator('.twc-tooltip');

  it('reads values under the pointer, the highest first, inside the screen', async () => {
    for (const share of [0.3, 0.97]) {
      await point(share);
      await tooltip().waitFor();
      const box = (await tooltip().boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(DESK.size.width);
      expect(box.y + box.height).toBeLessThanOrEqual(DESK.size.height);
      const values = await tooltip().locator('.twc-tooltip-value').allInnerTexts();
      const numbers = values.map((text) => Number.parseFloat(text.replace(/[^\d.-]/g, '')));
      expect(numbers.length).toBeGreaterThan(1);
      expect([...numbers].sort((a, b) => b - a)).toEqual(numbers);
    }
    await page.mouse.move(2, 2);
    await tooltip().waitFor({ state: 'detached' });
  });

  it('reads values by keyboard', async () => {
    await chart.focus();
    await page.keyboard.press('Home');
    const first = await chart.getAttribute('aria-valuetext');
    await page.keyboard.press('ArrowRight');
    const second = await chart.getAttribute('aria-valuetext');
    expect(second).not.toBe(first);
    await tooltip().waitFor();
    await page.keyboard.press('ArrowLeft');
    expect(await chart.getAttribute('aria-valuetext')).toBe(first);
    await page.keyboard.press('Escape');
    await tooltip().waitFor({ state: 'detached' });
  });

  it('zooms by dragging and goes back on a double click; the address follows', async () => {
    const box = (await chart.boundingBox())!;
    await point(0.4);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=\d{13}/);
    const zoomed = new URL(page.url()).searchParams;
    const length = Number(zoomed.get('to')) - Number(zoomed.get('from'));
    expect(length).toBeGreaterThan(8 * 60_000);
    expect(length).toBeLessThan(16 * 60_000);
    await point(0.5);
    await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
    await page.waitForFunction(() => {
      const search = new URL(location.href).searchParams;
      const wide = Number(search.get('to')) - Number(search.get('from'));
      return Math.abs(wide - 3_600_000) < 120_000;
    });
  });

  it('shows one series alone on a click, adds one with Ctrl, and all again', async () => {
    const panel = page.getByRole('region', { name: 'Orders placed by city' });
    const lines = panel.locator('[data-series]');
    const buttons = panel.locator('.twc-legend-list button, .twc-legend-table button');
    const all = await lines.count();
    expect(all).toBeGreaterThan(2);
    await buttons.nth(0).click();
    await expect.poll(() => lines.count()).toBe(1);
    await buttons.nth(1).click({ modifiers: ['Control'] });
    await expect.poll(() => lines.count()).toBe(2);
    await buttons.nth(0).click();
    await buttons.nth(0).click();
    await expect.poll(() => lines.count()).toBe(all);
  });

  it('turns into a table and back from its menu, by keyboard', async () => {
    const menu = page.getByRole('button', { name: 'Panel menu: Orders placed by city' });
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Show as table' }).press('Enter');
    const table = page.getByRole('region', { name: 'Orders placed by city' }).getByRole('table');
    await table.waitFor();
    expect(await table.getByRole('row').count()).toBeGreaterThan(10);
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Show as graph' }).press('Enter');
    await chart.waitFor();
  });
});
