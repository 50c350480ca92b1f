/**
 * `node web/testing/measure-waterfall.ts ADDRESS TRACE ROUNDS`: opens a large trace of a running product in a real browser,
 * scrolls through it, searches in it; a line of JSON a round. The bench `waterfall` runs it.
 */
import type { Browser, Page } from 'playwright-core';
import { findBrowser, launchBrowser } from './browser.ts';
import { DESK, openPage } from './stage.ts';

/** Frames of each kind of scrolling: a second and a half at 60 a second. */
const FRAMES = 90;
/** The browser rests when it computed no more than this in such a time; it must do so after a while. */
const REST_MS = 300;
const REST_CPU_MS = 30;
const RESTED_AFTER_MS = 20_000;

const [address = '', traceId = '', rounds = '1'] = process.argv.slice(2);
const path = findBrowser();
if (path === null) throw new Error('No Chrome or Chromium found; set CHROMIUM_PATH to one.');
const browser = await launchBrowser(path);
for (let round = 0; round < Number(rounds); round++)
  console.log(JSON.stringify({ ...(await askOutline()), ...(await openAndScroll(browser)) }));
await browser.close();

/** What of it is the product's: from the question to the last byte. */
async function askOutline() {
  const startedMs = performance.now();
  const answer = await (await fetch(`${address}/api/traces/${traceId}/outline`)).arrayBuffer();
  return {
    megabytes: answer.byteLength / 2 ** 20,
    answerMs: Math.round(performance.now() - startedMs),
  };
}

async function openAndScroll(browser: Browser) {
  const { context, page, faults } = await openPage(browser, DESK);
  const session = await context.newCDPSession(page);
  // Thread ticks: what the page itself computed, whatever else the machine does.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  try {
    await atRest(browser);
    // All levels, and every one of many like spans: as many rows as there are spans.
    await page.goto(`${address}/traces/${traceId}?repeats=0`, { waitUntil: 'commit' });
    await page.waitForSelector('[role="treeitem"]', { timeout: 60_000 });
    const openMs = await page.evaluate(afterNextFrame);
    const asked = await page.evaluate(timesAsked, `/api/traces/${traceId}/outline`);
    if (asked !== 1) throw new Error(`the page asked for the outline ${asked} times`);
    const { metrics } = await session.send('Performance.getMetrics');
    const cpuS = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
    const glide = await page.evaluate(scroll, { frames: FRAMES, pixels: 120, isJump: false });
    const jump = await page.evaluate(scroll, { frames: FRAMES, pixels: 0, isJump: true });
    const findMs = await find(page);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    return {
      openMs,
      openCpuMs: Math.round(cpuS * 1_000),
      glideWorstMs: Math.max(...glide),
      glideMedianMs: median(glide),
      jumpWorstMs: Math.max(...jump),
      jumpMedianMs: median(jump),
      findMs,
    };
  } finally {
    await context.close();
  }
}

/**
 * Waits until the browser's own processes do next to nothing. A new window starts pages of its own (the list below its address bar alone
 * takes a second of a processor), and who opens a trace has a window already.
 */
async function atRest(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const cpuMs = async (): Promise<number> => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1_000, 0);
  };
  const startedMs = performance.now();
  let last = Number.NEGATIVE_INFINITY;
  for (let now = await cpuMs(); now - last > REST_CPU_MS; now = await cpuMs()) {
    if (performance.now() - startedMs > RESTED_AFTER_MS) throw new Error('the browser does not come to rest');
    last = now;
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
  await session.detach();
}

/** How often an address was asked for. */
function timesAsked(path: string): number {
  return performance.getEntriesByType('resource').filter(({ name }) => new URL(name).pathname === path)
    .length;
}

/** Milliseconds since the page's address was opened, when what is there now has been painted. */
function afterNextFrame(): Promise<number> {
  return new Promise((resolve) =>
    requestAnimationFrame(() => setTimeout(() => resolve(Math.round(performance.now())))),
  );
}

/** Scrolls a little (or far) every frame; how long each frame took, in milliseconds. */
function scroll({
  frames,
  pixels,
  isJump,
}: {
  frames: number;
  pixels: number;
  isJump: boolean;
}): Promise<number[]> {
  const tree = document.querySelector('[role="tree"]')!;
  const times: number[] = [];
  return new Promise((resolve) => {
    let last: number | null = null;
    const step = (now: number): void => {
      if (last !== null) times.push(now - last);
      last = now;
      if (times.length === frames) {
        resolve(times);
        return;
      }
      if (isJump) tree.scrollTop = ((times.length * 7) % frames) * (tree.scrollHeight / frames);
      else tree.scrollTop += pixels;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
}

async function find(page: Page): Promise<number> {
  const startedMs = performance.now();
  await page.locator('#trace-find').fill('attribute.13="value 5"');
  await page.waitForFunction(() =>
    /^\d+ of \d/.test(document.querySelector('[role="status"][class*="find"]')?.textContent ?? ''),
  );
  return Math.round(performance.now() - startedMs);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
