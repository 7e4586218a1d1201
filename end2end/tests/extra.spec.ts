// What happens at the buyer's door: the installer, on a phone, asks to be paid for more than was bought, and the buyer answers.

import { onTheDay, seen } from '../support/jobs.ts';
import { call, choose, payAtPsp, signIn, status } from '../support/shop.ts';
import { PHONE, flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { expect, live, open, sent, test, type Page } from '../support/test.ts';
import type { Server } from '../support/server.ts';

const badge = (page: Page) => page.locator('.job-state .badge').first();

/** What stands at the door of its buyer, with an installer on a phone; what comes before goes past the pages. */
async function atTheDoor(customer: Page, desk: Page, worker: Page, server: Server): Promise<{ number: string; job: string }> {
  const { number, job } = await onTheDay(customer, desk, worker, server);
  const { id } = await seen(worker, job);
  for (const command of ['depart', 'report-delivered']) await call(worker, 'order-command', { order: id, command });
  await worker.setViewportSize({ width: 360, height: 800 });
  await open(worker, `/jobs/${job}`);
  return { number, job };
}

/** The installer fills the form in and sends it with a photo from the camera. */
async function ask(worker: Page, photo: Buffer): Promise<void> {
  // What was refused stands there as it was filled in.
  const metres = worker.getByLabel('배관 연장');
  if (!(await metres.isVisible())) await worker.getByText('추가 비용 요청', { exact: true }).first().click();
  await metres.fill('3');
  await worker.getByLabel('현장 사진').setInputFiles({ name: 'wall.png', mimeType: 'image/png', buffer: photo });
  await sent(worker, () => worker.getByRole('button', { name: '고객에게 요청하기' }).click());
}

test('work on site is asked for with a photo, declined by one card, paid with another and done @role', async ({ page, visitor, server, watch }) => {
  watch.expect(422, /uploads\/extra/);
  const [customer, worker] = [await visitor(), await visitor()];
  const { number, job } = await atTheDoor(customer, page, worker, server);
  await customer.setViewportSize(PHONE);
  await open(customer, `/orders/${number}`);
  const photo = await customer.screenshot();
  await worker.getByText('추가 비용 요청', { exact: true }).first().click();
  await snapshot(worker, 'job-extra');
  expect(await flaws(worker)).toEqual([]);
  expect(await rawKeys(worker)).toEqual([]);
  await worker.setViewportSize({ width: 360, height: 800 });
  expect(await runsOut(worker)).toBe('');
  await open(worker, `/jobs/${job}`);
  await ask(worker, Buffer.from('<script>alert(1)</script>'));
  await expect(worker.getByRole('alert')).toContainText('사진이 아니에요');
  await ask(worker, photo);
  await expect(worker.getByText('추가 비용 54,000원에 대한 고객의 답을 기다려요')).toBeVisible();
  await expect(worker.getByRole('button', { name: '설치 완료하기' })).toHaveCount(0);
  await snapshot(worker, 'job-extra-asked');
  expect(await flaws(worker)).toEqual([]);
  await worker.setViewportSize({ width: 360, height: 800 });
  expect(await runsOut(worker)).toBe('');

  // The buyer hears it without a reload, and looks.
  await expect(customer.getByText('설치 기사가 추가 작업 54,000원을 요청했어요')).toBeVisible();
  await snapshot(customer, 'order-extra');
  expect(await flaws(customer)).toEqual([]);
  await customer.getByRole('link', { name: '사진과 내용 보기' }).click();
  await expect(customer).toHaveURL(new RegExp(`/orders/${number}/extra-charge$`));
  await expect(customer.getByRole('row', { name: /배관 연장/ })).toContainText('54,000');
  await expect.poll(() => customer.getByAltText('설치 기사가 찍은 현장 사진').evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);
  await snapshot(customer, 'order-extra-charge');
  expect(await flaws(customer)).toEqual([]);
  expect(await rawKeys(customer)).toEqual([]);
  await customer.setViewportSize({ width: 360, height: 800 });
  expect(await runsOut(customer)).toBe('');
  // Nobody else sees the photo.
  const address = (await customer.getByAltText('설치 기사가 찍은 현장 사진').getAttribute('src'))!;
  const stranger = await visitor();
  expect((await stranger.request.get(address)).status()).toBe(401);
  expect((await worker.request.get(address.replace(number, job))).status()).toBe(200);
  expect((await worker.request.get(address)).status()).toBe(404);

  await customer.getByRole('button', { name: '54,000원 결제하고 진행하기' }).click();
  await expect(customer).toHaveURL(new RegExp(`/pay/${number}$`));
  await live(customer);
  await choose(customer, 'card');
  await payAtPsp(customer, 'balance');
  await live(customer);
  await expect(worker.getByText('추가 비용 54,000원에 대한 고객의 답을 기다려요')).toBeVisible();
  await open(customer, `/pay/${number}`);
  await choose(customer, 'easy_pay');
  await payAtPsp(customer, 'approve');
  await live(customer);
  await expect(worker.getByText('결제됨')).toBeVisible();
  await open(customer, `/orders/${number}/extra-charge`);
  await expect(customer.getByText('결제했어요. 기사가 바로 시작해요.')).toBeVisible();
  await snapshot(customer, 'order-extra-paid');
  // Photos from the camera, one taken back, and a signature drawn with a finger.
  for (const [nth, shot] of [photo, await worker.screenshot()].entries()) {
    await worker.getByLabel('사진 더하기').setInputFiles({ name: 'done.png', mimeType: 'image/png', buffer: shot });
    await worker.getByRole('button', { name: '사진 올리기' }).click();
    await expect(worker.getByRole('button', { name: `${nth + 1}번 사진 빼기` })).toBeVisible();
  }
  await worker.getByRole('button', { name: '2번 사진 빼기' }).click();
  await expect(worker.getByRole('button', { name: '2번 사진 빼기' })).toHaveCount(0);
  await live(worker);
  await worker.getByLabel('제조번호 1').fill('sr-228-000990');
  for (const box of await worker.locator('.job-checks input').all()) await box.check();
  await worker.getByLabel('확인하신 분 성함').fill('한가람');
  const pad = worker.getByRole('img', { name: '고객 서명 (손가락으로)' });
  await pad.scrollIntoViewIfNeeded();
  const box = (await pad.boundingBox())!;
  await worker.mouse.move(box.x + 20, box.y + 30);
  await worker.mouse.down();
  for (let step = 1; step <= 10; step += 1) await worker.mouse.move(box.x + 20 + step * 18, box.y + 30 + (step % 2) * 30);
  await worker.mouse.up();
  await snapshot(worker, 'job-photos');
  expect(await flaws(worker)).toEqual([]);
  await worker.setViewportSize({ width: 360, height: 800 });
  expect(await runsOut(worker)).toBe('');
  await worker.getByRole('button', { name: '설치 완료하기' }).click();
  await expect(badge(worker)).toHaveText('설치 완료');
  await open(customer, `/orders/${number}`);
  await expect(status(customer)).toHaveText('설치 완료');
  await expect(customer.getByRole('row', { name: /^추가 작업/ })).toContainText('54,000');
  await expect(customer.getByAltText('설치 사진 1')).toBeVisible();
  const hand = customer.getByAltText('고객 서명');
  await hand.scrollIntoViewIfNeeded();
  await expect.poll(() => hand.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(600);
  await snapshot(customer, 'order-put-up');
  expect(await flaws(customer)).toEqual([]);
  await signIn(page, server, 'hanbit-manager@jumun.example', `/desk/orders/${number}`);
  await expect(page.getByRole('heading', { name: '추가 비용' })).toBeVisible();
  await snapshot(page, 'desk-order-extra');
  expect(await flaws(page)).toEqual([]);
});

test('who says no to work on site pays nothing, and the installer goes on without it', async ({ page, visitor, server }) => {
  const [customer, worker] = [await visitor(), await visitor()];
  const { number } = await atTheDoor(customer, page, worker, server);
  await open(customer, `/orders/${number}`);
  await ask(worker, await customer.screenshot());
  await expect(customer.getByText('설치 기사가 추가 작업 54,000원을 요청했어요')).toBeVisible();
  await customer.getByRole('link', { name: '사진과 내용 보기' }).click();
  await customer.getByText('하지 않을게요', { exact: true }).first().click();
  await customer.getByRole('button', { name: '거절하기' }).click();
  await expect(customer.getByText('거절했어요. 추가 비용은 없어요.')).toBeVisible();
  await expect(worker.locator('.site-extra .badge').first()).toHaveText('거절');
  await worker.getByLabel('제조번호 1').fill('sr-228-000991');
  for (const box of await worker.locator('.job-checks input').all()) await box.check();
  await worker.getByLabel('확인하신 분 성함').fill('한가람');
  await worker.getByRole('button', { name: '설치 완료하기' }).click();
  await expect(badge(worker)).toHaveText('설치 완료');
  await open(customer, `/orders/${number}`);
  await customer.getByRole('button', { name: '구매확정' }).click();
  await expect(status(customer)).toHaveText('구매 확정');
});
