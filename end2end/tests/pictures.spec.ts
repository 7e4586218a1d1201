// A store replaces the picture of a product.

import { call, signIn } from '../support/shop.ts';
import { flaws, runsOut, snapshot } from '../support/look.ts';
import { expect, live, open, test, type Page } from '../support/test.ts';

const HANBIT = 'hanbit-manager@jumun.example';
const PRODUCT = 'PROD-5001';

const row = (page: Page) => page.getByRole('row').filter({ has: page.locator(`a[href="/products/${PRODUCT}"]`) }).first();

/** Chooses a file for the product and sends it. */
async function bring(page: Page, name: string, buffer: Buffer): Promise<void> {
  await row(page).getByText('사진 바꾸기').click();
  await row(page).getByLabel('사진 파일').setInputFiles({ name, mimeType: 'image/png', buffer });
  await row(page).getByRole('button', { name: '올리기' }).click();
}

const shown = (page: Page) => page.locator('.gallery-main img').getAttribute('src');

test('a store replaces a picture, the shop shows it, and what is no picture is refused', async ({ page, visitor, server }) => {
  const buyer = await visitor();
  await open(buyer, `/products/${PRODUCT}`);
  expect(await shown(buyer)).toMatch(/^\/art\//);
  const photo = await buyer.screenshot();
  await signIn(page, server, HANBIT, '/desk/products');
  await bring(page, 'note.png', Buffer.from('<script>alert(1)</script>'));
  await expect(page.getByRole('alert')).toContainText('사진이 아니에요');
  await live(page);
  // What is far too large is listened to, so that the answer is seen and no broken line.
  await bring(page, 'large.png', Buffer.alloc(20_000_000, photo));
  await expect(page.getByRole('alert')).toContainText('파일이 너무 커요');
  await live(page);
  await bring(page, 'photo.png', photo);
  await expect(page.getByText('사진을 바꿨습니다')).toBeVisible();
  await live(page);
  await row(page).getByText('사진 바꾸기').click();
  await snapshot(page, 'picture-changed');
  expect(await flaws(page)).toEqual([]);
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await runsOut(page)).toBe('');
  await open(buyer, `/products/${PRODUCT}`);
  expect(await shown(buyer)).toMatch(/^\/pictures\/[0-9a-f]{64}$/);
  expect(await buyer.locator('.gallery-main img').evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth > 0)).toBe(true);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a picture is replaced without scripts', async ({ page, server, watch }) => {
    watch.withoutScripts = true;
    await call(page, 'sign-in', { email: HANBIT, password: server.card.password });
    await page.goto('/desk/products');
    const photo = await page.screenshot();
    await bring(page, 'photo.png', photo);
    await expect(page).toHaveURL(/changed=PROD-5001/);
    await expect(page.getByText('사진을 바꿨습니다')).toBeVisible();
  });
});
