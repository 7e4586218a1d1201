import { GOODS, newMember, order, pay, signIn, status, travel } from '../support/shop.ts';
import { flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { expect, live, open, test } from '../support/test.ts';
import type { Page } from '../support/test.ts';

const RETAILER = 'hanbit-manager@jumun.example';
const WHOLESALER = 'garam-manager@jumun.example';
const UPSTREAM = 'haedam-manager@jumun.example';
const AREUM = 'areum-manager@jumun.example';

/** The purchase that the page's tree leads to. */
async function purchaseIn(page: Page, seller: string): Promise<string> {
  const card = page.getByRole('region', { name: '주문 나무' }).getByRole('link', { name: new RegExp(seller) });
  return (await card.getAttribute('href'))!.split('/').pop()!;
}

async function prepareFromStock(page: Page): Promise<void> {
  await page.getByRole('button', { name: '상품 준비 시작' }).click();
  await page.getByRole('button', { name: '재고 할당' }).click();
  await page.getByRole('button', { name: '출고 지시' }).click();
  await expect(page.getByRole('button', { name: '출고 지시' })).toHaveCount(0);
}

async function buyAt(page: Page, partner: string): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(partner) }).check();
  await page.getByRole('button', { name: '발주 넣기' }).click();
}

test('a cover comes down a tree of stores, and everybody sees it move @role', async ({ page, visitor, server }) => {
  const [customer, wholesaler, upstream] = [await visitor(), await visitor(), await visitor()];
  await newMember(customer);
  const number = await order(customer, GOODS.cover, 2);
  await pay(customer, server, number);
  await open(customer, `/orders/${number}`);

  // The retailer looks at the partners side by side.
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await page.getByRole('button', { name: '상품 준비 시작' }).click();
  await expect(page.getByRole('radio', { name: /가람부품유통/ })).toBeVisible();
  await snapshot(page, 'desk-order-sources');
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  expect(await runsOut(page)).toBe('');
  await buyAt(page, '가람부품유통');
  await expect(status(page)).toHaveText('발주 확인');
  await expect(page.getByText('이 주문은 거래처의 납품을 기다립니다', { exact: false })).toBeVisible();
  await expect(status(customer)).toHaveText('발주 확인');
  await expect(customer.getByText('가람부품유통')).toHaveCount(0);
  const purchase = await purchaseIn(page, '가람부품유통');

  // The wholesaler finds it on his board and buys it himself.
  await signIn(wholesaler, server, WHOLESALER, '/desk/boards/orders');
  const row = wholesaler.getByRole('row', { name: new RegExp(purchase) });
  await expect(row).toContainText('한빛전자');
  await expect(row).toContainText('발주');
  await row.getByRole('link', { name: purchase }).click();
  await expect(wholesaler.getByRole('heading', { name: purchase, level: 1 })).toBeVisible();
  await live(wholesaler);
  await snapshot(wholesaler, 'desk-purchase-incoming');
  await wholesaler.getByRole('button', { name: '주문 수락' }).click();
  await expect(status(wholesaler)).toHaveText('주문 확정');
  await wholesaler.getByRole('button', { name: '상품 준비 시작' }).click();
  await buyAt(wholesaler, '해담공조');
  await expect(status(wholesaler)).toHaveText('발주 확인');
  const deeper = await purchaseIn(wholesaler, '해담공조');
  // The retailer learns that his order is agreed to, and nothing of where it comes from.
  const tree = page.getByRole('region', { name: '주문 나무' });
  await expect(tree).toContainText('발주 확인');
  await expect(tree).not.toContainText('해담공조');

  await signIn(upstream, server, UPSTREAM, `/desk/orders/${deeper}`);
  await upstream.getByRole('button', { name: '주문 수락' }).click();
  await expect(status(upstream)).toHaveText('주문 확정');
  await prepareFromStock(upstream);
  await travel(server, 4);
  await expect(status(upstream)).toHaveText('배송 완료');

  // Counted in, store by store, each page by itself.
  await wholesaler.getByRole('button', { name: '입고 확인' }).click();
  await expect(status(wholesaler)).toHaveText('발주 완료');
  await snapshot(wholesaler, 'desk-purchase-tree');
  await wholesaler.getByRole('button', { name: '출고 지시' }).click();
  await expect(wholesaler.getByRole('button', { name: '출고 지시' })).toHaveCount(0);
  await travel(server, 4);
  await page.getByRole('button', { name: '입고 확인' }).click();
  await expect(status(page)).toHaveText('발주 완료');
  await expect(status(customer)).toHaveText('발주 완료');
  await page.getByRole('button', { name: '출고 지시' }).click();
  await expect(page.getByRole('button', { name: '출고 지시' })).toHaveCount(0);
  await travel(server, 4);
  await expect(status(customer)).toHaveText('배송 완료');
  await customer.getByRole('button', { name: '구매확정' }).click();
  await expect(status(page)).toHaveText('구매 확정');
  await snapshot(page, 'desk-order-tree-done');
  expect(await runsOut(page)).toBe('');

  await open(page, '/desk/purchases');
  await expect(page.getByRole('row', { name: new RegExp(purchase) })).toContainText('구매 확정');
  await snapshot(page, 'desk-purchases');
  expect(await flaws(page)).toEqual([]);
});

