// What is sold before it is there: reserved with a day, paid, waited for, received, and told about when the day goes by.

import { flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { call, choose, fillAddress, newMember, order, pay, payAtPsp, place, signIn, status, toCheckout } from '../support/shop.ts';
import { expect, live, open, test, type Page } from '../support/test.ts';

const HANBIT = 'hanbit-manager@jumun.example';
const NEW = { id: 'PROD-6010', variant: 'VAR-6010-WHT', other: 'VAR-6010-SGE', name: '새벽 공기청정기 66㎡ (신형)', price: 429_000 } as const;

/** The page as it should be for everybody: no serious flaw, no raw key, nothing running out on a phone. */
async function sound(page: Page, name: string): Promise<void> {
  await snapshot(page, name);
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  const before = page.viewportSize()!;
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await runsOut(page)).toBe('');
  await page.setViewportSize(before);
}

/** Goods come to the first warehouse of the store. */
async function receive(desk: Page, variant: string, units: number): Promise<void> {
  const read = await desk.request.get('/api/stock', { params: { q: variant } });
  const { rows } = (await read.json()) as { rows: { warehouse: string }[] };
  await call(desk, 'receive-goods', { warehouse: rows[0]!.warehouse, variant, quantity: String(units) });
}

/** A day so many days ahead, by the shop's clock. */
async function dayIn(desk: Page, days: number): Promise<string> {
  const { now } = (await (await desk.request.get('/api/desk')).json()) as { now: number };
  return new Date(now / 1_000 + (days * 24 + 9) * 3_600_000).toISOString().slice(0, 10);
}

/** The desk sells an option ahead. Tests before this one may have moved time past the last promise. */
async function sellAhead(desk: Page, variant: string, cap: number, days: number): Promise<void> {
  await call(desk, 'set-pre-order', { variant, cap: String(cap), ship_by: await dayIn(desk, days) });
}

test('a buyer reserves with a promised day, and it leaves when it comes', async ({ page, visitor, server }) => {
  const desk = await visitor();
  await signIn(desk, server, HANBIT, '/desk/products');
  await sellAhead(desk, NEW.variant, 40, 14);
  await sellAhead(desk, NEW.other, 15, 28);
  await newMember(page);
  await open(page, '/?category=purifier');
  const card = page.locator('.product-card', { hasText: NEW.name });
  await expect(card).toContainText('예약 구매');
  await expect(card).toContainText(/\d+월 \d+일까지 출고 · \d+대 남음/);
  await open(page, `/products/${NEW.id}`);
  const promise = page.locator('.promise-rows');
  await expect(promise).toContainText(/\d+월 \d+일까지 출고 · \d+대 남음/);
  const first = await promise.textContent();
  await page.getByRole('radio', { name: '세이지' }).check();
  await expect(promise, 'each option has a day of its own').not.toHaveText(first ?? '');
  await page.getByRole('radio', { name: '화이트' }).check();
  await sound(page, 'member-product-pre-order');
  await page.getByRole('button', { name: '예약하기' }).click();
  await expect(page).toHaveURL(/\/cart$/);
  await expect(page.locator('.cart-line')).toContainText(/예약 구매 · \d+월 \d+일까지 출고/);
  await sound(page, 'member-cart-pre-order');
  await toCheckout(page);
  await expect(page.locator('.summary-line')).toContainText(/예약 구매 · \d+월 \d+일까지 출고/);
  await fillAddress(page);
  await sound(page, 'member-checkout-pre-order');
  const number = await place(page);
  await choose(page, 'card');
  await payAtPsp(page, 'approve');
  await expect(status(page)).toHaveText('주문 확정');
  await expect(page.getByText('예약 상품의 입고')).toBeVisible();
  await expect(page.getByText('들어오기를 기다려요')).toBeVisible();
  await live(page);
  await sound(page, 'member-order-pre-order');
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));

  await open(desk, `/desk/orders/${number}`);
  await expect(desk.getByText('들어오기를 기다려요')).toBeVisible();
  await expect(desk.getByRole('button', { name: '상품 준비 시작' }), 'nothing can be prepared that is not here').toHaveCount(0);
  await sound(desk, 'retailer-order-pre-order');
  await receive(desk, NEW.variant, 1);
  // Both pages move by themselves.
  await expect(page.getByText('들어오기를 기다려요')).toHaveCount(0);
  await expect(page.getByText('상품 준비 시작까지')).toBeVisible();
  await expect(desk.getByRole('button', { name: '상품 준비 시작' })).toBeVisible();
  expect(await page.evaluate(() => (window as { sameDocument?: boolean }).sameDocument), 'never reloaded').toBe(true);
});

