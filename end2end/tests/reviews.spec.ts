// A review of what somebody keeps: written with stars and a photo by keyboard and pointer, read on the product's page, answered by the
// store, edited, and hidden by head office.

import { PHONE, flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { GOODS, GUEST, newMember, order, pay, signIn, travel } from '../support/shop.ts';
import { expect, open, test, type Page } from '../support/test.ts';

async function sound(page: Page, name: string): Promise<void> {
  await snapshot(page, name);
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  const before = page.viewportSize()!;
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await runsOut(page)).toBe('');
  await page.setViewportSize(before);
}

const said = (page: Page) => page.locator('.order-reviews');
const row = (page: Page) => page.locator('#reviews .review').first();

test('goods that are kept are reviewed with a photo, answered, edited and hidden', async ({ page, visitor, server }) => {
  test.setTimeout(120_000);
  const [customer, head] = [await visitor(), await visitor()];
  await customer.setViewportSize(PHONE);
  await open(customer, `/products/${GOODS.filter.id}`);
  await expect(customer.locator('#reviews')).toContainText('아직 후기가 없어요');
  await newMember(customer);
  const number = await order(customer, GOODS.filter, 1, GUEST);
  await pay(customer, server, number);
  await server.advance('PT31M');
  await travel(server, 4);
  await open(customer, `/orders/${number}`);
  await expect(said(customer)).toHaveCount(0);
  await customer.getByRole('button', { name: '구매확정하기' }).click();
  await said(customer).getByRole('link', { name: '후기 쓰기' }).click();
  await expect(customer).toHaveURL(/\/review\//);
  const form = customer.url();
  await customer.getByLabel('사진 추가').setInputFiles({ name: 'filter.png', mimeType: 'image/png', buffer: await customer.screenshot() });
  await customer.getByRole('button', { name: '사진 올리기' }).click();
  await expect(customer.locator('.site-photo')).toHaveCount(1);
  await open(customer, form);
  // Stars are radio buttons: arrows move along them.
  await customer.getByRole('radio', { name: '별 다섯 개 중 3개' }).focus();
  await customer.keyboard.press('Space');
  await customer.keyboard.press('ArrowRight');
  await expect(customer.getByRole('radio', { name: '별 다섯 개 중 4개' })).toBeChecked();
  await customer.getByLabel('후기', { exact: true }).fill('딱 맞고 씻기 쉬워요. 바람도 세졌어요.');
  await sound(customer, 'review-form');
  await customer.getByRole('button', { name: '후기 올리기' }).click();
  await expect(customer).toHaveURL(new RegExp(`/orders/${number}$`));
  await expect(said(customer)).toContainText('딱 맞고 씻기 쉬워요');

  // Everybody reads it, with its photo, and not whose it is.
  const reader = await visitor();
  await open(reader, `/products/${GOODS.filter.id}?photos=1`);
  await expect(row(reader)).toContainText('나**');
  await expect(row(reader).getByRole('img', { name: '후기 사진 1' })).toBeVisible();
  const photo = await row(reader).getByRole('link').first().getAttribute('href');
  expect((await reader.request.get(photo!)).headers()['content-type']).toBe('image/jpeg');
  await expect(reader.locator('.rating-link')).toContainText('4.0');
  await sound(reader, 'product-reviews');
  await reader.locator('.reviews-bars a').nth(4).click();
  await expect(reader).toHaveURL(/stars=1/);
  await expect(reader.locator('#reviews')).toContainText('고르신 조건의 후기가 없어요');

  // The store answers where it sees all of them.
  await signIn(page, server, 'hanbit-manager@jumun.example', '/desk/reviews');
  const mine = page.locator('.desk-review', { hasText: number });
  await mine.locator('summary').click();
  await mine.getByLabel('답글').fill('고맙습니다. 두 주에 한 번 씻어 주세요.');
  await mine.getByRole('button', { name: '답글 올리기' }).click();
  await expect(mine).toContainText('판매자 답글');
  await sound(page, 'desk-reviews');

  // He says it otherwise and takes his photo off.
  await open(customer, `/orders/${number}`);
  await expect(said(customer)).toContainText('두 주에 한 번');
  await said(customer).getByRole('link', { name: '고치기' }).click();
  await customer.getByLabel('사진 1 남기기').uncheck();
  await customer.getByLabel('후기', { exact: true }).fill('한 주 써 보니 조금 헐거워요.');
  await customer.getByText('별 다섯 개 중 2개').locator('..').click();
  await customer.getByRole('button', { name: '고친 후기 올리기' }).click();
  await expect(said(customer)).toContainText('조금 헐거워요');
  expect((await reader.request.get(photo!)).status()).toBe(404);

  // Head office hides it, and says why.
  await signIn(head, server, 'admin@jumun.example', `/admin/orders/${number}`);
  await said(head).locator('summary', { hasText: '후기 가리기' }).click();
  await said(head).getByLabel('가리는 까닭').selectOption('off_topic');
  await said(head).getByRole('button', { name: '후기 가리기' }).click();
  await expect(said(head)).toContainText('본사가 가린 후기');
  await open(reader, `/products/${GOODS.filter.id}`);
  await expect(reader.locator('#reviews')).toContainText('아직 후기가 없어요');
});
