// The queues of returns: a store answers and inspects, and a refund from 100,000 won on is agreed to by somebody else.

import { flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { GOODS, call, newMember, order, pay, signIn, status, travel, won } from '../support/shop.ts';
import type { Server } from '../support/server.ts';
import { expect, live, open, test, type Page } from '../support/test.ts';

const HANBIT = 'hanbit-manager@jumun.example';
const ADMIN = 'admin@jumun.example';

type Seen = { id: string; lines: { id: string }[]; fulfilments: { id: string }[] };
type Queue = { rows: { number: string; state: string }[] };

const row = (page: Page, number: string) => page.getByRole('listitem').filter({ has: page.getByRole('link', { name: number }) });

/** Goods that have arrived, and their buyer's wish to send them back. */
async function sentBack(buyer: Page, server: Server, units: number, reason: string): Promise<string> {
  await newMember(buyer);
  const number = await order(buyer, GOODS.cover, units);
  await pay(buyer, server, number);
  await server.advance('PT31M');
  await travel(server, 4);
  await open(buyer, `/orders/${number}`);
  await expect(status(buyer)).toHaveText('배송 완료');
  const seen = (await (await buyer.request.get('/api/order', { params: { number } })).json()) as Seen;
  const wish = { order: seen.id, number, fulfilment: seen.fulfilments[0]!.id, [`units[line-${seen.lines[0]!.id}]`]: String(units), reason, note: '상자를 열어 보니 천이 찢어져 있었어요.' };
  await call(buyer, 'request-return', wish);
  return number;
}

/** Where a return stands, in somebody's queue. */
async function standing(page: Page, number: string): Promise<string | undefined> {
  const queue = (await (await page.request.get('/api/claims')).json()) as Queue;
  return queue.rows.find((row) => row.number === number)?.state;
}

/** The page as it should be for everybody. */
async function sound(page: Page, name: string): Promise<void> {
  await snapshot(page, name);
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  const before = page.viewportSize()!;
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await runsOut(page)).toBe('');
  await page.setViewportSize(before);
}

test('a return goes through the queues: answered, inspected, and paid back by a second person @role', async ({ page, visitor, server }) => {
  const [buyer, head] = [await visitor(), await visitor()];
  const number = await sentBack(buyer, server, 4, 'defect');

  // Head office sees the returns of every store, and what is to be answered first.
  await signIn(head, server, ADMIN);
  await head.getByRole('link', { name: /^반품 심사/ }).click();
  await expect(head.getByRole('heading', { name: '반품 심사', level: 1 })).toBeVisible();
  await expect(row(head, number)).toContainText('한빛전자');
  await expect(row(head, number)).toContainText(won(140_000));
  await expect(row(head, number)).toContainText('두 번째 사람 승인');
  await sound(head, 'admin-claims');

  // The store takes it back where it stands in the queue.
  await signIn(page, server, HANBIT, '/desk/claims');
  const mine = row(page, number);
  await expect(mine).toContainText('작동하지 않음');
  await expect(mine).not.toContainText('한빛전자');
  await page.getByRole('link', { name: /^답변 대기/ }).click();
  await expect(page).toHaveURL(/state=Requested$/);
  await mine.getByText('반품 승인하기', { exact: true }).first().click();
  await sound(page, 'desk-claims');
  await mine.getByRole('button', { name: '반품 승인하기' }).click();
  await expect(mine).toHaveCount(0);

  // The carrier fetches it.
  await expect(async () => {
    await server.advance('PT6H');
    expect(await standing(page, number)).toBe('Collected');
  }).toPass();
  await open(page, '/desk/claims?state=Collected');
  await expect(mine).toContainText(/까지 · .* 남음/);
  await mine.getByText('반품 상품 검수하기', { exact: true }).first().click();
  await mine.getByRole('button', { name: '받고 다시 판매' }).click();
  await expect(mine).toHaveCount(0);
  await expect.poll(() => standing(page, number)).toBe('AwaitingRefundApproval');

  // Who looked at it is not who pays.
  await open(page, '/desk/claims?state=AwaitingRefundApproval');
  await expect(mine).toBeVisible();
  await expect(mine.locator('summary')).toHaveCount(0);
  await open(head, '/admin/claims?state=AwaitingRefundApproval');
  const waiting = row(head, number);
  await waiting.getByText('환불 승인하기', { exact: true }).first().click();
  await sound(head, 'admin-claims-refund');
  await waiting.getByRole('button', { name: `${won(140_000)} 환불 승인하기` }).click();
  await expect(waiting).toHaveCount(0);
  await open(buyer, `/orders/${number}`);
  await expect(buyer.getByText(`${won(140_000)} 환불 완료`, { exact: false })).toBeVisible();
  await head.getByRole('link', { name: '끝남' }).click();
  await expect(row(head, number)).toContainText('반품 완료');
});

test('the queue is worked with the keyboard, and another store sees nothing of it', async ({ page, visitor, server }) => {
  const buyer = await visitor();
  const number = await sentBack(buyer, server, 1, 'change_of_mind');
  await signIn(page, server, HANBIT, '/desk/claims?state=Requested');
  await live(page);
  await page.keyboard.press('j');
  await expect(page.locator('#row-0')).toBeFocused();
  const first = await page.locator('#row-0').innerText();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/desk/orders/${first}$`));
  const other = await visitor();
  await signIn(other, server, 'badacool-manager@jumun.example', '/desk/claims');
  await expect(other.getByRole('link', { name: number })).toHaveCount(0);
  await expect(other.getByText('여기에 있는 반품이 없습니다')).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a return is answered from the queue without scripts', async ({ page, browser, server, watch }) => {
    watch.withoutScripts = true;
    const context = await browser.newContext({ baseURL: server.base, locale: 'ko-KR' });
    const buyer = await context.newPage();
    await newMember(buyer);
    const number = await order(buyer, GOODS.cover);
    await pay(buyer, server, number);
    await server.advance('PT31M');
    await travel(server, 4);
    const seen = (await (await buyer.request.get('/api/order', { params: { number } })).json()) as Seen;
    await call(buyer, 'request-return', { order: seen.id, number, fulfilment: seen.fulfilments[0]!.id, [`units[line-${seen.lines[0]!.id}]`]: '1', reason: 'wrong_goods' });
    await context.close();
    await call(page, 'sign-in', { email: HANBIT, password: server.card.password });
    await page.goto('/desk/claims?state=Requested');
    await row(page, number).locator('summary').click();
    await row(page, number).getByRole('button', { name: '반품 승인하기' }).click();
    await expect(page).toHaveURL(/\/desk\/claims/);
    await expect(row(page, number).getByRole('button', { name: '반품 승인하기' })).toHaveCount(0);
  });
});