test('a partner sends a cover straight to the customer, and everybody sees it move', async ({ page, visitor, server }) => {
  const [customer, wholesaler] = [await visitor(), await visitor()];
  await newMember(customer);
  const number = await order(customer, GOODS.cover, 2);
  await pay(customer, server, number);
  await open(customer, `/orders/${number}`);
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await page.getByRole('button', { name: '상품 준비 시작' }).click();
  await page.getByRole('radio', { name: /가람부품유통/ }).check();
  await page.getByLabel('보낼 곳').selectOption('고객에게 바로');
  await snapshot(page, 'desk-order-ship-to');
  await page.getByRole('button', { name: '발주 넣기' }).click();
  await expect(status(page)).toHaveText('발주 확인');
  await expect(page.getByText('고객에게 바로 배송', { exact: true })).toBeVisible();
  const purchase = await purchaseIn(page, '가람부품유통');

  // Whom it is for the wholesaler learns when he has it sent.
  await signIn(wholesaler, server, WHOLESALER, `/desk/orders/${purchase}`);
  const place = wholesaler.locator('.card').filter({ has: wholesaler.getByRole('heading', { name: '받는 곳' }) });
  await expect(place).toContainText('고객에게 바로 보내는 발주예요');
  await expect(place).not.toContainText('서울');
  await wholesaler.getByRole('button', { name: '주문 수락' }).click();
  await expect(status(wholesaler)).toHaveText('주문 확정');
  await prepareFromStock(wholesaler);
  await expect(place).toContainText('010-');
  await snapshot(wholesaler, 'desk-purchase-drop-ship');
  expect(await flaws(wholesaler)).toEqual([]);
  expect(await rawKeys(wholesaler)).toEqual([]);
  await expect(status(page)).toHaveText('발주 완료');
  await expect(page.getByRole('button', { name: '출고 지시' })).toHaveCount(0);
  await travel(server, 4);
  await expect(status(customer)).toHaveText('배송 완료');
  await expect(status(wholesaler)).toHaveText('구매 확정');
  await expect(customer.getByText('가람부품유통')).toHaveCount(0);
  await expect(status(page)).toHaveText('배송 완료');
  await snapshot(page, 'desk-order-drop-ship');
  expect(await runsOut(page)).toBe('');
  await customer.getByRole('button', { name: '구매확정' }).click();
  await expect(status(page)).toHaveText('구매 확정');
  // Two days later he has forgotten it.
  await server.advance('P2D');
  await wholesaler.reload();
  await expect(place).not.toContainText('010-');
});

