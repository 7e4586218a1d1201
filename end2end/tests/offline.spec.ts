// An installer where there is no connection: what he does is kept on his phone and arrives once.

import { onTheDay, seen } from '../support/jobs.ts';
import { call, status } from '../support/shop.ts';
import { PHONE, flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { expect, live, open, test, type Page } from '../support/test.ts';
import type { Server } from '../support/server.ts';

const badge = (page: Page) => page.locator('.job-state .badge').first();
const waiting = (page: Page) => page.getByRole('region', { name: '보낼 것' });

/** How often this was written into the order. */
const times = async (page: Page, number: string, name: string) => (await seen(page, number)).history.filter(({ event }) => event === name).length;

/** On the morning of the visit, with the job before him on his phone. */
async function atHisJob(customer: Page, desk: Page, worker: Page, server: Server, go: (path: string) => Promise<unknown> = (path) => open(worker, path)) {
  const job = await onTheDay(customer, desk, worker, server);
  await worker.setViewportSize(PHONE);
  await go(`/jobs/${job.job}`);
  return job;
}

test('a whole visit without a connection is kept, outlives the tab and arrives once', async ({ page, visitor, server, watch }) => {
  test.setTimeout(120_000);
  watch.unreachable = true;
  const [customer, worker] = [await visitor(), await visitor()];
  const { number, job } = await atHisJob(customer, page, worker, server);
  const photo = await worker.screenshot();
  const context = worker.context();
  await context.setOffline(true);

  // One step after the other, each offered because of the one before.
  await worker.getByRole('button', { name: '출발하기' }).click();
  await expect(waiting(worker)).toContainText('보낼 것 1건');
  await expect(badge(worker), 'what the others know').toHaveText('방문 예정');
  await worker.getByText('상품 도착 알리기', { exact: true }).first().click();
  await worker.getByRole('button', { name: '상품 도착 알리기' }).click();
  await expect(waiting(worker)).toContainText('보낼 것 2건');
  await expect(worker.getByText('여기서 한 일 2건은 아직 보내지 않았어요')).toBeVisible();
  await worker.getByLabel('사진 더하기').setInputFiles({ name: 'done.png', mimeType: 'image/png', buffer: photo });
  await worker.getByRole('button', { name: '사진 올리기' }).click();
  await expect(worker.getByText('사진 1장은 연결되면 올려요.')).toBeVisible();
  await worker.getByLabel('제조번호 1').fill('sr-228-000881');
  for (const box of await worker.locator('.job-checks input').all()) await box.check();
  await worker.getByLabel('확인하신 분 성함').fill('한가람');
  const pad = worker.getByRole('img', { name: '고객 서명 (손가락으로)' });
  await pad.scrollIntoViewIfNeeded();
  const box = (await pad.boundingBox())!;
  await worker.mouse.move(box.x + 20, box.y + 30);
  await worker.mouse.down();
  for (let step = 1; step <= 10; step += 1) await worker.mouse.move(box.x + 20 + step * 18, box.y + 30 + (step % 2) * 30);
  await worker.mouse.up();
  await worker.getByRole('button', { name: '설치 완료하기' }).click();
  await expect(waiting(worker)).toContainText('보낼 것 4건');
  await expect(worker.getByRole('button', { name: '설치 완료하기' })).toHaveCount(0);
  await worker.evaluate(() => window.scrollTo(0, 0));
  await snapshot(worker, 'job-outbox');
  expect(await flaws(worker)).toEqual([]);
  expect(await rawKeys(worker)).toEqual([]);
  await worker.setViewportSize({ width: 320, height: 800 });
  expect(await runsOut(worker)).toBe('');
  await worker.getByText('보내지 않기', { exact: true }).first().click();
  await worker.setViewportSize(PHONE);
  await snapshot(worker, 'job-outbox-drop');
  expect(await times(customer, number, 'installation.completed')).toBe(0);

  // The tab is closed; with a connection any of his pages sends what waits.
  await worker.close();
  await context.setOffline(false);
  const again = await context.newPage();
  await again.setViewportSize(PHONE);
  await open(again, '/jobs');
  await expect.poll(() => times(customer, number, 'installation.completed')).toBe(1);
  await expect(waiting(again)).toHaveCount(0);
  for (const name of ['installer.departed', 'installer.delivered']) expect(await times(customer, number, name)).toBe(1);
  await open(again, `/jobs/${job}`);
  await expect(badge(again)).toHaveText('설치 완료');
  await open(customer, `/orders/${number}`);
  await expect(status(customer)).toHaveText('설치 완료');
  await expect(customer.getByAltText('설치 사진 1')).toBeVisible();
  await expect(customer.getByAltText('고객 서명')).toBeVisible();
});

test('a step whose answer was lost is sent again and happens once', async ({ page, visitor, server, watch }) => {
  test.setTimeout(120_000);
  watch.unreachable = true;
  const [customer, worker] = [await visitor(), await visitor()];
  const { number } = await atHisJob(customer, page, worker, server);
  const keys: (string | undefined)[] = [];
  await worker.route('**/api/order-command*', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    if (keys.length > 1) return route.continue();
    // It arrives, and nobody hears of it.
    await route.fetch();
    await route.abort('connectionreset');
  });
  await worker.getByRole('button', { name: '출발하기' }).click();
  await expect.poll(() => keys.length, { timeout: 15_000 }).toBe(2);
  expect(keys[0]).toBe(keys[1]);
  await expect(waiting(worker)).toHaveCount(0);
  await expect(badge(worker)).toHaveText('가는 중');
  expect(await times(customer, number, 'installer.departed')).toBe(1);

  // What is sent while he types leaves alone what he types.
  await worker.context().setOffline(true);
  await worker.getByText('상품 도착 알리기', { exact: true }).first().click();
  await worker.getByRole('button', { name: '상품 도착 알리기' }).click();
  await expect(waiting(worker)).toContainText('보낼 것 1건');
  await worker.getByLabel('제조번호 1').fill('sr-228-000882');
  await worker.context().setOffline(false);
  await expect.poll(() => times(customer, number, 'installer.delivered')).toBe(1);
  await expect(badge(worker)).toHaveText('상품 도착');
  await expect(waiting(worker)).toHaveCount(0);
  await expect(worker.getByLabel('제조번호 1')).toHaveValue('sr-228-000882');
  for (const box of await worker.locator('.job-checks input').all()) await box.check();
  await worker.getByLabel('확인하신 분 성함').fill('한가람');
  await worker.getByRole('button', { name: '설치 완료하기' }).click();
  await expect(badge(worker)).toHaveText('설치 완료');
});

