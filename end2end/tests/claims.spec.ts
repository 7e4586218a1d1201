// The queues of returns: a store answers and inspects, and a refund from 100,000 won on is agreed to by somebody else.

import { readFile } from 'node:fs/promises';
import { flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { GOODS, call, newMember, order, pay, signIn, status, travel, won } from '../support/shop.ts';
import type { Server } from '../support/server.ts';
import { expect, live, open, test, type Page } from '../support/test.ts';

const HANBIT = 'hanbit-manager@jumun.example';
const ADMIN = 'admin@jumun.example';

type Seen = { id: string; lines: { id: string }[]; fulfilments: { id: string }[] };
type Queue = { rows: { id: string; number: string; state: string }[] };

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

/** A picture that a buyer brings. */
async function picture(page: Page, shade: string): Promise<Buffer> {
  const url = await page.evaluate((shade) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
    const pen = canvas.getContext('2d')!;
    pen.fillStyle = shade;
    pen.fillRect(0, 0, 640, 480);
    pen.fillStyle = '#222';
    pen.fillRect(80, 120, 320, 24);
    return canvas.toDataURL('image/jpeg');
  }, shade);
  return Buffer.from(url.split(',')[1]!, 'base64');
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
  await expect(page).toHaveURL(/\/desk\/claims\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('heading', { name: first, level: 1 })).toBeVisible();
  const other = await visitor();
  await signIn(other, server, 'badacool-manager@jumun.example', '/desk/claims');
  await expect(other.getByRole('link', { name: number })).toHaveCount(0);
  await expect(other.getByText('여기에 있는 반품이 없습니다')).toBeVisible();
});

