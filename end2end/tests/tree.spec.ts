// One air conditioner with its installation, carried by everybody it takes: the customer, the store that sells it, the wholesaler it
// is bought of, the wholesaler that one buys it of, and the installer on a phone. Each looks at a page of his own that moves by itself.
// And it comes back the way it went.

import { GOODS, buy, newMember, signIn, status, travel } from '../support/shop.ts';
import { PHONE, flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { expect, live, open, test, type Page } from '../support/test.ts';

const RETAILER = 'hanbit-manager@jumun.example';
const WHOLESALER = 'mir-manager@jumun.example';
const UPSTREAM = 'haedam-manager@jumun.example';
const INSTALLER = 'installer-seoul@jumun.example';
const [WHOLESALE, ABOVE, WHO] = ['미르전자도매', '해담공조', '차강민'];

const tree = (page: Page) => page.getByRole('region', { name: '주문 나무' });
const card = (page: Page, name: string) => tree(page).locator('.tree-card', { hasText: name });
const claim = (page: Page) => page.locator('.claim').first();
const badge = (page: Page) => page.locator('.job-state .badge').first();

/** Looks from the top of the page: what sticks would else stand in the middle of the picture. */
async function wellMade(page: Page, name: string): Promise<void> {
  await page.evaluate(() => window.scrollTo(0, 0));
  await snapshot(page, name);
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  expect(await runsOut(page)).toBe('');
}

/** Takes what another store buys and orders it of a partner, or of the own shelf. */
async function accept(page: Page): Promise<void> {
  await page.getByRole('button', { name: '주문 수락' }).click();
  await expect(status(page)).toHaveText('주문 확정');
  await page.getByRole('button', { name: '상품 준비 시작' }).click();
  await expect(page.getByRole('button', { name: '재고 할당' })).toBeVisible();
}

/** Orders at a partner. Answers the number of the purchase. */
async function buyAt(page: Page, partner: string): Promise<string> {
  await page.getByRole('radio', { name: new RegExp(partner) }).check();
  await page.getByRole('button', { name: '발주 넣기' }).click();
  await expect(card(page, partner)).toBeVisible();
  return (await card(page, partner).getAttribute('href'))!.split('/').pop()!;
}

async function release(page: Page): Promise<void> {
  await page.getByRole('button', { name: '출고 지시' }).click();
  await expect(page.getByRole('button', { name: '출고 지시' })).toHaveCount(0);
}

/** A day from today in Korea, by the server's clock. */
async function dayIn(page: Page, days: number): Promise<string> {
  const now = ((await (await page.request.get('/api/jobs')).json()) as { now: number }).now / 1000;
  return new Date(now + 9 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
}

/** One of the grey boxes that ask before something happens: opens it and presses what does it. */
async function confirm(page: Page, does: string): Promise<void> {
  await page.locator('summary', { hasText: does }).first().click();
  await page.getByRole('button', { name: does }).first().click();
}

test('five people carry one air conditioner down a tree of three stores and up a wall, and seven the whole way back @role', async ({
  page,
  visitor,
  server,
}) => {
  test.setTimeout(300_000);
  const [customer, wholesaler, upstream, worker] = [await visitor(), await visitor(), await visitor(), await visitor()];
  await newMember(customer);
  const number = await buy(customer, { product: { ...GOODS.wall, option: '화이트' } });
  await expect(customer.getByText('판매자가 설치 기사를 찾고 있어요.')).toBeVisible();
  await expect(tree(customer), 'there is nothing beside the order yet').toHaveCount(0);

  // The store asks an installer and a wholesaler at the same time.
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await page.getByRole('button', { name: '상품 준비 시작' }).click();
  await expect(status(customer)).toHaveText('상품 준비중');
  await page.getByRole('radio', { name: new RegExp(WHO) }).check();
  await page.getByRole('button', { name: '설치 기사 정하기' }).click();
  await expect(card(page, WHO)).toContainText('답변 대기');
  const job = (await card(page, WHO).getAttribute('href'))!.split('/').pop()!;
  const purchase = await buyAt(page, WHOLESALE);
  await expect(status(page)).toHaveText('발주 확인');
  await expect(status(customer)).toHaveText('발주 확인');
  await expect(tree(customer), 'he has not said yes').toHaveCount(0);

  // The installer says yes and when, on a phone.
  await worker.setViewportSize(PHONE);
  await signIn(worker, server, INSTALLER, `/jobs/${job}`);
  await worker.getByRole('button', { name: '설치 맡기' }).click();
  await expect(badge(worker)).toHaveText('방문일 정하는 중');
  await expect(card(customer, WHO)).toContainText('방문일 정하는 중');
  await worker.getByLabel('방문일', { exact: true }).fill(await dayIn(worker, 1));
  await worker.getByRole('button', { name: '방문일 정하기' }).click();
  await expect(badge(worker)).toHaveText('방문 예정');
  await expect(card(customer, WHO)).toContainText(/방문 예정/);
  await expect(card(page, WHO)).toContainText('방문 예정');

  // The wholesaler finds the purchase on his board, and buys it himself.
  await signIn(wholesaler, server, WHOLESALER, '/desk/boards/orders');
  await wholesaler.getByRole('row', { name: new RegExp(purchase) }).getByRole('link', { name: purchase }).click();
  await expect(wholesaler.getByRole('heading', { name: purchase, level: 1 })).toBeVisible();
  await live(wholesaler);
  await accept(wholesaler);
  const deeper = await buyAt(wholesaler, ABOVE);
  await expect(status(wholesaler)).toHaveText('발주 확인');
  await signIn(upstream, server, UPSTREAM, `/desk/orders/${deeper}`);
  await accept(upstream);
  await upstream.getByRole('button', { name: '재고 할당' }).click();
  await release(upstream);
  await travel(server, 4);
  await expect(status(upstream)).toHaveText('배송 완료');
  await expect(card(wholesaler, ABOVE)).toContainText('배송 완료');

  // Each sees his own part of the tree: what he buys and what he sells, and the customer who comes.
  await expect(card(customer, WHO)).toBeVisible();
  for (const hidden of [WHOLESALE, ABOVE, purchase, deeper, job]) await expect(customer.getByText(hidden)).toHaveCount(0);
  await expect(tree(customer).getByRole('link')).toHaveCount(0);
  for (const [eyes, sees, hidden] of [
    [page, [WHOLESALE, WHO], [ABOVE]],
    [wholesaler, [WHOLESALE, ABOVE], [WHO, number]],
  ] as const) {
    for (const name of sees) await expect(card(eyes, name)).toBeVisible();
    for (const name of hidden) await expect(eyes.getByText(name)).toHaveCount(0);
  }
  await expect(tree(upstream)).toHaveCount(0);
  await wellMade(customer, 'order-tree');
  await wellMade(page, 'desk-order-tree');

  // Counted in store by store, handed to the installer, and on the day put up.
  await wholesaler.getByRole('button', { name: '입고 확인' }).click();
  await expect(status(wholesaler)).toHaveText('발주 완료');
  await expect(status(upstream)).toHaveText('구매 확정');
  await release(wholesaler);
  await travel(server, 4);
  await expect(status(wholesaler)).toHaveText('배송 완료');
  await page.getByRole('button', { name: '입고 확인' }).click();
  await expect(status(page)).toHaveText('발주 완료');
  await expect(status(customer)).toHaveText('발주 완료');
  await expect(status(wholesaler)).toHaveText('구매 확정');
  await release(page);
  await expect(status(customer)).toHaveText('출고 완료');
  await server.advance('PT24H');
  await open(worker, `/jobs/${job}`);
  await worker.getByRole('button', { name: '출발하기' }).click();
  await expect(card(customer, WHO)).toContainText('가는 중');
  await expect(status(page)).toHaveText('배송 출발');
  await worker.getByText('상품 도착 알리기', { exact: true }).first().click();
  await worker.getByRole('button', { name: '상품 도착 알리기' }).click();
  await expect(status(customer)).toHaveText('배송 완료');
  await worker.getByLabel('제조번호 1').fill('sr-228-000881');
  for (const box of await worker.locator('.job-checks input').all()) await box.check();
  await worker.getByLabel('확인하신 분 성함').fill('한가람');
  await worker.getByRole('button', { name: '설치 완료하기' }).click();
  await expect(badge(worker)).toHaveText('설치 완료');
  await expect(status(customer)).toHaveText('설치 완료');
  await expect(card(customer, WHO)).toContainText('설치 완료');
  await customer.getByRole('button', { name: '구매확정' }).click();
  await expect(status(customer)).toHaveText('구매 확정');
  await expect(status(page)).toHaveText('구매 확정');
  await wellMade(customer, 'order-tree-done');

  // Head office sees all of it, three stores deep.
  const head = await visitor();
  await signIn(head, server, 'admin@jumun.example', `/admin/orders/${number}`);
  for (const below of [purchase, deeper, job]) await expect(tree(head).locator(`a[href="/admin/orders/${below}"]`)).toBeVisible();
  await wellMade(head, 'admin-order-tree-deep');

  // It does not cool: back the whole way, with the same people and a second one at head office.
  await open(customer, `/orders/${number}/return`);
  await customer.getByLabel('이유').selectOption('defect');
  await customer.getByRole('button', { name: '반품 신청하기' }).click();
  await expect(claim(customer)).toContainText('반품 접수');
  await confirm(page, '반품 승인하기');
  await page.getByRole('radio', { name: new RegExp(WHO) }).check();
  await page.getByRole('button', { name: '수거할 기사 정하기' }).click();
  await expect(claim(page)).toContainText('답을 기다리는 중');
  await open(worker, '/jobs');
  await worker.locator('a[href^="/jobs/ORD-"]').first().click();
  await live(worker);
  await worker.getByLabel('방문일', { exact: true }).fill(await dayIn(worker, 1));
  await worker.getByLabel('시간대').selectOption('afternoon');
  await worker.getByRole('button', { name: '수거 방문일 알리기' }).click();
  await expect(claim(customer)).toContainText(WHO);
  await server.advance('P1D');
  await worker.reload();
  await live(worker);
  await worker.getByLabel('상품 상태').selectOption('used');
  await worker.getByRole('button', { name: '철거·수거 완료하기' }).click();
  await expect(claim(customer)).toContainText('수거 완료');
  await expect(claim(page)).toContainText('사용 흔적만 있음');

  // Who looks at the goods has not the last word on their money: at head office one asks for the other's.
  await page.locator('summary', { hasText: '반품 상품 검수하기' }).click();
  await page.getByLabel('제조번호 1').first().fill('SR-228-000881');
  await page.getByRole('button', { name: '판매처로 반품하기' }).click();
  await expect(claim(page)).toContainText('환불 승인 대기');
  await expect(page.locator('summary', { hasText: '환불 승인하기' })).toHaveCount(0);
  const second = await visitor();
  await signIn(second, server, 'admin-second@jumun.example', '/admin/claims');
  for (const eyes of [head, second]) {
    await open(eyes, '/admin/claims');
    await eyes.getByRole('link', { name: number }).first().click();
    await expect(eyes.getByRole('heading', { name: number, level: 1 })).toBeVisible();
    await live(eyes);
  }
  await head.getByLabel('메모').fill('실외기 사진까지 보았습니다. 승인해 주세요.');
  await head.getByRole('button', { name: '메모 남기기' }).click();
  await expect(head.locator('.claim').last()).toContainText('승인해 주세요');
  await second.reload();
  await live(second);
  await expect(second.locator('.claim').last()).toContainText('승인해 주세요');
  await confirm(second, '환불 승인하기');
  await expect(claim(customer)).toContainText('반품 완료');
  await expect(status(customer)).toHaveText('환불 완료');

  // The wholesaler takes it back and passes it on to where he had it from, who sells it again.
  for (const [store, whose, to] of [
    [wholesaler, purchase, '판매처로 반품하기'],
    [upstream, deeper, '받고 다시 판매'],
  ] as const) {
    await open(store, `/desk/orders/${whose}`);
    await confirm(store, '반품 승인하기');
    await expect(claim(store)).toContainText('수거 중');
    await server.advance('P2D');
    await travel(server, 2);
    await store.reload();
    await live(store);
    await store.locator('summary', { hasText: '반품 상품 검수하기' }).click();
    await store.getByRole('button', { name: to }).click();
    await expect(claim(store)).toContainText('반품 완료');
  }
  await expect(claim(page)).toContainText(`${WHOLESALE} · 1개 · 반품 완료`);
  await wellMade(page, 'desk-order-tree-back');
  await wellMade(customer, 'order-tree-back');
});
