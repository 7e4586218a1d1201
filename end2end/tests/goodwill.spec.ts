// Money back while the goods stay, a refund that is refused, and a way back after the purchase was confirmed.

import { PHONE, flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { GOODS, GUEST, call, newMember, order, pay, signIn, status, travel } from '../support/shop.ts';
import type { Server } from '../support/server.ts';
import { expect, open, test, type Page } from '../support/test.ts';

const RETAILER = 'hanbit-manager@jumun.example';
const HEAD = 'admin@jumun.example';

/** A parcel that has reached its buyer. */
async function delivered(page: Page, server: Server, good: (typeof GOODS)[keyof typeof GOODS], units: number): Promise<string> {
  await newMember(page);
  const number = await order(page, good, units, GUEST);
  await pay(page, server, number);
  await server.advance('PT31M');
  await travel(server, 4);
  return number;
}

async function sound(page: Page, name: string): Promise<void> {
  await snapshot(page, name);
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  const before = page.viewportSize()!;
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await runsOut(page)).toBe('');
  await page.setViewportSize(before);
}

const claim = (page: Page) => page.locator('.claim').first();
const slip = (page: Page) => page.locator('.slip');

test('a desk gives something back, and the second time somebody else has to agree @role', async ({ page, visitor, server }) => {
  test.setTimeout(120_000);
  const [customer, head] = [await visitor(), await visitor()];
  await customer.setViewportSize(PHONE);
  const number = await delivered(customer, server, GOODS.cover, 6);
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  const give = async (amount: string, reason: string) => {
    await page.locator('summary', { hasText: '사과 환불하기' }).click();
    await page.getByLabel('금액 (원)').fill(amount);
    await page.locator('#goodwill-reason').selectOption(reason);
    await page.getByRole('button', { name: '돌려주기', exact: true }).click();
  };
  await page.locator('summary', { hasText: '사과 환불하기' }).click();
  await sound(page, 'desk-order-goodwill');
  await page.locator('summary', { hasText: '사과 환불하기' }).click();
  await give('75000', 'late');
  await expect(slip(page)).toContainText('사과의 뜻으로 환불');
  await open(customer, `/orders/${number}`);
  await expect(slip(customer)).toContainText('75,000원');
  await expect(customer.locator('.side')).toContainText('사과의 뜻으로 돌려드린 금액');
  await sound(customer, 'order-goodwill');

  // The second passes 100,000 won in a day.
  await open(page, `/desk/orders/${number}`);
  await give('75000', 'trouble');
  await expect(page.locator('.goodwill')).toContainText('두 번째 사람의 승인을 기다려요');
  await expect(page.locator('summary', { hasText: '사과 환불하기' })).toHaveCount(0);
  await signIn(head, server, HEAD, '/admin/claims');
  const row = head.getByRole('listitem').filter({ has: head.getByRole('link', { name: number }) });
  await expect(row).toContainText('75,000원');
  await expect(row).toContainText('135,000원');
  await sound(head, 'admin-goodwill');
  await row.locator('summary', { hasText: '사과 환불 승인하기' }).click();
  await row.getByRole('button', { name: '75,000원 승인하기' }).click();
  await expect(row).toHaveCount(0);
  await open(customer, `/orders/${number}`);
  await expect(customer.locator('.side')).toContainText('(150,000원)');
  await expect(status(customer)).toHaveText('배송 완료');
});

test('goods come back after the purchase was confirmed, and head office may refuse the money @role', async ({ page, visitor, server }) => {
  test.setTimeout(150_000);
  const [customer, head] = [await visitor(), await visitor()];
  await customer.setViewportSize(PHONE);
  const number = await delivered(customer, server, GOODS.cover, 3);
  await open(customer, `/orders/${number}`);
  const seen = (await (await customer.request.get('/api/order', { params: { number } })).json()) as { id: string };
  await call(customer, 'order-command', { order: seen.id, command: 'confirm-purchase' });
  await open(customer, `/orders/${number}`);
  await expect(status(customer)).toHaveText('구매 확정');
  await customer.getByRole('link', { name: '반품 신청' }).click();
  await expect(customer.getByText('구매를 확정한 주문이에요')).toBeVisible();
  await expect(customer.getByText(/상품에 문제가 있으면 .*까지 반품할 수 있어요/)).toBeVisible();
  await sound(customer, 'return-confirmed');
  await customer.getByLabel('이유').selectOption('defect');
  await customer.getByRole('button', { name: '반품 신청하기' }).click();
  await expect(claim(customer)).toContainText('반품 접수');
  await expect(status(customer)).toHaveText('구매 확정');

  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await page.locator('summary', { hasText: '반품 승인하기' }).click();
  await page.getByRole('button', { name: '반품 승인하기' }).click();
  await page.locator('summary', { hasText: '반품 상품 검수하기' }).click();
  await page.getByRole('button', { name: '폐기' }).click();
  await expect(claim(page)).toContainText('환불 승인 대기');

  await signIn(head, server, HEAD, `/admin/orders/${number}`);
  await head.locator('summary', { hasText: '환불 거절하기' }).click();
  await head.getByLabel('거절 이유').selectOption('caused_by_use');
  await head.getByLabel('근거').fill('기판에 물이 들어간 흔적이 있습니다');
  await sound(head, 'admin-refund-refuse');
  await head.getByRole('button', { name: '환불 거절하기' }).click();
  await expect(claim(head)).toContainText('환불 거절');
  await expect(claim(customer)).toContainText('환불할 수 없어요: 사용 중에 생긴 손상');
  await expect(claim(customer)).toContainText('기판에 물이 들어간 흔적이 있습니다');
  await sound(customer, 'order-refund-refused');
});
