import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SIZES } from './screens.ts';
import { browserOrSkip, DESK, type Stage, setStage, visit } from './stage.ts';

const browser = browserOrSkip();

describe.skipIf(browser === null)('the pages, in a real browser', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage(browser ?? '');
  }, 120_000);
  afterAll(() => stage?.close());

  const at = (path: string): string => stage.server.url + path;

  it('shows at once, without a reload, what someone else did', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/incidents/inc-1042'));
    await page.evaluate(() => Object.assign(window, { stayed: true }));
    const before = await page.locator('ol > li[data-type]').count();
    stage.server.api.comment('inc-1042', 'Chen Bo', 'The south gate has a second lane now.');
    await page.getByText('The south gate has a second lane now.').waitFor();
    expect(await page.locator('ol > li[data-type]').count()).toBe(before + 1);
    expect(await page.evaluate(() => 'stayed' in window)).toBe(true);
    await context.close();
  });

  it('keeps the screen as it is while paused, and catches up after', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/incidents/inc-1042'));
    await page.getByRole('button', { name: 'Pause updates' }).click();
    stage.server.api.comment('inc-1042', 'Chen Bo', 'Said while paused.');
    stage.server.api.comment('inc-1042', 'Chen Bo', 'Said again while paused.');
    expect(await page.getByText('Said while paused.').count()).toBe(0);
    await page.getByRole('button', { name: 'Pause updates' }).click();
    await page.getByText('Said again while paused.').waitFor();
    await context.close();
  });

  it('says that it is disconnected, and connects again by itself', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/'));
    const status = page.locator('header').getByRole('status');
    await expect.poll(() => status.textContent()).toBe('Live');
    stage.server.dropStreams();
    await expect.poll(() => status.textContent(), { interval: 20 }).toBe('Disconnected');
    await expect.poll(() => status.textContent(), { timeout: 10_000 }).toBe('Live');
    await context.close();
  });

  it('keeps old figures on screen, says how old they are, and recovers', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/'));
    stage.server.api.state = 'broken';
    stage.server.announce({ subject: 'alerts' });
    await page.getByText('Below is what was known').waitFor();
    expect(await page.getByText('The engine is starting again').first().isVisible()).toBe(true);
    expect(await page.getByRole('heading', { name: 'Open incidents' }).isVisible()).toBe(true);
    stage.server.api.state = 'full';
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await page.getByText('Below is what was known').waitFor({ state: 'detached' });
    await context.close();
  });

  it('asks once for a name and sends it with what one does', async () => {
    const { context, page } = await stage.open({ ...DESK, name: null });
    await visit(page, at('/incidents/inc-1038'));
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Your name').fill('Wu Fei');
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    await dialog.getByRole('button', { name: 'That is me' }).click();
    expect((await sent).postDataJSON()).toEqual({ by: 'Wu Fei' });
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor({ state: 'detached' });
    await page.getByLabel('What you see or did').fill('Two more people on the phones.');
    const comment = page.waitForRequest((request) => request.method() === 'POST');
    await page.keyboard.press('Control+Enter');
    expect((await comment).postDataJSON()).toEqual({ by: 'Wu Fei', text: 'Two more people on the phones.' });
    await page.getByRole('listitem').getByText('Two more people on the phones.').waitFor();
    await context.close();
  });

  it('leads through the runbook: a step done brings the next', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/incidents/inc-1042'));
    await page.getByRole('heading', { name: /Call the venue/ }).waitFor();
    await page.getByLabel('Note: what you did or saw').fill('Duty manager Zhao is told');
    await page.getByRole('button', { name: 'Done', exact: true }).click();
    await page.getByRole('heading', { name: 'Open more lanes' }).waitFor();
    await page.getByText('Duty manager Zhao is told').waitFor();
    await context.close();
  });

  it('publishes an update and moves the clock', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/incidents/inc-1042'));
    await page.getByRole('button', { name: 'Write update' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('For whom').selectOption('users');
    await dialog.getByLabel('What they should know').fill('Tickets sold at 0.01 yuan are being checked.');
    await dialog.getByRole('button', { name: 'Publish to: Users' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Told: Users').waitFor();
    await page.getByText(/Update due in (20:00|19:)/).waitFor();
    await context.close();
  });

  it('is driven by the keyboard: skip link, rail, g i, search, key list', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/'));
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Now');
    await page.keyboard.press('g');
    await page.keyboard.press('i');
    await page.waitForURL('**/incidents');
    await page.keyboard.press('/');
    await page.getByRole('combobox', { name: /Find a campaign/ }).fill('crowd');
    await page.getByRole('listbox').getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => /crowd|Crowd|inc-1042/.test(url.pathname));
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /Find a campaign/ }).fill('00000000000000000000000000a11ce0');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/traces/00000000000000000000000000a11ce0');
    await context.close();
  });

  it('reaches acknowledge by Tab alone', async () => {
    const { context, page } = await stage.open({ ...DESK, name: 'Lin Yue' });
    stage.server.api.reset();
    await visit(page, at('/incidents/inc-1038'));
    let reached = false;
    for (let presses = 0; presses < 80 && !reached; presses += 1) {
      await page.keyboard.press('Tab');
      reached = (await focused(page)) === 'Acknowledge';
    }
    expect(reached).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor({ state: 'detached' });
    await context.close();
  });

  it('carries range and campaign from page to page in the URL', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/services?from=now-6h&to=now&campaign=one-cent-tickets'));
    await page.getByRole('link', { name: 'Alerts', exact: true }).click();
    await page.waitForURL('**/alerts?*');
    const query = new URL(page.url()).searchParams;
    expect([query.get('from'), query.get('campaign')]).toEqual(['now-6h', 'one-cent-tickets']);
    await page.getByRole('button', { name: /Time range/ }).click();
    await page.getByRole('button', { name: '15 min' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('from')).toBe('now-15m');
    await context.close();
  });

  it('remembers language and theme', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/settings'));
    await page.getByText('简体中文').click();
    await page.getByRole('heading', { name: '设置' }).waitFor();
    await page.getByText('深色').click();
    await page.reload();
    await page.getByRole('heading', { name: '设置' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme)).toBe('dark');
    await context.close();
  });

  it('tries a plan for a venue out by keyboard, keeps it in the URL, and takes it back', async () => {
    const { context, page } = await stage.open(DESK);
    await visit(page, at('/campaigns/one-cent-tickets?tab=venue'));
    const region = page.getByRole('region', { name: 'What if' });
    const people = region.getByRole('row', { name: /People who may come/ }).getByRole('cell');
    expect(await people.last().textContent()).toBe('–');
    await region.getByRole('button', { name: 'Lanes open at North gate: one more' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await region.getByRole('slider').focus();
    for (let times = 0; times < 10; times += 1) await page.keyboard.press('ArrowRight');
    await page.waitForURL(/lanes=north%3A4%2Csouth%3A1.*told=0\.5/);
    await expect.poll(() => people.last().textContent()).toBe('3,442');
    expect(await people.first().textContent()).toBe('6,884');
    await page.reload();
    await expect.poll(() => people.last().textContent()).toBe('3,442');
    await region.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => people.last().textContent()).toBe('–');
    expect(page.url()).not.toMatch(/lanes|told/);
    await context.close();
  });

  it('does not call a venue safe of which nothing was reported', async () => {
    const { context, page } = await stage.open(DESK);
    await page.route('**/api/campaigns/one-cent-tickets', async (route) => {
      const campaign = (await (await route.fetch()).json()) as { venues: object[] };
      const nothing = { points: [], ticketsHeld: 0, peak: null, reaches: { page: null, sev1: null } };
      const venues = campaign.venues.map((venue) => ({ ...venue, ...nothing, actBefore: null }));
      await route.fulfill({ json: { ...campaign, venues } });
    });
    await visit(page, at('/campaigns/one-cent-tickets?tab=venue'));
    await page.getByText('no ticket was reported yet').waitFor();
    expect(await page.getByText('stays below the limits').count()).toBe(0);
    await context.close();
  });

  it('shows one part of an incident on a phone, and a swipe brings the next', async () => {
    const { context, page } = await stage.open({ ...DESK, size: SIZES.phone });
    await visit(page, at('/incidents/inc-1042'));
    const timeline = page.getByRole('heading', { name: 'Timeline' });
    expect(await timeline.isVisible()).toBe(false);
    await page.locator('[data-part]').evaluate((element) => {
      const touch = (x: number): Touch =>
        new Touch({ identifier: 1, target: element, clientX: x, clientY: 300 });
      element.dispatchEvent(new TouchEvent('touchstart', { touches: [touch(320)], bubbles: true }));
      element.dispatchEvent(new TouchEvent('touchend', { changedTouches: [touch(60)], bubbles: true }));
    });
    await timeline.waitFor();
    const footer = await page.getByRole('button', { name: 'Write update' }).boundingBox();
    expect(footer?.height).toBeGreaterThanOrEqual(44);
    expect((footer?.y ?? 0) + (footer?.height ?? 0)).toBeLessThan(SIZES.phone.height - 56);
    await context.close();
  });

  it('shows an empty product with the command that fills it', async () => {
    stage.server.api.reset('empty');
    const { context, page, faults } = await stage.open(DESK);
    for (const path of ['/', '/campaigns', '/alerts', '/services', '/traces', '/explore']) {
      await visit(page, at(path));
      await page.getByText('npm run demo').first().waitFor();
    }
    await context.close();
    stage.server.api.reset();
    expect(faults).toEqual([]);
  });
});

/** The name of what has the focus. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(
    () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
  );
