// Units that are not there: at the checkout, while waiting for them, and after they were paid for.

import { flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { GUEST, buy, call, choose, fillAddress, newMember, numberIn, order, payAtPsp, signIn, status, won } from '../support/shop.ts';
import { expect, live, open, test, type Page } from '../support/test.ts';

const HANBIT = 'hanbit-manager@jumun.example';
const KIT = { id: 'PROD-5012', variant: 'VAR-5012-STD', name: '창문형 높이 연장 키트', price: 45_000 } as const;
const GUIDE = { id: 'PROD-5015', variant: 'VAR-5015-STD', name: '실외기 에어가이드', price: 32_000 } as const;

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

async function agree(page: Page): Promise<void> {
  await page.getByLabel('주문 내용과 금액을 확인했고 주문에 동의해요').check();
}

/** Units of the kit that can be had. */
async function kits(page: Page): Promise<number> {
  const answer = await page.request.get('/api/product', { params: { id: KIT.id } });
  return ((await answer.json()) as { card: { available: number } }).card.available;
}

test('somebody was quicker: the buyer takes what is there', async ({ page, visitor, watch }) => {
  watch.expect(409, /place-order/);
  await newMember(page);
  const all = await kits(page);
  await call(page, 'add-to-cart', { variant: KIT.variant, quantity: String(all) });
  await open(page, `/checkout/${await sellerOf(page, KIT.id)}`);
  await expect(page.getByLabel('상품이 모자라면')).toHaveValue('refuse');
  await fillAddress(page);
  await agree(page);

  const other = await visitor();
  await order(other, KIT);
  await page.getByRole('button', { name: '주문하고 결제하기' }).click();
  await expect(page.getByText(`‘${KIT.name}’ 재고가 모자라요`)).toBeVisible();
  await expect(page.getByText(`${all}개를 고르셨는데 지금은 ${all - 1}개가 있어요.`, { exact: false })).toBeVisible();
  await expect(page.getByLabel('주소', { exact: true }), 'what was typed is still there').toHaveValue(GUEST.address);
  const similar = page.locator('.substitutes a').first();
  await expect(similar).toHaveAttribute('href', /^\/products\//);
  await sound(page, 'member-checkout-short');

  await page.getByRole('button', { name: '있는 것만 주문하기' }).click();
  await expect(page).toHaveURL(/\/pay\/ORD-/);
  await expect(page.locator('.pay-sum')).toHaveText(won(KIT.price * (all - 1)));
});

test('what is chosen beforehand needs no question', async ({ page, visitor, server }) => {
  // What the tests before took and did not pay for is free again.
  await server.advance('PT31M');
  await newMember(page);
  const all = await kits(page);
  await call(page, 'add-to-cart', { variant: KIT.variant, quantity: String(all) });
  await open(page, `/checkout/${await sellerOf(page, KIT.id)}`);
  await fillAddress(page);
  await page.getByLabel('상품이 모자라면').selectOption('take');
  await agree(page);
  await order(await visitor(), KIT);
  await page.getByRole('button', { name: '주문하고 결제하기' }).click();
  await expect(page).toHaveURL(/\/pay\/ORD-/);
  await expect(page.locator('.pay-sum')).toHaveText(won(KIT.price * (all - 1)));
});

test('the buyer waits, the retailer receives the goods, and the page asks to pay by itself', async ({ page, visitor, server }) => {
  await newMember(page);
  await call(page, 'add-to-cart', { variant: GUIDE.variant, quantity: '2' });
  await open(page, `/checkout/${await sellerOf(page, GUIDE.id)}`);
  await expect(page.getByRole('button', { name: '있는 것만 주문하기' }), 'nothing is there').toHaveCount(0);
  await fillAddress(page);
  await agree(page);
  await page.getByRole('button', { name: '주문하고 입고 기다리기' }).click();
  await expect(page).toHaveURL(/\/orders\/ORD-/);
  await expect(status(page)).toHaveText('입고 대기');
  await expect(page.getByText(`${GUIDE.name} 2개 입고를 기다려요`)).toBeVisible();
  await expect(page.getByText('입고되면 알려 드려요', { exact: false }).first()).toBeVisible();
  await expect(page.locator('.order-state .badge', { hasText: '부족' })).toBeVisible();
  await live(page);
  await sound(page, 'member-order-waiting');
  const number = numberIn(page);
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));

  const desk = await visitor();
  await signIn(desk, server, HANBIT, '/desk/boards/out-of-stock');
  const row = desk.getByRole('row', { name: new RegExp(number) });
  await expect(row).toContainText('부족');
  await sound(desk, 'retailer-board-out-of-stock');
  await open(desk, `/desk/stock?q=${GUIDE.variant}`);
  await desk.getByRole('row', { name: new RegExp(GUIDE.variant) }).first().getByRole('link', { name: '입고·조정' }).click();
  await desk.getByLabel('들어온 수량').fill('2');
  await desk.getByRole('button', { name: '입고', exact: true }).click();
  await expect(desk.getByText('반영했습니다')).toBeVisible();

  await expect(status(page)).toHaveText('재고 확보');
  await expect(page.getByText('부족 2개')).toBeVisible();
  expect(await page.evaluate(() => (window as { sameDocument?: boolean }).sameDocument), 'never reloaded').toBe(true);
  await page.getByRole('link', { name: '결제하기' }).click();
  await choose(page, 'card');
  await payAtPsp(page, 'approve');
  await expect(status(page)).toHaveText('주문 확정');
});