test('a return is looked at, talked about and asked about on a page of its own @role', async ({ page, visitor, server, watch }) => {
  test.setTimeout(120_000);
  const [buyer, head] = [await visitor(), await visitor()];
  await newMember(buyer);
  const before = await order(buyer, GOODS.filter);
  await pay(buyer, server, before);
  const number = await order(buyer, GOODS.cover, 2);
  await pay(buyer, server, number);
  await server.advance('PT31M');
  await travel(server, 4);
  await open(buyer, `/orders/${number}/return`);
  for (const shade of ['#b6c9c4', '#c9b6b6']) {
    await buyer.getByLabel('사진 추가').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: await picture(buyer, shade) });
    await buyer.getByRole('button', { name: '사진 올리기' }).click();
    await expect(buyer.getByRole('button', { name: `사진 ${shade === '#b6c9c4' ? 1 : 2} 지우기` })).toBeVisible();
    await live(buyer);
  }
  await buyer.getByLabel('이유').selectOption('defect');
  await buyer.getByLabel('자세한 내용').fill('상자를 열어 보니 천이 찢어져 있었어요.');
  await buyer.getByRole('button', { name: '반품 신청하기' }).click();
  await expect(buyer).toHaveURL(new RegExp(`/orders/${number}$`));

  // From the queue to the page of the return, where everything about it is.
  await signIn(page, server, HANBIT, '/desk/claims?state=Requested');
  await row(page, number).getByRole('link', { name: number }).click();
  await expect(page.getByRole('heading', { name: number, level: 1 })).toBeVisible();
  await live(page);
  await expect(page.getByText('천이 찢어져 있었어요', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: '반품 사진 2 크게 보기' }).click();
  await expect(page.getByRole('dialog').getByRole('img', { name: '반품 사진 2' })).toBeVisible();
  await page.keyboard.press('Escape');
  const colleague = await visitor();
  await signIn(colleague, server, HANBIT, new URL(page.url()).pathname);
  await expect(colleague.getByRole('button', { name: '내가 맡기' })).toBeVisible();
  await live(colleague);
  await page.getByRole('button', { name: '내가 맡기' }).click();
  await expect(page.getByRole('button', { name: '담당 내려놓기' })).toBeVisible();
  await page.getByRole('textbox', { name: '메모' }).fill('천은 공급사 교환 대상인지 확인');
  await page.getByRole('button', { name: '메모 남기기' }).click();
  await expect(page.getByText('공급사 교환 대상인지')).toBeVisible();
  // Whoever has the same return before him sees both as they happen.
  await expect(colleague.getByRole('button', { name: '담당 내려놓기' })).toBeVisible();
  await expect(colleague.getByText('공급사 교환 대상인지')).toBeVisible();
  await page.getByText('구매자에게 묻기', { exact: true }).click();
  await page.getByRole('textbox', { name: '질문' }).fill('찢어진 곳이 잘 보이게 한 장 더 올려 주시겠어요?');
  await sound(page, 'desk-claim');
  await page.getByRole('button', { name: '질문 보내기' }).click();
  await expect(page.getByText('구매자의 답을 기다립니다')).toBeVisible();

  // The buyer answers on the order's page, with one more photo.
  await open(buyer, `/orders/${number}`);
  await expect(buyer.getByText('한 장 더 올려 주시겠어요', { exact: false })).toBeVisible();
  await buyer.getByLabel('사진 추가').setInputFiles({ name: 'b.jpg', mimeType: 'image/jpeg', buffer: await picture(buyer, '#8899aa') });
  await buyer.getByRole('button', { name: '사진 올리기' }).click();
  await expect(buyer.getByRole('button', { name: '사진 1 지우기' })).toBeVisible();
  await live(buyer);
  await sound(buyer, 'order-return-question');
  await buyer.getByRole('textbox', { name: '답' }).fill('왼쪽 모서리가 찢어졌어요.');
  await buyer.getByRole('button', { name: '답 보내기' }).click();
  await expect(buyer.getByRole('button', { name: '답 보내기' })).toHaveCount(0);
  await expect(buyer.getByText('공급사 교환 대상인지')).toHaveCount(0);

  // The page of the return has heard of it; head office sees the same and none of the store's notes.
  await expect(page.getByText('왼쪽 모서리가 찢어졌어요', { exact: false })).toBeVisible();
  await expect(page.getByRole('button', { name: '반품 사진 3 크게 보기' })).toBeVisible();
  const { rows } = (await (await page.request.get('/api/claims')).json()) as Queue;
  const id = rows.find((row) => row.number === number)!.id;
  await signIn(head, server, ADMIN, `/admin/claims/${id}`);
  await expect(head.getByRole('heading', { name: number, level: 1 })).toBeVisible();
  await expect(head.getByText('왼쪽 모서리가 찢어졌어요', { exact: false })).toBeVisible();
  await expect(head.getByText('공급사 교환 대상인지')).toHaveCount(0);
  await expect(head.getByText('반품한 주문')).toBeVisible();
  await sound(head, 'admin-claim');
  // Asked no more, it is agreed to.
  await page.getByText('반품 승인하기', { exact: true }).first().click();
  await page.getByRole('button', { name: '반품 승인하기' }).click();
  await expect(page.getByRole('button', { name: '반품 승인하기' })).toHaveCount(0);
  await expect(head.getByText('공급사 교환 대상인지')).toHaveCount(0);
  watch.expect(404, /claims?[/?]/);
  const other = await visitor();
  await signIn(other, server, 'badacool-manager@jumun.example', `/desk/claims/${id}`);
  await expect(other.getByText('찾으시는 것이 없어요')).toBeVisible();
});