test('a partner who has less, and one who says no', async ({ page, visitor, server }) => {
  const [customer, wholesaler] = [await visitor(), await visitor()];
  await newMember(customer);
  const number = await order(customer, GOODS.cover, 2);
  await pay(customer, server, number);
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await page.getByRole('button', { name: '상품 준비 시작' }).click();
  await buyAt(page, '가람부품유통');
  await expect(status(page)).toHaveText('발주 확인');

  const purchase = await purchaseIn(page, '가람부품유통');
  await signIn(wholesaler, server, WHOLESALER, `/desk/orders/${purchase}`);
  await wholesaler.getByText('일부만 수락', { exact: true }).click();
  await wholesaler.getByLabel(/실외기 커버/).selectOption('1');
  await wholesaler.getByRole('button', { name: '이만큼 수락' }).click();
  await expect(status(wholesaler)).toHaveText('주문 확정');

  // One unit has to be found elsewhere, and the order says so.
  await expect(status(page)).toHaveText('상품 준비중');
  await expect(page.getByText('1개를 구할 곳이 없어요', { exact: false })).toBeVisible();
  await snapshot(page, 'desk-order-unsourced');
  expect(await flaws(page)).toEqual([]);
  await open(page, '/desk/boards/out-of-stock');
  await expect(page.getByRole('row', { name: new RegExp(number) })).toBeVisible();
  await open(page, `/desk/orders/${number}`);
  await page.getByRole('button', { name: '재고 할당' }).click();
  await expect(status(page)).toHaveText('발주 확인');

  // The wholesaler says no after all: the other unit too.
  await wholesaler.getByText('거절·취소', { exact: true }).click();
  await wholesaler.getByLabel('사유').selectOption({ index: 1 });
  await wholesaler.getByRole('button', { name: '취소하기', exact: true }).click();
  await expect(status(wholesaler)).toHaveText('취소');
  await expect(status(page)).toHaveText('상품 준비중');
  await page.getByRole('button', { name: '재고 할당' }).click();
  await expect(status(page)).toHaveText('발주 완료');
  // Decided too early: until the goods are released it can be undone.
  await page.getByRole('button', { name: '할당 되돌리기' }).click();
  await expect(status(page)).toHaveText('상품 준비중');
  await page.getByRole('button', { name: '재고 할당' }).click();
  await expect(status(page)).toHaveText('발주 완료');
});

test('goods that were fetched elsewhere are kept with their receipt', async ({ page, visitor, server, watch }) => {
  watch.expect(422, /record-receipt/);
  const customer = await visitor();
  await newMember(customer);
  const number = await order(customer, GOODS.cover, 2);
  await pay(customer, server, number);
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await page.getByRole('button', { name: '상품 준비 시작' }).click();
  await page.getByText('밖에서 사 온 에어컨 실외기 커버 기록하기').click();
  const fill = async (business: string) => {
    await page.getByLabel('판매처').fill('동네 전자');
    await page.getByLabel('사업자등록번호').fill(business);
    await page.getByLabel('합계 금액 (원)').fill('42000');
  };
  await fill('220-81-62518');
  await page.getByRole('button', { name: '입고하기' }).click();
  await expect(page.getByText('‘사업자등록번호’ 칸을 읽을 수 없어요', { exact: false })).toBeVisible();
  await snapshot(page, 'desk-order-receipt');
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  await fill('220-81-62517');
  await page.getByRole('button', { name: '입고하기' }).click();
  await expect(status(page)).toHaveText('발주 완료');
  await expect(page.getByText('220-81-62517 · 42,000원', { exact: false })).toBeVisible();
  // The paper itself is kept beside it, for the store alone.
  await page.getByText('영수증 사진 올리기').click();
  await page.getByLabel('영수증 사진', { exact: true }).setInputFiles({ name: 'receipt.png', mimeType: 'image/png', buffer: await page.screenshot() });
  await page.getByRole('button', { name: '사진 보관하기' }).click();
  const paper = page.getByRole('img', { name: '영수증 사진 1' });
  await expect(paper).toBeVisible();
  await live(page);
  await snapshot(page, 'desk-order-receipt-kept');
  expect(await flaws(page)).toEqual([]);
  const kept = (await paper.getAttribute('src'))!;
  expect((await page.request.get(kept)).status()).toBe(200);
  expect((await customer.request.get(kept)).status()).toBe(404);
  await page.getByText('기록 취소', { exact: true }).click();
  await page.getByRole('button', { name: '기록 취소하기' }).click();
  await expect(status(page)).toHaveText('상품 준비중');
  await expect(page.getByText('2개를 구할 곳이 없어요', { exact: false })).toBeVisible();
  expect(await runsOut(page)).toBe('');
});

