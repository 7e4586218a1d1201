import { GOODS, GUEST, choose, newMember, order, pay, payAtPsp, signIn, status, travel } from '../support/shop.ts';
import { PHONE, flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { expect, open, test } from '../support/test.ts';
import type { Page } from '../support/test.ts';
import type { Server } from '../support/server.ts';

const RETAILER = 'hanbit-manager@jumun.example';

/** A parcel that has reached its buyer. */
async function delivered(page: Page, server: Server, units: number): Promise<string> {
  await newMember(page);
  const number = await order(page, GOODS.cover, units, GUEST);
  await pay(page, server, number);
  await server.advance('PT31M');
  await travel(server, 4);
  return number;
}

async function confirm(page: Page, label: string, verb: string): Promise<void> {
  await page.locator('summary', { hasText: label }).first().click();
  await page.getByRole('button', { name: verb, exact: true }).first().click();
}

const claim = (page: Page) => page.locator('.claim').first();

/** The number of the order that brings what was exchanged. */
async function broughtBy(page: Page): Promise<string> {
  const link = claim(page).getByRole('link', { name: /^ORD-/ });
  await expect(link).toBeVisible();
  return link.innerText();
}

/** The desk sends a prepared order on its way, and it arrives. */
async function bring(page: Page, server: Server, number: string): Promise<void> {
  await open(page, `/desk/orders/${number}`);
  await expect(status(page)).toHaveText('상품 준비중');
  await page.getByRole('button', { name: '재고 할당' }).click();
  await expect(status(page)).toHaveText('발주 완료');
  await page.getByRole('button', { name: '출고 지시' }).click();
  await expect(page.getByRole('button', { name: '출고 지시' })).toHaveCount(0);
  await travel(server, 4);
  await expect(status(page)).toHaveText('배송 완료');
}

test('a broken one is swapped: another comes, the first is fetched, and both branches end it @role', async ({ page, visitor, server }) => {
  test.setTimeout(150_000);
  const customer = await visitor();
  await customer.setViewportSize(PHONE);
  const number = await delivered(customer, server, 2);
  await open(customer, `/orders/${number}`);
  await customer.getByRole('link', { name: '교환 신청' }).click();
  await expect(customer).toHaveURL(new RegExp(`/orders/${number}/exchange$`));
  await customer.getByLabel('바꿀 수량').selectOption('1');
  await customer.getByLabel('이유').selectOption('defect');
  await customer.getByLabel('자세한 내용').fill('지퍼가 닫히지 않아요');
  await snapshot(customer, 'exchange-request');
  expect(await flaws(customer)).toEqual([]);
  expect(await rawKeys(customer)).toEqual([]);
  expect(await runsOut(customer)).toBe('');
  await customer.getByRole('button', { name: '교환 신청하기' }).click();
  await expect(customer).toHaveURL(new RegExp(`/orders/${number}$`));
  await expect(claim(customer)).toContainText('교환 접수');

  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await expect(claim(page)).toContainText('지퍼가 닫히지 않아요');
  await page.locator('summary', { hasText: '교환 승인하기' }).click();
  await snapshot(page, 'desk-order-exchange');
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  await page.getByRole('button', { name: '교환 승인하기' }).click();
  await expect(claim(customer)).toContainText('수거 중');
  const brought = await broughtBy(customer);
  await snapshot(customer, 'order-exchanging');
  expect(await flaws(customer)).toEqual([]);

  // Both orders stand on the board of exchanges and on that of preparation.
  await open(page, '/desk/boards/exchanges');
  await expect(page.getByRole('link', { name: number })).toBeVisible();
  await open(page, '/desk/boards/preparing');
  await expect(page.getByRole('row', { name: new RegExp(brought) })).toContainText('교환');
  await bring(page, server, brought);

  await server.advance('P2D');
  await travel(server, 2);
  await open(page, `/desk/orders/${number}`);
  await page.locator('summary', { hasText: '반품 상품 검수하기' }).click();
  await page.getByRole('button', { name: '폐기' }).click();
  await expect(claim(customer)).toContainText('교환 상품 준비·배송 중');

  await open(customer, `/orders/${brought}`);
  await expect(status(customer)).toHaveText('배송 완료');
  await snapshot(customer, 'order-replacement');
  expect(await flaws(customer)).toEqual([]);
  await customer.getByRole('button', { name: '구매확정하기' }).click();
  await expect(status(customer)).toHaveText('구매 확정');
  await open(customer, `/orders/${number}`);
  await expect(claim(customer)).toContainText('교환 완료');
  await expect(status(customer)).toHaveText('배송 완료');
  await snapshot(customer, 'order-exchanged');
});

test('something dearer is paid for first, and something more comes besides', async ({ page, visitor, server }) => {
  test.setTimeout(150_000);
  const customer = await visitor();
  const number = await delivered(customer, server, 1);
  await open(customer, `/orders/${number}/exchange`);
  const dearer = customer.getByLabel('받을 상품').locator('option', { hasText: '더 내요' }).first();
  await customer.getByLabel('받을 상품').selectOption((await dearer.getAttribute('value'))!);
  await customer.getByLabel('이유').selectOption('change_of_mind');
  await customer.getByRole('button', { name: '교환 신청하기' }).click();
  await expect(claim(customer)).toContainText('먼저 결제할 차액');
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await confirm(page, '교환 승인하기', '교환 승인하기');
  await expect(customer.getByText('결제하면', { exact: false }).first()).toBeVisible();
  await expect(claim(customer)).toContainText('교환 승인');
  await snapshot(customer, 'exchange-difference-due');
  expect(await flaws(customer)).toEqual([]);
  await customer.getByRole('link', { name: /결제/ }).first().click();
  await expect(customer).toHaveURL(new RegExp(`/pay/${number}`));
  await choose(customer, 'card');
  await payAtPsp(customer, 'approve');
  await expect(customer).toHaveURL(new RegExp(`/orders/${number}`));
  await expect(claim(customer)).toContainText('수거 중');
  await bring(page, server, await broughtBy(customer));

  const second = await delivered(customer, server, 1);
  await open(customer, `/orders/${second}/exchange`);
  await customer.getByLabel('이유').selectOption('not_as_described');
  await customer.getByRole('button', { name: '교환 신청하기' }).click();
  await expect(claim(customer)).toContainText('교환 접수');
  await open(page, `/desk/orders/${second}`);
  await page.locator('summary', { hasText: '추가 상품 보내기' }).click();
  await page.getByLabel('우리 매장이 값을 부담해요').check();
  await snapshot(page, 'desk-order-exchange-add');
  expect(await flaws(page)).toEqual([]);
  await page.getByRole('button', { name: '추가 상품 보내기' }).click();
  await expect(claim(customer)).toContainText('교환 상품 준비·배송 중');
  await expect(claim(customer)).toContainText('더 받을 상품');
});
