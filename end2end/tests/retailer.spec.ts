import { GOODS, GUEST, buy, newMember, order, pay, signIn, status, travel } from '../support/shop.ts';
import { flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { expect, live, open, test } from '../support/test.ts';

const HANBIT = 'hanbit-manager@jumun.example';
const BADACOOL = 'badacool-manager@jumun.example';

test('a retailer prepares an order and the buyer sees each step by itself @role', async ({ page, visitor, server }) => {
  const buyer = await visitor();
  const number = await buy(buyer, { product: GOODS.filter, quantity: 2 });
  await buyer.evaluate(() => Object.assign(window, { sameDocument: true }));

  await signIn(page, server, HANBIT);
  await expect(page).toHaveURL(/\/desk$/);
  await expect(page.getByRole('heading', { name: '오늘', level: 1 })).toBeVisible();
  await page.getByRole('link', { name: /^주문\s/ }).click();
  await expect(page.getByRole('heading', { name: '주문', level: 1 })).toBeVisible();
  const row = page.getByRole('row', { name: new RegExp(number) });
  await expect(row).toContainText(GOODS.filter.name);
  await expect(row).toContainText('주문 확정');
  await row.getByRole('link', { name: number }).click();
  await expect(page.getByRole('heading', { name: number, level: 1 })).toBeVisible();
  await expect(page.getByText(GUEST.address, { exact: false })).toBeVisible();

  await page.getByRole('button', { name: '상품 준비 시작' }).click();
  await expect(status(page)).toHaveText('상품 준비중');
  await expect(status(buyer)).toHaveText('상품 준비중');
  await expect(buyer.getByText('주문 취소하기')).toHaveCount(0);

  await page.getByRole('button', { name: '재고 할당' }).click();
  await expect(status(page)).toHaveText('발주 완료');
  await page.getByRole('button', { name: '출고 지시' }).click();
  await expect(page.getByRole('button', { name: '출고 지시' })).toHaveCount(0);
  await travel(server, 4);
  await expect(status(buyer)).toHaveText('배송 완료');
  await expect(status(page)).toHaveText('배송 완료');
  for (const step of ['상품 준비 시작', '상품 준비 완료', '출고 완료', '배송 완료']) await expect(buyer.getByRole('list', { name: '지나온 일' })).toContainText(step);
  expect(await buyer.evaluate(() => (window as { sameDocument?: boolean }).sameDocument), 'never reloaded').toBe(true);
});

test('a part goes by itself, and the buyer sees two parcels', async ({ page, visitor, server }) => {
  const buyer = await visitor();
  const number = await buy(buyer, { product: GOODS.filter, quantity: 3 });
  await expect(buyer.getByRole('heading', { name: /^배송/ })).toHaveCount(1);
  await signIn(page, server, HANBIT, `/desk/orders/${number}`);
  await page.getByText('나눠 보내기', { exact: true }).click();
  const form = page.getByRole('group').or(page.locator('details[open]')).filter({ hasText: '나눠 보낼까요?' }).first();
  await form.getByLabel(GOODS.filter.name).selectOption('1');
  await snapshot(page, 'retailer-order-split');
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  await page.getByRole('button', { name: '나누기', exact: true }).click();
  await expect(buyer.getByText(`${GOODS.filter.name} × 2`)).toBeVisible();
  await expect(buyer.getByText(`${GOODS.filter.name} × 1`)).toBeVisible();
  await expect(buyer.getByRole('list', { name: '지나온 일' })).toContainText('나눠 보내기');
  expect(await runsOut(buyer)).toBe('');
  await snapshot(buyer, 'guest-order-split');
  await server.advance('PT31M');
  await travel(server, 4);
  await expect(status(buyer)).toHaveText('배송 완료');
  const numbers = await buyer.getByText('운송장', { exact: true }).locator('xpath=following-sibling::*[1]').locator('.mono').allInnerTexts();
  expect(new Set(numbers).size, 'a number each').toBe(2);
});

test('a new order does not move the board; a bar offers it', async ({ page, visitor, server }) => {
  await signIn(page, server, HANBIT, '/desk/boards/orders');
  await expect(page.getByRole('heading', { name: '주문', level: 1 })).toBeVisible();
  await live(page);
  // The stream must be open before something happens, and its first hint only says where it stands.
  await page.waitForTimeout(1_000);
  const buyer = await visitor();
  await newMember(buyer);
  const number = await order(buyer, GOODS.cover);
  await pay(buyer, server, number);
  const bar = page.getByRole('button', { name: /새 소식 \d+건 보기/ });
  await expect(bar).toBeVisible();
  await expect(page.getByRole('link', { name: number })).toHaveCount(0);
  await bar.click();
  await expect(page.getByRole('link', { name: number })).toBeVisible();
});

test('the board is worked with the keyboard: j, k, Enter', async ({ page, visitor, server }) => {
  const buyer = await visitor();
  await newMember(buyer);
  for (let nth = 0; nth < 2; nth += 1) await pay(buyer, server, await order(buyer, GOODS.cover));
  await signIn(page, server, HANBIT, '/desk/boards/orders');
  await live(page);
  await page.keyboard.press('j');
  const first = page.locator('#row-0');
  const second = page.locator('#row-1');
  await expect(first).toBeFocused();
  await page.keyboard.press('j');
  await expect(second).toBeFocused();
  await page.keyboard.press('k');
  await expect(first).toBeFocused();
  const number = await first.innerText();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/desk/orders/${number}$`));
});

test('the staff of another store can neither see nor open the order', async ({ page, visitor, server, watch }) => {
  const buyer = await visitor();
  await newMember(buyer);
  const number = await order(buyer, GOODS.filter);
  await pay(buyer, server, number);
  await signIn(page, server, BADACOOL, '/desk/boards/orders');
  await expect(page.getByRole('heading', { name: '주문', level: 1 })).toBeVisible();
  await expect(page.getByText(number)).toHaveCount(0);
  watch.expect(404, new RegExp(number));
  for (const path of [`/desk/orders/${number}`, `/orders/${number}`]) {
    await open(page, path);
    await expect(page.getByText('찾으시는 것이 없어요')).toBeVisible();
    await expect(page.locator('body')).not.toContainText(GUEST.address);
  }
});

test('a customer and a stranger are kept away from the desk', async ({ page, visitor, watch }) => {
  watch.expect(401, /^\/desk/);
  watch.expect(403, /^\/desk/);
  await newMember(page);
  for (const path of ['/desk', '/desk/boards/orders', '/desk/claims', '/desk/stock', '/desk/products', '/desk/team', '/desk/webhooks', '/desk/keys']) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(403);
    await expect(page.getByText('이 계정으로는 할 수 없는 일이에요').first()).toBeVisible();
  }
  const stranger = await visitor();
  const answer = await stranger.goto('/desk');
  expect(answer?.status()).toBe(401);
  await expect(stranger.getByText('로그인이 필요해요').first()).toBeVisible();
});

test('units that are received show in the levels and in the shop', async ({ page, visitor, server }) => {
  const good = { id: 'PROD-5015', variant: 'VAR-5015-STD' };
  const buyer = await visitor();
  await open(buyer, `/products/${good.id}`);
  await expect(buyer.getByRole('button', { name: '품절' })).toBeDisabled();

  await signIn(page, server, HANBIT, `/desk/stock?q=${good.variant}`);
  await live(page);
  const row = page.getByRole('row', { name: new RegExp(good.variant) }).first();
  await row.getByRole('link', { name: '입고·조정' }).click();
  await page.getByLabel('들어온 수량').fill('4');
  await page.getByRole('button', { name: '입고', exact: true }).click();
  await expect(page.getByText('반영했습니다')).toBeVisible();
  await expect(row.getByRole('cell').nth(2)).toHaveText('4');
  await open(buyer, `/products/${good.id}`);
  await expect(buyer.getByText('4개 남음').first()).toBeVisible();

  await page.getByLabel('더하거나 뺄 수량').fill('-4');
  await page.getByLabel('사유').fill('파손');
  await page.getByRole('button', { name: '재고 조정' }).click();
  await expect(row.getByRole('cell').nth(2)).toHaveText('0');
});

test('more than there is cannot be taken off the shelf', async ({ page, server, watch }) => {
  watch.expect(422, /adjust-stock|stock/);
  watch.expect(409, /adjust-stock|stock/);
  await signIn(page, server, HANBIT, '/desk/stock?q=VAR-5012');
  await live(page);
  const row = page.getByRole('row', { name: /VAR-5012/ }).first();
  const before = await row.getByRole('cell').nth(2).innerText();
  await row.getByRole('link', { name: '입고·조정' }).click();
  await page.getByLabel('더하거나 뺄 수량').fill('-999');
  await page.getByLabel('사유').fill('실사');
  await page.getByRole('button', { name: '재고 조정' }).click();
  await expect(page.getByText('재고가 모자라요')).toBeVisible();
  await expect(row.getByRole('cell').nth(2)).toHaveText(before);
});

test('a retailer cancels a confirmed order and the buyer gets the money back', async ({ page, visitor, server }) => {
  const buyer = await visitor();
  const number = await buy(buyer, { product: GOODS.filter });
  await signIn(page, server, HANBIT, `/desk/orders/${number}`);
  await live(page);
  await page.getByText('판매자 취소하기').click();
  await expect(page.getByText('구매자에게 15,000원 전액 환불', { exact: false })).toBeVisible();
  await page.getByLabel('사유').selectOption('out_of_stock');
  await page.getByRole('button', { name: '취소하기', exact: true }).click();
  await expect(buyer.getByText('판매자가 취소했습니다.')).toBeVisible();
  await expect(buyer.getByText('15,000원 환불 완료', { exact: false })).toBeVisible();
});