test('what is refused when it arrives says so, stops what follows it and can be left out; nobody else sends it', async ({ page, visitor, server, watch }) => {
  test.setTimeout(120_000);
  watch.unreachable = true;
  watch.expect(409, /order-command/);
  const [customer, worker] = [await visitor(), await visitor()];
  const { number, job } = await atHisJob(customer, page, worker, server);
  const context = worker.context();
  await context.setOffline(true);
  await worker.getByRole('button', { name: '출발하기' }).click();
  await worker.getByText('상품 도착 알리기', { exact: true }).first().click();
  await worker.getByRole('button', { name: '상품 도착 알리기' }).click();
  await expect(waiting(worker)).toContainText('보낼 것 2건');
  await worker.close();

  // Meanwhile the store takes the job back.
  const { id, fulfilments } = await seen(page, number);
  await call(page, 'order-command', { order: id, fulfilment: fulfilments[0]!.id, command: 'unassign-installer' });

  // Somebody else with the same phone neither sees nor sends it.
  await context.setOffline(false);
  const other = await context.newPage();
  await other.setViewportSize(PHONE);
  await call(other, 'sign-out', {});
  await call(other, 'sign-in', { email: 'installer-pro@jumun.example', password: server.card.password, next: '/' });
  let sent = 0;
  other.on('request', (request) => (sent += Number(request.headers()['idempotency-key'] !== undefined)));
  await open(other, '/jobs');
  await expect(other.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(waiting(other)).toHaveCount(0);
  expect(sent).toBe(0);

  await call(other, 'sign-out', {});
  await call(other, 'sign-in', { email: 'installer-seoul@jumun.example', password: server.card.password, next: '/' });
  await open(other, `/jobs/${job}`);
  await expect(waiting(other).getByRole('alert')).toContainText('받지 않았어요');
  await expect(waiting(other)).toContainText('보낼 것 2건');
  expect(sent, 'what follows is not sent').toBe(1);
  await snapshot(other, 'job-outbox-refused');
  expect(await flaws(other)).toEqual([]);
  for (const left of [1, 0]) {
    // The first is left out; then the other is refused as well.
    await expect(waiting(other).getByRole('alert')).toHaveCount(1);
    await waiting(other).getByText('보내지 않기', { exact: true }).first().click();
    await waiting(other).getByRole('button', { name: '지우기' }).first().click();
    if (left > 0) await expect(waiting(other)).toContainText(`보낼 것 ${left}건`);
    else await expect(waiting(other)).toHaveCount(0);
  }
  expect(await times(customer, number, 'installer.departed')).toBe(0);
  await live(other);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a step and a photo go as forms do', async ({ page, visitor, server, watch }) => {
    test.setTimeout(120_000);
    watch.withoutScripts = true;
    watch.forgive(/was preloaded using link preload but not used/);
    const customer = await visitor();
    const desk = await visitor();
    const { number } = await atHisJob(customer, desk, page, server, (path) => page.goto(path));
    await page.getByRole('button', { name: '출발하기' }).click();
    await expect(badge(page)).toHaveText('가는 중');
    await page.getByText('상품 도착 알리기', { exact: true }).first().click();
    await page.getByRole('button', { name: '상품 도착 알리기' }).click();
    await expect(badge(page)).toHaveText('상품 도착');
    await page.getByLabel('사진 더하기').setInputFiles({ name: 'done.png', mimeType: 'image/png', buffer: await page.screenshot() });
    await page.getByRole('button', { name: '사진 올리기' }).click();
    await page.getByRole('button', { name: '1번 사진 빼기' }).click();
    await expect(page.getByRole('button', { name: '1번 사진 빼기' })).toHaveCount(0);
    await page.getByLabel('제조번호 1').fill('sr-228-000883');
    for (const box of await page.locator('.job-checks input').all()) await box.check();
    await page.getByLabel('확인하신 분 성함').fill('한가람');
    await page.getByRole('button', { name: '설치 완료하기' }).click();
    await expect(badge(page)).toHaveText('설치 완료');
    expect(await times(customer, number, 'installation.completed')).toBe(1);
  });
});
