// Screenshots, and what every page owes everybody.

import { AxeBuilder } from '@axe-core/playwright';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, open, type Page } from './test.ts';

const root = join(fileURLToPath(import.meta.url), '../../..');

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1440, height: 900 };

/** Pictures shown in the documentation, written with `JUMUN_SHOTS=docs`. */
const SHOWN = new Set([
  'guest-catalogue-desk-light',
  'guest-product-phone-light',
  'guest-product-desk-dark',
  'guest-cart-phone-light',
  'guest-checkout-desk-light',
  'guest-pay-phone-light',
  'member-order-delivered-phone-light',
  'member-order-delivered-desk-light',
  'retailer-today-desk-light',
  'retailer-board-orders-desk-light',
  'retailer-board-orders-desk-dark',
  'desk-order-sources-desk-light',
  'retailer-order-desk-light',
  'retailer-stock-desk-light',
]);

/** The page on phone and desk, light and dark, under `shots/`. */
export async function snapshot(page: Page, name: string): Promise<void> {
  const before = page.viewportSize();
  for (const [size, viewport] of [['desk', DESK], ['phone', PHONE]] as const) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await shoot(page, `${name}-${size}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
}

/** One picture: the whole page in the light, the first screen in the dark and for the documentation. */
export async function shoot(page: Page, name: string): Promise<void> {
  const take = () => page.screenshot({ path: join(root, 'end2end/shots', `${name}.png`), fullPage: name.endsWith('-light'), animations: 'disabled', timeout: 15_000 });
  // Under load a browser sometimes does not draw when it is asked to, and does when it is asked again. A picture is for people to look
  // at: what a page has to be is asserted beside it, so a missing one is said and fails nothing.
  await take()
    .catch(take)
    .catch((error: Error) => {
      if (process.env.JUMUN_SHOTS === 'docs') throw error;
      process.stderr.write(`no picture of ${name}: ${error.message.split('\n')[0]}\n`);
    });
  if (process.env.JUMUN_SHOTS === 'docs' && SHOWN.has(name))
    await page.screenshot({ path: join(root, 'docs/screens', `${name}.png`), animations: 'disabled' });
}

const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

/** Nothing serious or critical for axe, as lines that say what and where. Colours alone may be asked for again. */
export async function flaws(page: Page, only?: 'color-contrast'): Promise<string[]> {
  // One frame: the legacy way spares a second page for each look.
  // What is wrong is told, not the hundreds of things that are right; nothing here plays by itself, which is all it would fetch for.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'], preload: false });
  const found = await (only ? axe.withRules(only) : axe.withTags(STANDARD)).analyze();
  return found.violations
    .filter((rule) => rule.impact === 'serious' || rule.impact === 'critical')
    .flatMap((rule) => rule.nodes.slice(0, 3).map((node) => `${rule.id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`));
}

/** How far the page runs out to the right, and what runs out. */
export async function runsOut(page: Page): Promise<string> {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    const over = document.documentElement.scrollWidth - wide;
    if (over <= 0) return '';
    const parts = [...document.querySelectorAll('body *')].filter((part) => part.getBoundingClientRect().right > wide + 0.5);
    // What scrolls within its own box does not push the page.
    const boxed = (part: Element): boolean => part.parentElement !== null && part.parentElement !== document.body && (getComputedStyle(part.parentElement).overflowX !== 'visible' || boxed(part.parentElement));
    const last = parts.filter((part) => !boxed(part) && !parts.some((other) => other !== part && part.contains(other)));
    return `${over} px: ${last.slice(0, 4).map((part) => `${part.tagName.toLowerCase()}.${part.getAttribute('class') ?? ''}`).join(', ')}`;
  });
}

/** Words that were meant to be looked up and were not. */
export async function rawKeys(page: Page): Promise<string[]> {
  const text = await page.evaluate(() => `${document.title}\n${document.body.innerText}`);
  return [...text.matchAll(/(?<![\w@./-])(?:[a-z_]+)\.[a-z][a-z_-]*(?:\.[a-z_-]+)*(?![\w.]*\/)|%\{\w+\}/g)].map((match) => match[0]).filter((word) => !/example|\.(svg|com|kr)$/.test(word));
}

/** A page to look at: its name among the pictures, and its address. */
export type Place = readonly [name: string, path: string];

/**
 * What every page owes everybody: no serious flaw on phone and desk, light and dark, nothing that scrolls sideways from 320 px
 * on in either language, every word looked up. Each is opened once in each language and changes its size and its colours where it
 * stands. Answers what is wrong, as lines. `opened` is opened before the look; `codes` are meant to be seen as they are.
 */
export async function tour(page: Page, whose: string, places: readonly Place[], { opened, codes }: { opened?: string; codes?: string } = {}): Promise<string[]> {
  const found: string[] = [];
  for (const locale of ['ko', 'en']) {
    await page.context().addCookies([{ name: 'locale', value: locale, url: new URL(page.url()).origin }]);
    for (const [name, path] of places) {
      const say = (where: string, what: string) => found.push(`${name} ${path} ${locale} ${where}: ${what}`);
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      await open(page, path);
      const first = page.locator(opened ?? 'none').first();
      if (await first.count()) await first.click();
      // A long page on a phone first would make the browser take half a minute for the picture on a desk.
      for (const [size, viewport] of locale === 'ko' ? ([['desk', DESK], ['phone', PHONE]] as const) : []) {
        await page.setViewportSize(viewport);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await shoot(page, `${whose}-${name}-${size}-${colorScheme}`);
          for (const flaw of await flaws(page, colorScheme === 'dark' ? 'color-contrast' : undefined)) say(`${size} ${colorScheme}`, flaw);
        }
      }
      for (const width of [320, 768, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const over = await runsOut(page);
        if (over) say(`at ${width}`, over);
      }
      if (codes) await page.evaluate((codes) => document.querySelectorAll(codes).forEach((code) => code.remove()), codes);
      const raw = await rawKeys(page);
      if (raw.length > 0) say('says', raw.join(', '));
    }
  }
  return found;
}

/** Moves with Tab until the thing has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, thing: ReturnType<Page['locator']>): Promise<void> {
  for (let press = 0; press < 150; press += 1) {
    if (await thing.evaluate((node) => node === document.activeElement).catch(() => false)) return;
    await page.keyboard.press('Tab');
  }
  await expect(thing, 'reached with Tab').toBeFocused();
}