test('the promised day goes by: the buyer is told and gets his money back', async ({ page, visitor, server }) => {
  const desk = await visitor();
  await signIn(desk, server, HANBIT, '/desk/products');
  await sellAhead(desk, NEW.other, 15, 3);
  await newMember(page);
  const number = await order(page, { ...NEW, variant: NEW.other });
  await pay(page, server, number);
  await server.advance('P4D');
  await open(page, `/orders/${number}`);
  await expect(page.getByText('약속한 날이 지났어요')).toBeVisible();
  await sound(page, 'member-order-promise-missed');
  await open(desk, `/desk/orders/${number}`);
  await expect(desk.getByText('판매자의 상품 준비', { exact: true }), 'it is the seller’s turn').toBeVisible();
  await expect(desk.getByText('약속한 날이 지났어요')).toBeVisible();
  await page.getByText('주문 취소하기').first().click();
  await page.getByRole('button', { name: '취소하기' }).click();
  await expect(status(page)).toHaveText('취소');
});

test('the desk sets cap and day, never below what is sold, and goes back to the shelf', async ({ page, visitor, server, watch }) => {
  watch.expect(409, /set-pre-order/);
  const desk = await visitor();
  await signIn(desk, server, HANBIT, '/desk/products');
  await sellAhead(desk, NEW.variant, 40, 14);
  await open(desk, '/desk/products');
  const row = desk.getByRole('row', { name: new RegExp(NEW.variant) });
  await expect(row).toContainText(/예약 \d+\/40 · \d+월 \d+일까지/);
  await newMember(page);
  await order(page, NEW, 2);
  await row.getByRole('link', { name: '예약 판매' }).click();
  await expect(desk.getByLabel('예약 한도')).toHaveValue('40');
  await sound(desk, 'retailer-pre-order');
  await desk.getByLabel('예약 한도').fill('1');
  await desk.getByLabel('예약 한도').evaluate((field) => field.removeAttribute('min'));
  await desk.getByRole('button', { name: '한도와 출고일 바꾸기' }).click();
  await expect(desk.getByText('개를 예약받았어요', { exact: false })).toBeVisible();
  await desk.getByLabel('예약 한도').fill('60');
  await desk.getByRole('button', { name: '한도와 출고일 바꾸기' }).click();
  await expect(desk.getByText('반영했습니다')).toBeVisible();
  await expect(row).toContainText(/예약 \d+\/60/);
  // A product off the shelf is sold ahead, and comes back to it.
  const cover = desk.getByRole('row', { name: /VAR-5006-STD/ });
  await cover.getByRole('link', { name: '재고 판매' }).click();
  await desk.getByLabel('예약 한도').fill('5');
  await desk.getByLabel('약속한 출고일').fill(await dayIn(desk, 40));
  await desk.getByRole('button', { name: '예약 판매 시작' }).click();
  await expect(cover).toContainText('예약 0/5');
  await desk.getByText('예약 판매 끝내기').click();
  await desk.getByRole('button', { name: '재고 판매로 바꾸기' }).click();
  await expect(cover.getByRole('link', { name: '재고 판매' })).toBeVisible();
});
