// Goods that were put up and come back: the store asks somebody to take them down, and everybody sees it move.

import { GOODS, GUEST, call, newMember, order, pay, signIn } from '../support/shop.ts';
import { PHONE, flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { expect, live, open, test } from '../support/test.ts';
import type { Page } from '../support/test.ts';
import type { Server } from '../support/server.ts';

const RETAILER = 'hanbit-manager@jumun.example';
const SEOUL = 'installer-seoul@jumun.example';

interface Seen {
  id: string;
  now: number;
  lines: { id: string }[];
  fulfilments: { id: string; installer?: { number?: string } }[];
  installers: [string, { installer: string; name: string }[]][];
  claims: { id: string; collection?: { number: string } }[];
}

async function read(page: Page, number: string): Promise<Seen> {
  return (await (await page.request.get('/api/order', { params: { number } })).json()) as Seen;
}

/** A day from today in Korea, by the server's clock. */
async function dayIn(page: Page, number: string, days: number): Promise<string> {
  const now = (await read(page, number)).now / 1000;
  return new Date(now + 9 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
}

/** A wall air conditioner that has been put up, past the pages: the others show how. */
async function putUp(customer: Page, store: Page, worker: Page, server: Server): Promise<string> {
  await newMember(customer);
  const number = await order(customer, GOODS.wall, 1, GUEST, true);
  await pay(customer, server, number);
  await signIn(store, server, RETAILER, `/desk/orders/${number}`);
  await signIn(worker, server, SEOUL);
  const { id, fulfilments } = await read(store, number);
  const fulfilment = fulfilments[0]!.id;
  const desk = (command: string) => call(store, 'order-command', { order: id, command, fulfilment });
  await desk('start-preparing');
  await desk('allocate');
  const [, rows] = (await read(store, number)).installers[0]!;
  const installer = rows.find((row) => row.name === '차강민')!.installer;
  await call(store, 'assign-installer', { order: id, fulfilment, installer });
  const job = (await read(store, number)).fulfilments[0]!.installer!.number!;
  const mine = (await read(worker, job)).id;
  const work = (command: string) => call(worker, 'order-command', { order: mine, command });
  await work('accept-installation');
  await call(worker, 'schedule-visit', { order: mine, on: await dayIn(worker, job, 1), half: 'morning' });
  await desk('release');
  await server.advance('P1D');
  await work('depart');
  await work('report-delivered');
  const checked = Object.fromEntries(['fixed', 'vacuum', 'leak', 'drain', 'run', 'shown'].map((check) => [`checked[${check}]`, '1']));
  await call(worker, 'complete-installation', { order: mine, 'serials[0]': 'SR-77-0001', signed_by: '한가람', ...checked });
  return number;
}

const claim = (page: Page) => page.locator('.claim').first();
const badge = (page: Page) => page.locator('.job-state .badge').first();

test('what hangs on a wall is taken down by whom the store asks, and the buyer knows who comes', async ({ page, visitor, server, watch }) => {
  watch.expect(422, /inspect-return/);
  test.setTimeout(150_000);
  const [customer, worker] = [await visitor(), await visitor()];
  const number = await putUp(customer, page, worker, server);
  const { id, lines, fulfilments } = await read(customer, number);
  await call(customer, 'request-return', { order: id, fulfilment: fulfilments[0]!.id, [`units[line-${lines[0]!.id}]`]: '1', reason: 'defect' });

  // The store agrees, and says who goes there.
  await open(page, `/desk/orders/${number}`);
  await page.locator('summary', { hasText: '반품 승인하기' }).click();
  await page.getByRole('button', { name: '반품 승인하기' }).first().click();
  const card = page.getByRole('region', { name: '수거할 기사' });
  await expect(page.getByText('설치한 상품이라 떼어 와야 해요. 누구에게 맡길까요?')).toBeVisible();
  await page.getByRole('radio', { name: /차강민/ }).check();
  await expect(page.getByText('30,000원').first()).toBeVisible();
  await snapshot(page, 'desk-order-fetchers');
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  expect(await runsOut(page)).toBe('');
  await page.getByRole('button', { name: '수거할 기사 정하기' }).click();
  await expect(claim(page)).toContainText('답을 기다리는 중');
  await expect(card.or(page.getByText('다른 기사에게 맡기기')).first()).toBeVisible();

  // The installer finds it among his work, and agrees on a day with the buyer.
  await worker.setViewportSize(PHONE);
  const pickup = (await read(page, number)).claims[0]!.collection!.number;
  await open(worker, '/jobs');
  await worker.locator(`a[href="/jobs/${pickup}"]`).first().click();
  await live(worker);
  await open(customer, `/orders/${number}`);
  await worker.getByLabel('방문일', { exact: true }).fill(await dayIn(worker, pickup, 1));
  await worker.getByLabel('시간대').selectOption('afternoon');
  await snapshot(worker, 'job-pickup-schedule');
  expect(await flaws(worker)).toEqual([]);
  expect(await rawKeys(worker)).toEqual([]);
  await worker.getByRole('button', { name: '수거 방문일 알리기' }).click();
  await expect(badge(worker)).toHaveText('수거 예정');
  await expect(claim(customer)).toContainText('차강민');
  await expect(claim(customer)).toContainText('오후');
  await snapshot(customer, 'order-taken-down');
  expect(await flaws(customer)).toEqual([]);

  // On the day he takes it down, and the store sees what he saw.
  await server.advance('P1D');
  await open(worker, `/jobs/${pickup}`);
  await worker.getByLabel('사진 더하기').setInputFiles({ name: 'wall.png', mimeType: 'image/png', buffer: await worker.screenshot() });
  await worker.getByRole('button', { name: '사진 올리기' }).click();
  await expect(worker.getByRole('button', { name: '1번 사진 빼기' })).toBeVisible();
  await live(worker);
  await worker.getByLabel('상품 상태').selectOption('damaged');
  await snapshot(worker, 'job-pickup-complete');
  expect(await flaws(worker)).toEqual([]);
  expect(await runsOut(worker)).toBe('');
  await worker.getByRole('button', { name: '철거·수거 완료하기' }).click();
  await expect(badge(worker)).toHaveText('수거 완료');
  await expect(worker.getByText('상품을 매장에 가져다주세요.')).toBeVisible();
  await expect(claim(customer)).toContainText('수거 완료');
  await expect(claim(page)).toContainText('파손됨');
  await expect(claim(page).getByRole('img', { name: '반품 사진 1' })).toBeVisible();
  await snapshot(page, 'desk-order-taken-down');
  await page.locator('summary', { hasText: '반품 상품 검수하기' }).click();
  // What is in the box has to be what was put up.
  const number_on = page.getByLabel('제조번호 1').first();
  await number_on.fill('XX-99-0001');
  await snapshot(page, 'desk-order-inspect');
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  await page.getByRole('button', { name: '받고 폐기' }).click();
  await expect(page.getByText('제조번호').filter({ visible: true }).first()).toBeVisible();
  await expect(page.getByRole('alert').first()).toBeVisible();
  await number_on.fill('SR-77-0001');
  await page.getByRole('button', { name: '받고 폐기' }).click();
  await expect(badge(worker)).toHaveText('매장 도착');
  await expect(claim(customer)).toContainText('환불 승인 대기');
});