test('the queue is filtered by its address, kept under a name, brought home as a file, and agreed to in one go', async ({ page, visitor, server }) => {
  test.setTimeout(120_000);
  const [one, two] = [await visitor(), await visitor()];
  const plain = await sentBack(one, server, 1, 'change_of_mind');
  const broken = await sentBack(two, server, 1, 'defect');
  await signIn(page, server, HANBIT, '/desk/claims?state=Requested');
  await live(page);
  await page.getByText('걸러 보기', { exact: true }).first().click();
  await page.getByLabel('이유').selectOption('change_of_mind');
  await page.getByRole('button', { name: '걸러 보기' }).click();
  await expect(page).toHaveURL(/reason=change_of_mind/);
  await expect(row(page, plain)).toBeVisible();
  await expect(row(page, broken)).toHaveCount(0);
  await page.getByText('이 조건 저장', { exact: true }).click();
  await page.getByLabel('이름').fill('단순 변심만');
  await page.getByRole('button', { name: '저장하기' }).click();
  await expect(page.getByRole('link', { name: '단순 변심만' })).toBeVisible();
  await sound(page, 'desk-claims-filtered');
  const file = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  const text = await readFile((await (await file).path())!, 'utf8');
  expect(text).toContain(plain);
  expect(text).not.toContain(broken);
  await page.getByRole('button', { name: '단순 변심만 지우기' }).click();
  await expect(page.getByRole('link', { name: '단순 변심만' })).toHaveCount(0);
  await row(page, plain).getByRole('checkbox').check();
  await page.getByRole('button', { name: '모두 승인하기' }).click();
  await expect(page.getByText('반품 1건을 승인했습니다')).toBeVisible();
  await expect(row(page, plain)).toHaveCount(0);
  // Somebody else's change is told, and nothing moves before it is asked for.
  await open(page, '/desk/claims?state=Requested');
  const three = await visitor();
  const more = await sentBack(three, server, 1, 'change_of_mind');
  await expect(page.getByRole('button', { name: /반품 \d+건이 움직였습니다/ })).toBeVisible();
  await expect(row(page, more)).toHaveCount(0);
  await page.getByRole('button', { name: /반품 \d+건이 움직였습니다/ }).click();
  await expect(row(page, more)).toBeVisible();
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
    // What is not plain is asked about first, and noted.
    const { rows } = (await (await page.request.get('/api/claims')).json()) as Queue;
    await page.goto(`/desk/claims/${rows.find((row) => row.number === number)!.id}`);
    await page.getByText('구매자에게 묻기', { exact: true }).click();
    await page.getByRole('textbox', { name: '질문' }).fill('상자도 있나요?');
    await page.getByRole('button', { name: '질문 보내기' }).click();
    await expect(page.getByText('상자도 있나요?')).toBeVisible();
    await page.getByRole('textbox', { name: '메모' }).fill('상자 없이 왔던 적 있음');
    await page.getByRole('button', { name: '메모 남기기' }).click();
    await expect(page.getByText('상자 없이 왔던 적 있음')).toBeVisible();
    await page.goto('/desk/claims?state=Requested');
    await row(page, number).locator('summary').click();
    await row(page, number).getByRole('button', { name: '반품 승인하기' }).click();
    await expect(page).toHaveURL(/\/desk\/claims/);
    await expect(row(page, number).getByRole('button', { name: '반품 승인하기' })).toHaveCount(0);
  });
});

/** What a partner brought, and where: the purchase below a sale whose goods have arrived. */
async function brought(page: Page, partner: Page, server: Server, number: string): Promise<string> {
  type Row = { id: string; number: string; lines: { id: string }[]; fulfilments: { id: string; sources: { bought?: { order: string; number: string } }[] }[] };
  const seen = async (of: Page, number: string) => (await (await of.request.get('/api/order', { params: { number } })).json()) as Row;
  const step = async (of: Page, number: string, command: string) => {
    const order = await seen(of, number);
    await call(of, 'order-command', { order: order.id, fulfilment: order.fulfilments[0]!.id, command });
  };
  await step(page, number, 'start-preparing');
  const sale = await seen(page, number);
  const goods = { order: sale.id, fulfilment: sale.fulfilments[0]!.id, line: sale.lines[0]!.id };
  await call(page, 'buy-from-partner', { ...goods, quantity: '2', variant: 'VAR-8206-STD' });
  const { order, number: purchase } = (await seen(page, number)).fulfilments[0]!.sources[0]!.bought!;
  await call(partner, 'order-command', { order, command: 'accept-order' });
  for (const command of ['start-preparing', 'allocate', 'release']) await step(partner, purchase, command);
  await travel(server, 4);
  await call(page, 'order-command', { order, command: 'confirm-purchase' });
  await step(page, number, 'release');
  await travel(server, 4);
  return purchase;
}

