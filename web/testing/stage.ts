import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { findBrowser, launchBrowser } from './browser.ts';
import { type FixtureServer, startFixtureServer } from './fixture-server.ts';

export interface Look {
  readonly language: 'en' | 'zh-CN';
  readonly theme: 'light' | 'dark';
  readonly size: { readonly width: number; readonly height: number };
  /** Who sits here; null: not asked yet. */
  readonly name: string | null;
}

export const DESK: Look = {
  language: 'en',
  theme: 'light',
  size: { width: 1440, height: 900 },
  name: 'Lin Yue',
};

/** The built web behind a fixture server, and a browser to look at it. */
export interface Stage {
  readonly server: FixtureServer;
  readonly browser: Browser;
  /** A fresh browser profile. What went wrong on its pages (exceptions, console errors) is in `faults`. */
  open(look: Look): Promise<{ context: BrowserContext; page: Page; faults: string[] }>;
  close(): Promise<void>;
}

/**
 * Whether browser tests can run here. Without a browser they are skipped, aloud; with CI=true that is a failure, since
 * nobody would read the word.
 */
export function browserOrSkip(): string | null {
  const found = findBrowser();
  if (found === null && process.env.CI === 'true')
    throw new Error('CI=true and no Chrome or Chromium found; set CHROMIUM_PATH.');
  if (found === null)
    console.warn('Skipped: no Chrome or Chromium found. Set CHROMIUM_PATH to one to run the browser tests.');
  return found;
}

/** Builds the web into a folder of its own, so that a running product keeps its files. */
export async function setStage(executable: string): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'tidewarden-web-'));
  await build({
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    build: { outDir: folder, reportCompressedSize: false },
    logLevel: 'error',
  });
  const server = await startFixtureServer('full', 0, folder);
  const browser = await launchBrowser(executable);
  return {
    server,
    browser,
    open: (look) => openPage(browser, look),
    async close() {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A fresh browser profile with a page of this look; what goes wrong on it is in `faults`. */
export async function openPage(
  browser: Browser,
  look: Look,
): Promise<{ context: BrowserContext; page: Page; faults: string[] }> {
  const context = await browser.newContext({
    viewport: look.size,
    locale: look.language,
    timezoneId: 'Asia/Shanghai',
    colorScheme: look.theme,
    reducedMotion: 'reduce',
    hasTouch: look.size.width < 768,
  });
  await context.addInitScript(
    ({ language, theme, name }) => {
      if (localStorage.getItem('tidewarden.language') !== null) return;
      localStorage.setItem('tidewarden.language', language);
      localStorage.setItem('tidewarden.theme', theme);
      if (name !== null) localStorage.setItem('tidewarden.name', name);
    },
    { language: look.language, theme: look.theme, name: look.name },
  );
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    // A refused request is logged by the browser itself, and refusals are part of what is tested.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      faults.push(`console: ${message.text()}`);
    }
  });
  return { context, page, faults };
}

/** Goes to an address and waits until nothing there is loading any more. */
export async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await settle(page);
}

export async function settle(page: Page): Promise<void> {
  await page
    .waitForFunction(
      () =>
        document.querySelector('main h1') !== null &&
        // Panels below the edge of the screen wait until they are scrolled to.
        document.querySelector('main [aria-busy="true"]:not(.twp-panel), main .mantine-Skeleton-root') ===
          null,
    )
    .catch((error: Error) => {
      throw new Error(`${page.url()} goes on loading: ${error.message}`);
    });
}