test('the retailer finds fewer than promised; the buyer takes the rest and reads the refund slip', async ({ page, visitor, server }) => {
  const desk = await visitor();
  await signIn(desk, server, HANBIT);
  await shelve(desk, 3);
  await buy(page, { product: GUIDE, quantity: 3 });
  const number = numberIn(page);
  await open(desk, `/desk/orders/${number}`);
  await desk.getByText('재고 부족 알리기').first().click();
  await desk.getByLabel('모자란 수량').fill('1');
  await sound(desk, 'retailer-order-loss');
  await desk.getByRole('button', { name: '부족 알리기', exact: true }).click();
  await expect(desk.locator('.order-state .badge', { hasText: '부족' })).toBeVisible();
  await expect(desk.getByText('답이 없으면 모자란 1개만 빠집니다.', { exact: false })).toBeVisible();

  await expect(page.getByText(`${GUIDE.name} 1개가 모자라요`)).toBeVisible();
  await expect(page.getByText(`1개를 빼면 ${won(32_000)}을 돌려드려요.`)).toBeVisible();
  await expect(page.getByText(/까지 골라 주세요 \(4[78]시간 남았어요\)/)).toBeVisible();
  await sound(page, 'guest-order-short');
  await page.getByRole('button', { name: '있는 것만 받기' }).click();
  await expect(page.getByText('부분 환불됨')).toBeVisible();
  const slip = page.getByRole('region', { name: '환불 내역서' }).first();
  await expect(slip).toContainText('재고 부족');
  await expect(slip).toContainText('32,000');
  await expect(slip.getByRole('row', { name: /환불 뒤 남은 결제 금액/ })).toContainText(won(67_000));
  await expect(page.getByRole('table', { name: '결제 금액' }).first()).toContainText(won(67_000));
  await expect(page.getByText('빼고 받기로 했어요')).toBeVisible();
  await expect(desk.getByText('부분 환불됨')).toBeVisible();
  await sound(page, 'guest-order-slip');
});

test('the buyer takes something else: a dearer one when the difference is paid, and the seller bears another', async ({ page, visitor, server }) => {
  await server.advance('PT31M');
  const desk = await visitor();
  await signIn(desk, server, HANBIT);
  await shelve(desk, 2);
  await buy(page, { product: GUIDE, quantity: 2 });
  const number = numberIn(page);
  await open(desk, `/desk/orders/${number}`);
  await desk.getByText('재고 부족 알리기').first().click();
  await desk.getByLabel('모자란 수량').fill('1');
  await desk.getByRole('button', { name: '부족 알리기', exact: true }).click();

  const choice = page.getByRole('listitem').filter({ hasText: KIT.name });
  await expect(page.getByText('대신 받을 수 있는 상품')).toBeVisible();
  await sound(page, 'guest-order-substitutes');
  await choice.getByRole('button', { name: `${won(13_000)} 더 내고 바꾸기` }).click();
  await expect(page).toHaveURL(new RegExp(`/pay/${number}`));
  await expect(page.locator('.pay-sum')).toHaveText(won(13_000));
  await expect(page.getByText('이 주문은 이미 결제했어요.', { exact: false })).toBeVisible();
  await expect(page.getByLabel('가상계좌')).toHaveCount(0);
  await sound(page, 'guest-pay-difference');
  // He thinks again: nothing has changed.
  await open(page, `/orders/${number}`);
  await expect(page.getByText(`차액 ${won(13_000)}을 결제하면`, { exact: false })).toBeVisible();
  await sound(page, 'guest-order-difference');
  await page.getByRole('button', { name: '바꾸지 않기' }).click();
  await expect(page.getByText(`차액 ${won(13_000)}을 결제하면`, { exact: false })).toHaveCount(0);

  // The seller offers it at the old price.
  const pick = desk.getByRole('listitem').filter({ hasText: KIT.name });
  await sound(desk, 'retailer-order-substitutes');
  await pick.getByRole('button', { name: '차액 없이 제안하기' }).click();
  await expect(choice.getByText('차액은 판매자 부담')).toBeVisible();
  await choice.getByRole('button', { name: '같은 값에 바꾸기' }).click();
  await expect(page.getByText('다른 상품으로 바꿨어요')).toBeVisible();
  await expect(page.getByRole('table', { name: '결제 금액' }).first()).toContainText('상품 할인');

  // One more is missing, and this time the buyer pays.
  await desk.getByText('재고 부족 알리기').first().click();
  await desk.getByRole('button', { name: '부족 알리기', exact: true }).first().click();
  await choice.getByRole('button', { name: `${won(13_000)} 더 내고 바꾸기` }).click();
  await choose(page, 'card');
  await payAtPsp(page, 'approve');
  await expect(page).toHaveURL(new RegExp(`/orders/${number}`));
  await expect(page.getByText('부족 1개')).toHaveCount(2);
  await expect(page.getByRole('table', { name: '결제 금액' }).first()).toContainText(won(32_000 + 45_000 + 3_000));
  await shelve(desk, 0);
});

