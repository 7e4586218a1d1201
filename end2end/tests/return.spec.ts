import { GOODS, GUEST, newMember, order, pay, signIn, status, travel } from '../support/shop.ts';
import { PHONE, flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { expect, open, test } from '../support/test.ts';
import type { Page } from '../support/test.ts';
import type { Server } from '../support/server.ts';

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

/** One of the grey boxes that ask before something happens: opens it and presses what does it. */
async function confirm(page: Page, label: string, verb: string): Promise<void> {
  await page.locator('summary', { hasText: label }).first().click();
  await page.getByRole('button', { name: verb }).first().click();
}

const claim = (page: Page) => page.locator('.claim').first();

test('goods go back: asked with a photo, agreed to, fetched, looked at, approved by a second person, paid back @role', async ({ page, visitor, server }) => {
  test.setTimeout(150_000);
  const [customer, head] = [await visitor(), await visitor()];
  await customer.setViewportSize(PHONE);
  const number = await delivered(customer, server, GOODS.filter, 9);

  // The buyer finds the way on the order's page.
  await open(customer, `/orders/${number}`);
  await expect(status(customer)).toHaveText('배송 완료');
  await customer.getByRole('link', { name: '반품 신청' }).click();
  await expect(customer).toHaveURL(new RegExp(`/orders/${number}/return$`));
  await customer.getByLabel('사진 추가').setInputFiles({ name: 'leg.png', mimeType: 'image/png', buffer: await customer.screenshot() });
  await customer.getByRole('button', { name: '사진 올리기' }).click();
  await expect(customer.getByRole('img', { name: '사진 1' })).toBeVisible();
  await open(customer, `/orders/${number}/return`);
  await customer.getByLabel('이유').selectOption('defect');
  await customer.getByLabel('자세한 내용').fill('받침 다리가 휘어 있어요');
  await snapshot(customer, 'return-request');
  expect(await flaws(customer)).toEqual([]);
  expect(await rawKeys(customer)).toEqual([]);
  expect(await runsOut(customer)).toBe('');
  await customer.getByRole('button', { name: '반품 신청하기' }).click();
  await expect(customer).toHaveURL(new RegExp(`/orders/${number}$`));
  await expect(claim(customer)).toContainText('반품 접수');
  await expect(claim(customer)).toContainText('받침 다리가 휘어 있어요');
  await snapshot(customer, 'order-returning');
  expect(await flaws(customer)).toEqual([]);

  // The store agrees, and the buyer's page moves by itself.
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await expect(claim(page)).toContainText('받침 다리가 휘어 있어요');
  await expect(page.getByRole('img', { name: '반품 사진 1' })).toBeVisible();
  await snapshot(page, 'desk-order-return');
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  await confirm(page, '반품 승인하기', '반품 승인하기');
  await expect(claim(customer)).toContainText('수거 중');

  // The carrier comes on the day, and the goods are on their way to the store.
  await server.advance('P2D');
  await travel(server, 2);
  await expect(claim(customer)).toContainText('수거 완료');
  await open(page, `/desk/orders/${number}`);
  await page.locator('summary', { hasText: '반품 상품 검수하기' }).click();
  await page.getByRole('button', { name: '받고 다시 판매' }).click();
  await expect(claim(page)).toContainText('환불 승인 대기');
  await expect(status(page)).toHaveText('반품 완료');

  // 108,000원 takes a second person.
  await signIn(head, server, HEAD, `/admin/orders/${number}`);
  await snapshot(head, 'admin-order-refund');
  expect(await flaws(head)).toEqual([]);
  await confirm(head, '환불 승인하기', '환불 승인하기');
  await expect(claim(customer)).toContainText('반품 완료');
  await expect(status(customer)).toHaveText('환불 완료');
  await expect(claim(customer)).toContainText('108,000원');
  await snapshot(customer, 'order-refunded');
});

test('what came is not what was sold: head office has the last word, and what is not worth fetching the buyer keeps', async ({ page, visitor, server }) => {
  test.setTimeout(150_000);
  const [customer, head] = [await visitor(), await visitor()];
  const number = await delivered(customer, server, GOODS.filter, 2);
  const wish = async () => {
    await open(customer, `/orders/${number}/return`);
    await customer.getByLabel('이유').selectOption('defect');
    await customer.locator('select[name^="units"]').first().selectOption('1');
    await customer.getByRole('button', { name: '반품 신청하기' }).click();
    await expect(claim(customer)).toContainText('반품 접수');
  };

  // Something else is in the box: however little it is worth, somebody else decides.
  await wish();
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await confirm(page, '반품 승인하기', '반품 승인하기');
  await expect(claim(customer)).toContainText('수거 중');
  await server.advance('P2D');
  await travel(server, 2);
  await open(page, `/desk/orders/${number}`);
  await page.locator('summary', { hasText: '환불에 이의 제기하기' }).click();
  await page.getByLabel('거절 이유').selectOption('other_goods');
  await page.getByLabel('근거').fill('상자에 다른 회사 제품이 들어 있습니다');
  await snapshot(page, 'desk-order-dispute');
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  await page.getByRole('button', { name: '이의 제기하기' }).last().click();
  await expect(claim(page)).toContainText('환불 승인 대기');
  await expect(claim(customer)).toContainText('판매자가 환불에 이의를 냈어요');
  await expect(claim(customer)).toContainText('상자에 다른 회사 제품이 들어 있습니다');
  await signIn(head, server, HEAD, `/admin/orders/${number}`);
  await expect(claim(head)).toContainText('판매한 상품이 아님');
  await snapshot(head, 'admin-order-disputed');
  await head.locator('summary', { hasText: '환불 거절하기' }).first().click();
  await head.getByLabel('거절 이유').selectOption('other_goods');
  await head.getByLabel('근거').fill('사진의 모델이 판매한 모델과 다릅니다');
  await head.getByRole('button', { name: '환불 거절하기' }).last().click();
  await expect(claim(customer)).toContainText('환불할 수 없어요');

  // The other one is not worth fetching.
  await wish();
  await open(page, `/desk/orders/${number}`);
  await page.locator('summary', { hasText: '상품 없이 환불하기' }).click();
  await snapshot(page, 'desk-order-keep');
  expect(await flaws(page)).toEqual([]);
  await page.getByRole('button', { name: '상품 없이 환불하기' }).last().click();
  await expect(claim(customer)).toContainText('구매자가 보관');
  await expect(claim(customer)).toContainText('반품 완료');
  await snapshot(customer, 'order-kept');
});

test('a fault that does not show is refused with evidence, and the buyer may say that he changed his mind', async ({ page, visitor, server }) => {
  test.setTimeout(120_000);
  const customer = await visitor();
  const number = await delivered(customer, server, GOODS.filter, 2);
  await open(customer, `/orders/${number}/return`);
  await customer.getByLabel('이유').selectOption('not_as_described');
  await customer.getByRole('button', { name: '반품 신청하기' }).click();
  await expect(claim(customer)).toContainText('반품 접수');
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await page.locator('summary', { hasText: '반품 거절하기' }).click();
  await page.getByLabel('거절 이유').selectOption('not_shown');
  await page.getByLabel('근거').fill('보내신 모델 번호와 설명의 모델 번호가 같습니다');
  await page.getByRole('button', { name: '반품 거절하기' }).click();
  await expect(claim(customer)).toContainText('말씀하신 문제가 확인되지 않음');
  await expect(claim(customer)).toContainText('보내신 모델 번호와 설명의 모델 번호가 같습니다');
  await open(customer, `/orders/${number}/return`);
  await customer.getByLabel('이유').selectOption('change_of_mind');
  await customer.getByRole('button', { name: '반품 신청하기' }).click();
  await expect(claim(customer)).toContainText('수거 배송비');
  // A change of mind cannot be refused: the store is not even asked.
  await expect(claim(page)).toContainText('단순 변심');
  await expect(page.locator('summary', { hasText: '반품 거절하기' })).toHaveCount(0);
  await confirm(customer, '반품 철회하기', '반품 철회하기');
  await expect(claim(customer)).toContainText('반품 철회');
});