test('what came back goes on to the wholesaler who brought it, and only what is owed changes', async ({ page, visitor, server }) => {
  test.setTimeout(120_000);
  const [buyer, partner] = [await visitor(), await visitor()];
  await newMember(buyer);
  const number = await order(buyer, GOODS.cover, 2);
  await pay(buyer, server, number);
  await signIn(page, server, HANBIT);
  await signIn(partner, server, 'garam-manager@jumun.example');
  const purchase = await brought(page, partner, server, number);
  const seen = (await (await buyer.request.get('/api/order', { params: { number } })).json()) as Seen;
  const wish = { order: seen.id, fulfilment: seen.fulfilments[0]!.id, [`units[line-${seen.lines[0]!.id}]`]: '1', reason: 'defect', note: '천이 찢어져 있었어요.' };
  await call(buyer, 'request-return', wish);
  const { id } = ((await (await page.request.get('/api/claims')).json()) as Queue).rows.find((row) => row.number === number)!;
  await call(page, 'approve-return', { order: seen.id, claim: id });
  await server.advance('P2D');
  await travel(server, 2);

  // Whoever looks at the goods finds the third way where a partner brought them.
  await open(page, `/desk/orders/${number}`);
  await page.locator('summary', { hasText: '반품 상품 검수하기' }).click();
  await sound(page, 'desk-return-inspect');
  await page.getByRole('button', { name: '판매처로 반품하기' }).click();
  const claim = page.locator('.claim').first();
  await expect(claim).toContainText('가람부품유통 · 1개 · 반품 접수');
  await open(buyer, `/orders/${number}`);
  await expect(buyer.locator('.claim').first()).toContainText(/환불 중|반품 완료/);
  for (const hidden of ['가람부품유통', purchase, '판매처']) await expect(buyer.getByText(hidden)).toHaveCount(0);

  // The wholesaler finds it in his own queue, and nothing of whom it was sold to.
  await open(partner, '/desk/claims');
  await expect(row(partner, purchase)).toContainText('한빛전자');
  await row(partner, purchase).getByRole('link', { name: purchase }).click();
  await expect(partner.getByRole('heading', { name: purchase, level: 1 })).toBeVisible();
  for (const hidden of [number, '천이 찢어져', '두 번째 사람']) await expect(partner.getByText(hidden)).toHaveCount(0);
  await sound(partner, 'desk-claim-of-purchase');
  await partner.locator('summary', { hasText: '반품 승인하기' }).click();
  await partner.getByRole('button', { name: '반품 승인하기' }).click();
  await expect(claim).toContainText('가람부품유통 · 1개 · 수거 중');
  await server.advance('P2D');
  await travel(server, 2);
  await open(partner, '/desk/claims');
  await row(partner, purchase).locator('summary', { hasText: '반품 상품 검수하기' }).click();
  await partner.getByRole('button', { name: '받고 다시 판매' }).click();
  await expect(row(partner, purchase)).toHaveCount(0);

  // The store that bought it sees what it owes less, and may send back more.
  await open(page, '/desk/purchases');
  await page.getByRole('row', { name: new RegExp(purchase) }).getByRole('link', { name: purchase }).click();
  await expect(page.locator('.claim').first()).toContainText('외상값에서 빼는 금액');
  await expect(page.locator('.claim').first()).toContainText(number);
  await page.getByRole('link', { name: '반품 신청' }).click();
  await expect(page.getByText('매장 사이의 반품이에요')).toBeVisible();
  await sound(page, 'desk-purchase-return');
  await page.getByLabel('이유').selectOption('change_of_mind');
  await page.getByRole('button', { name: '반품 신청하기' }).click();
  await expect(page).toHaveURL(new RegExp(`/desk/orders/${purchase}$`));
  await expect(page.locator('.claim').first()).toContainText('반품 접수');
  await open(page, '/desk/purchases?returns=on');
  await expect(page.getByRole('row', { name: new RegExp(purchase) })).toBeVisible();
});