test('the buyer of missing goods ends the whole order', async ({ page, visitor, server }) => {
  const desk = await visitor();
  await signIn(desk, server, HANBIT);
  await shelve(desk, 2);
  await buy(page, { product: GUIDE, quantity: 2 });
  const number = numberIn(page);
  await open(desk, `/desk/orders/${number}`);
  await desk.getByText('재고 부족 알리기').first().click();
  await desk.getByRole('button', { name: '부족 알리기', exact: true }).click();
  await expect(page.getByText(`${GUIDE.name} 1개가 모자라요`)).toBeVisible();
  await page.getByText('주문 취소하기').click();
  await expect(page.getByText(`결제한 ${won(67_000)} 전액을`, { exact: false })).toBeVisible();
  await page.getByRole('button', { name: '취소하기', exact: true }).click();
  await expect(status(page)).toHaveText(/취소|환불 완료/);
  await expect(page.getByText(`${won(67_000)} 환불 완료`, { exact: false })).toBeVisible();
  await shelve(desk, 0);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a basket that is short offers what can be done, and waiting works without scripts', async ({ page, server, watch }) => {
    watch.withoutScripts = true;
    await server.advance('PT31M');
    await newMember(page);
    const all = await kits(page);
    await call(page, 'add-to-cart', { variant: KIT.variant, quantity: String(all + 1) });
    await page.goto(`/checkout/${await sellerOf(page, KIT.id)}`);
    await expect(page.getByText(`‘${KIT.name}’ 재고가 모자라요`)).toBeVisible();
    await expect(page.locator('.substitutes a').first()).toBeVisible();
    await fillAddress(page);
    await agree(page);
    await page.getByRole('button', { name: '주문하고 입고 기다리기' }).click();
    await expect(page).toHaveURL(/\/orders\/ORD-/);
    await expect(page.getByText(`${KIT.name} 1개 입고를 기다려요`)).toBeVisible();
    await page.getByRole('button', { name: '있는 것만 받기' }).click();
    await expect(status(page)).toHaveText('재고 확보');
    await expect(page.getByRole('table', { name: '결제 금액' })).toContainText(won(KIT.price * all));
  });
});

/** The seller of a product. */
async function sellerOf(page: Page, id: string): Promise<string> {
  const view = (await (await page.request.get('/api/product', { params: { id } })).json()) as { card: { seller: string } };
  return view.card.seller;
}

/** Puts exactly so many guides on the shelf. */
async function shelve(desk: Page, units: number): Promise<void> {
  type Row = { warehouse: string; available: number };
  const read = await desk.request.get('/api/stock', { params: { q: GUIDE.variant } });
  const { rows } = (await read.json()) as { rows: Row[] };
  for (const { warehouse, available } of rows.filter((row) => row.available > 0))
    await call(desk, 'adjust-stock', { warehouse, variant: GUIDE.variant, delta: String(-available), reason: '실사' });
  if (units > 0) await call(desk, 'receive-goods', { warehouse: rows[0]!.warehouse, variant: GUIDE.variant, quantity: String(units) });
}
