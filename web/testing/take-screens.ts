/**
 * Takes pictures of screens: `node web/testing/take-screens.ts FOLDER [state] [name,name…] [desk|phone] [light|dark] [en|zh-CN]`.
 * What is left out means all of it. In place of a state stands the address of a running product, and in place of a
 * name a path such as `/incidents/42`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findBrowser, launchBrowser } from './browser.ts';
import type { FixtureState } from './fixture-api.ts';
import { startFixtureServer } from './fixture-server.ts';
import { SCREENS, SIZES } from './screens.ts';

const [folder = 'screens', state = 'full', names = '', size = '', scheme = '', language = ''] =
  process.argv.slice(2);
const executable = findBrowser();
if (executable === null) throw new Error('No Chrome or Chromium found; set CHROMIUM_PATH to one.');
await mkdir(folder, { recursive: true });
const server = state.startsWith('http') ? null : await startFixtureServer(state as FixtureState);
const base = server?.url ?? state;
const browser = await launchBrowser(executable);
const wanted = (names === '' ? Object.keys(SCREENS) : names.split(',')).map((name) => ({
  name: name.replaceAll(/[^a-z0-9-]+/gi, '_'),
  path: new Map<string, string>(Object.entries(SCREENS)).get(name) ?? name,
}));
for (const [sizeName, viewport] of Object.entries(SIZES).filter(([name]) => size === '' || size === name)) {
  for (const theme of ['light', 'dark'].filter((one) => scheme === '' || scheme === one)) {
    for (const tongue of ['en', 'zh-CN'].filter((one) => language === '' || language === one)) {
      const context = await browser.newContext({
        viewport,
        locale: tongue,
        timezoneId: 'Asia/Shanghai',
        colorScheme: theme === 'dark' ? 'dark' : 'light',
      });
      await context.addInitScript(
        ([theme, tongue]) => {
          localStorage.setItem('tidewarden.theme', theme ?? '');
          localStorage.setItem('tidewarden.language', tongue ?? '');
          localStorage.setItem('tidewarden.name', 'Lin Yue');
        },
        [theme, tongue],
      );
      const page = await context.newPage();
      page.on('pageerror', (error) => console.log('page error:', error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') console.log('console:', message.text(), message.location().url);
      });
      for (const { name, path } of wanted) {
        await page.goto(base + path);
        await page.waitForTimeout(server === null ? 3_000 : 900);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        if (wide) console.log(`${name} ${sizeName}: scrolls sideways`);
        await page.screenshot({
          path: join(
            folder,
            `${server === null ? 'live' : state}-${name}-${sizeName}-${theme}-${tongue}.png`,
          ),
          fullPage: sizeName === 'phone',
        });
      }
      await context.close();
    }
  }
}
await browser.close();
await server?.close();