test('a store fills its own shelf from a partner', async ({ page, visitor, server }) => {
  await signIn(page, server, RETAILER, '/desk/partners');
  await expect(page.getByRole('listitem').filter({ hasText: '가람부품유통' }).first()).toContainText('10,000,000원');
  // Goods of its own: other tests count on shelves that are empty.
  const goods = page.getByRole('listitem').filter({ hasText: '소담 2in1' });
  const here = async () => Number(/우리 재고 (\d+)/.exec((await goods.textContent())!)![1]);
  const before = await here();
  await goods.getByText('발주하기', { exact: true }).click();
  await goods.getByLabel('발주 수량').fill('4');
  await goods.getByLabel('받을 창고').selectOption({ label: '기흥 물류창고' });
  await snapshot(page, 'desk-partners');
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  expect(await runsOut(page)).toBe('');
  await goods.getByRole('button', { name: '발주 넣기' }).click();
  await expect(page).toHaveURL(/\/desk\/orders\/ORD-/);
  const number = page.url().split('/').pop()!;
  await live(page);

  const wholesaler = await visitor();
  await signIn(wholesaler, server, 'mir-manager@jumun.example', `/desk/orders/${number}`);
  await wholesaler.getByRole('button', { name: '주문 수락' }).click();
  await expect(status(page)).toHaveText('주문 확정');
  await prepareFromStock(wholesaler);
  await travel(server, 4);
  await page.getByRole('button', { name: '입고 확인' }).click();
  await expect(status(page)).toHaveText('구매 확정');
  await open(page, '/desk/partners');
  expect(await here()).toBe(before + 4);
});

test('what is sold to order is bought of a partner after the sale', async ({ page, visitor, server }) => {
  const customer = await visitor();
  await newMember(customer);
  await open(customer, `/products/${GOODS.imported.id}`);
  await expect(customer.getByText('주문하면 들여와요')).toBeVisible();
  await snapshot(customer, 'product-to-order');
  const number = await order(customer, GOODS.imported);
  await pay(customer, server, number);
  await open(customer, `/orders/${number}`);

  // Nobody has failed: it stands among the orders, and nobody has bought it yet.
  await signIn(page, server, AREUM, '/desk/boards/orders');
  await page.getByRole('row', { name: new RegExp(number) }).getByRole('link', { name: number }).click();
  await live(page);
  await page.getByRole('button', { name: '상품 준비 시작' }).click();
  await expect(page.getByText('1개를 거래처에서 매입할 차례예요', { exact: false })).toBeVisible();
  await snapshot(page, 'desk-order-to-buy');
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  await buyAt(page, '해담공조');
  await expect(status(page)).toHaveText('발주 확인');
  await expect(page.getByText('거래처에서 매입할 차례예요', { exact: false })).toHaveCount(0);
  await expect(status(customer)).toHaveText('발주 확인');

  // What ends with the order is told before it does.
  await page.getByText('판매자 취소하기', { exact: true }).click();
  await expect(page.getByText('이 주문을 위해 넣은 주문도 함께 끝납니다.')).toBeVisible();
  await expect(page.getByText('발주 · 해담공조', { exact: false })).toBeVisible();
  await snapshot(page, 'desk-order-ends');
  expect(await flaws(page)).toEqual([]);

  // How it is sold is the store's to change.
  await open(page, `/desk/products?option=${GOODS.imported.variant}`);
  const how = page.locator('#to-order');
  await expect(how.getByText('파트너가 보낼 수 있는 수량')).toBeVisible();
  await snapshot(page, 'desk-to-order');
  expect(await flaws(page)).toEqual([]);
  await how.getByRole('button', { name: '재고 판매로 바꾸기' }).click();
  await how.locator('summary').click();
  await how.getByRole('button', { name: '주문 매입으로 팔기' }).click();
  await expect(how.getByRole('button', { name: '재고 판매로 바꾸기' })).toBeVisible();
});
