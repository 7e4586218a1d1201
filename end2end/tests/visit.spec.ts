import { GOODS, GUEST, newMember, order, pay, signIn, status } from '../support/shop.ts';
import { PHONE, flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { expect, live, open, test } from '../support/test.ts';
import type { Page } from '../support/test.ts';
import type { Server } from '../support/server.ts';

const RETAILER = 'hanbit-manager@jumun.example';
const SEOUL = 'installer-seoul@jumun.example';
const PRO = 'installer-pro@jumun.example';

/** A wall air conditioner with its installation, ordered past the pages and paid for. */
async function buyInstalled(page: Page, server: Server): Promise<string> {
  await newMember(page);
  const number = await order(page, GOODS.wall, 1, GUEST, true);
  await pay(page, server, number);
  return number;
}

/** A day from today in Korea, by the server's clock. */
async function dayIn(page: Page, days: number): Promise<string> {
  const now = ((await (await page.request.get('/api/jobs')).json()) as { now: number }).now / 1000;
  return new Date(now + 9 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
}

const badge = (page: Page) => page.locator('.job-state .badge').first();

async function assign(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(name) }).check();
  await page.getByRole('button', { name: '설치 기사 정하기' }).click();
  await expect(page.getByRole('link', { name, exact: true })).toBeVisible();
}

async function jobOf(page: Page, name: string): Promise<string> {
  const way = await page.getByRole('link', { name, exact: true }).getAttribute('href');
  return way!.split('/').pop()!;
}

async function prepare(page: Page): Promise<void> {
  await page.getByRole('button', { name: '상품 준비 시작' }).click();
  await page.getByRole('button', { name: '재고 할당' }).click();
  await expect(page.getByRole('button', { name: '재고 할당' })).toHaveCount(0);
}

/** A browser that reads codes and has a camera, which sees this one. */
async function withCamera(page: Page, code: string): Promise<void> {
  await page.addInitScript((code) => {
    const picture = () => {
      const canvas = document.createElement('canvas');
      canvas.getContext('2d')!.fillRect(0, 0, 10, 10);
      return canvas.captureStream(5);
    };
    Object.assign(navigator.mediaDevices, {
      enumerateDevices: () => Promise.resolve([{ kind: 'videoinput' }]),
      getUserMedia: () => Promise.resolve(picture()),
    });
    Object.assign(window, {
      BarcodeDetector: class {
        detect = () => Promise.resolve([{ rawValue: 'https://maker.example/?no=1' }, { rawValue: code }]);
      },
    });
  }, code);
}

test('an air conditioner is put up: store, installer and buyer see each other move @role', async ({ page, visitor, server, watch }) => {
  watch.expect(422, /complete-installation/);
  test.setTimeout(180_000);
  const [customer, worker, other] = [await visitor(), await visitor(), await visitor()];
  const number = await buyInstalled(customer, server);
  await open(customer, `/orders/${number}`);
  await expect(customer.getByText('판매자가 설치 기사를 찾고 있어요.')).toBeVisible();

  // The store prepares the goods and chooses among those who come there.
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await prepare(page);
  await expect(status(page)).toHaveText('상품 준비중');
  await expect(page.getByRole('radio', { name: /차강민/ })).toBeVisible();
  await expect(page.getByRole('radio', { name: /하진수/ })).toHaveCount(0);
  await snapshot(page, 'desk-order-installers');
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  expect(await runsOut(page)).toBe('');
  await assign(page, '노현석');
  await expect(status(page)).toHaveText('발주 완료');

  // The first says no, and the store hears it without a reload.
  await other.setViewportSize(PHONE);
  await signIn(other, server, PRO);
  await expect(other).toHaveURL(/\/jobs$/);
  await expect(other.getByRole('heading', { name: '답을 기다리는 일' })).toBeVisible();
  await other.locator(`a[href="/jobs/${await jobOf(page, '노현석')}"]`).first().click();
  await live(other);
  await other.getByText('맡지 않기', { exact: true }).first().click();
  await other.getByLabel('사유').selectOption('busy');
  await other.getByRole('button', { name: '맡지 않기' }).click();
  await expect(badge(other)).toHaveText('거절');
  await expect(other.getByText('맡지 않는 일이라 연락처를 볼 수 없어요.')).toBeVisible();
  await expect(page.getByText('노현석 기사가 거절했어요: 일정이 찼어요')).toBeVisible();

  // The second takes it, on a phone.
  await assign(page, '차강민');
  await worker.setViewportSize(PHONE);
  await signIn(worker, server, SEOUL);
  await expect(worker).toHaveURL(/\/jobs$/);
  await snapshot(worker, 'jobs');
  expect(await flaws(worker)).toEqual([]);
  expect(await rawKeys(worker)).toEqual([]);
  expect(await runsOut(worker)).toBe('');
  const job = await jobOf(page, '차강민');
  await worker.locator(`a[href="/jobs/${job}"]`).first().click();
  await expect(worker).toHaveURL(new RegExp(`/jobs/${job}$`));
  await live(worker);
  await worker.getByRole('button', { name: '설치 맡기' }).click();
  await expect(badge(worker)).toHaveText('방문일 정하는 중');
  await expect(customer.getByText('차강민 기사가 맡았어요. 방문일을 정하고 있어요.')).toBeVisible();

  // The store says which unit goes: a scanner ends what it types with Enter, which sends nothing.
  await page.getByText('보낼 제품의 제조번호 적기', { exact: true }).click();
  const unit = page.getByLabel(/제조번호$/);
  await unit.pressSequentially('sr-228-000471');
  await unit.press('Enter');
  await expect(unit).toHaveValue('SR-228-000471');
  await snapshot(page, 'desk-order-serials');
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  expect(await runsOut(page)).toBe('');
  await page.getByRole('button', { name: '제조번호 정하기' }).click();
  await expect(page.locator('.source-serials')).toContainText('SR-228-000471');
  await expect(page.getByText('제조번호 고치기', { exact: true })).toBeVisible();

  // The buyer says when; the installer finds it filled in, and agrees.
  const tomorrow = await dayIn(worker, 1);
  await customer.getByText('희망일 알리기', { exact: true }).first().click();
  await customer.getByLabel('희망일', { exact: true }).fill(tomorrow);
  await customer.getByLabel('시간대').selectOption('afternoon');
  await customer.getByRole('button', { name: '희망일 알리기' }).click();
  await expect(customer.getByText(/^희망일 \d+월/)).toBeVisible();
  await open(worker, `/jobs/${job}`);
  await expect(worker.getByLabel('방문일', { exact: true })).toHaveValue(tomorrow);
  await snapshot(worker, 'job-schedule');
  expect(await flaws(worker)).toEqual([]);
  await worker.getByRole('button', { name: '방문일 정하기' }).click();
  await expect(badge(worker)).toHaveText('방문 예정');
  await expect(customer.getByText(/차강민 기사가 .*오후.*에 방문해요/)).toBeVisible();
  await snapshot(customer, 'order-visit');
  expect(await flaws(customer)).toEqual([]);
  await expect(worker.getByText('매장이 상품을 건네면 출발할 수 있어요.')).toBeVisible();

  // The store hands the goods over; the day comes.
  await page.getByRole('button', { name: '출고 지시' }).click();
  await expect(status(page)).toHaveText('출고 완료');
  await server.advance('PT24H');
  await open(worker, '/jobs');
  await expect(worker.getByRole('region', { name: /오늘/ }).getByRole('link')).toHaveCount(1);
  await open(worker, `/jobs/${job}`);
  await worker.getByRole('button', { name: '출발하기' }).click();
  await expect(badge(worker)).toHaveText('가는 중');
  await expect(customer.getByText('차강민 기사가 상품을 가지고 출발했어요.')).toBeVisible();
  await expect(status(customer)).toHaveText('배송 출발');
  await worker.getByText('상품 도착 알리기', { exact: true }).first().click();
  await worker.getByRole('button', { name: '상품 도착 알리기' }).click();
  await expect(status(customer)).toHaveText('배송 완료');
  await expect(worker.locator('.job-complete').getByText('SR-228-000471')).toBeVisible();
  await worker.getByLabel('제조번호 1').fill('sr-228-000999');
  for (const box of await worker.locator('.job-checks input').all()) await box.check();
  await worker.getByLabel('확인하신 분 성함').fill('한가람');
  await worker.getByRole('button', { name: '설치 완료하기' }).click();
  await expect(worker.getByText('이 주문으로 보낸 제품의 제조번호가 아니에요', { exact: false })).toBeVisible();
  await worker.getByLabel('제조번호 1').fill('sr-228-000471');
  await worker.getByLabel('제조번호 1').press('Enter');
  await expect(badge(worker), 'Enter sends nothing').not.toHaveText('설치 완료');
  await snapshot(worker, 'job-complete');
  expect(await flaws(worker)).toEqual([]);
  await worker.getByRole('button', { name: '설치 완료하기' }).click();
  await expect(badge(worker)).toHaveText('설치 완료');
  await expect(worker.getByText('SR-228-000471')).toBeVisible();
  await snapshot(worker, 'job-done');
  await expect(status(customer)).toHaveText('설치 완료');
  await customer.getByRole('button', { name: '구매확정' }).click();
  await expect(status(page)).toHaveText('구매 확정');
  await snapshot(page, 'desk-order-installed');

  // Head office sees the whole tree.
  const head = await visitor();
  await signIn(head, server, 'admin@jumun.example', `/admin/orders/${number}`);
  await expect(head.getByRole('region', { name: '주문 나무' }).getByRole('link', { name: /차강민/ })).toHaveAttribute('href', `/admin/orders/${job}`);
  await snapshot(head, 'admin-order-tree');
  expect(await flaws(head)).toEqual([]);
});

test('numbers are scanned one after the other, pasted together or seen by the camera', async ({ page, visitor, server }) => {
  const customer = await visitor();
  await newMember(customer);
  const number = await order(customer, GOODS.cover, 2);
  await pay(customer, server, number);
  await withCamera(page, 'sr-330-000002');
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await prepare(page);
  await page.getByText('보낼 제품의 제조번호 적기', { exact: true }).click();
  const [first, second] = [page.getByLabel(/^1번째 제품 제조번호/), page.getByLabel(/^2번째 제품 제조번호/)];
  await first.pressSequentially('sr-330-000001');
  await first.press('Enter');
  await expect(first).toHaveValue('SR-330-000001');
  await expect(second).toBeFocused();
  // Nothing is there to be read with until the browser says so; what it sees goes into the next empty box, once.
  await page.getByRole('button', { name: '카메라로 읽기' }).click();
  await expect(second).toHaveValue('SR-330-000002');
  await expect(page.getByRole('button', { name: '카메라로 읽기' }), 'it turns itself off').toBeVisible();
  await first.evaluate((field) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'sr-330-000011\nsr-330-000012');
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
  await expect(first).toHaveValue('SR-330-000011');
  await expect(second).toHaveValue('SR-330-000012');
  await snapshot(page, 'desk-order-serials-two');
  expect(await flaws(page)).toEqual([]);
  expect(await runsOut(page)).toBe('');
  await page.getByRole('button', { name: '제조번호 정하기' }).click();
  await expect(page.locator('.source-serials')).toContainText('SR-330-000011, SR-330-000012');

  // What was said can be put right until the goods leave.
  await page.getByText('제조번호 고치기', { exact: true }).click();
  await expect(first).toHaveValue('SR-330-000011');
});

test('what cannot be put up goes back to the store, and the buyer pays for the visit he was told of', async ({ page, visitor, server }) => {
  const [customer, worker] = [await visitor(), await visitor()];
  const number = await buyInstalled(customer, server);
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await prepare(page);
  await assign(page, '차강민');
  const job = await jobOf(page, '차강민');
  await worker.setViewportSize(PHONE);
  await signIn(worker, server, SEOUL, `/jobs/${job}`);
  const where = worker.locator('.card').filter({ has: worker.getByRole('heading', { name: '가는 곳' }) });
  await expect(where.getByText('건물 허락')).toBeVisible();
  await expect(where.getByText('잘 모르겠어요')).toBeVisible();
  await expect(where, 'his price is another one').not.toContainText('구매자 출장비');
  await snapshot(worker, 'installer-job-site');
  await worker.getByRole('button', { name: '설치 맡기' }).click();
  await worker.getByLabel('방문일', { exact: true }).fill(await dayIn(worker, 1));
  await worker.getByRole('button', { name: '방문일 정하기' }).click();
  await expect(badge(worker)).toHaveText('방문 예정');
  await expect(page.getByRole('heading', { name: '구매자가 알려 준 설치할 곳' })).toBeVisible();
  await snapshot(page, 'desk-order-site');
  await page.getByRole('button', { name: '출고 지시' }).click();
  await expect(status(page)).toHaveText('출고 완료');
  await server.advance('PT24H');
  await open(worker, `/jobs/${job}`);
  await worker.getByRole('button', { name: '출발하기' }).click();

  // Nobody is there the first time; he comes again the next day.
  await worker.getByText('고객 부재 알리기', { exact: true }).first().click();
  await worker.getByRole('button', { name: '부재로 알리기' }).click();
  await expect(badge(worker)).toHaveText('방문일 다시 정하는 중');
  await open(customer, `/orders/${number}`);
  await expect(customer.getByText('다시 올 날을 정하고 있어요', { exact: false })).toBeVisible();
  await snapshot(customer, 'order-visit-missed');
  await worker.getByLabel('방문일', { exact: true }).fill(await dayIn(worker, 1));
  await worker.getByRole('button', { name: '방문일 정하기' }).click();
  await expect(badge(worker)).toHaveText('방문 예정');
  await server.advance('PT24H');
  await open(worker, `/jobs/${job}`);
  await worker.getByRole('button', { name: '출발하기' }).click();
  await worker.getByText('설치할 수 없어요', { exact: true }).first().click();
  await worker.getByLabel('까닭').selectOption('power');
  await worker.getByRole('button', { name: '설치 불가로 알리기' }).click();
  await expect(badge(worker)).toHaveText('설치 불가');
  await expect(status(customer)).toHaveText('반송중');
  await snapshot(customer, 'order-visit-impossible');

  await open(page, `/desk/orders/${number}`);
  await snapshot(page, 'desk-order-impossible');
  await page.getByText('돌아온 상품 받기', { exact: true }).first().click();
  await page.getByRole('button', { name: '받고 다시 판매' }).click();
  await expect(page.locator('.claim').first()).toContainText('환불 승인 대기');
  // He had said that there is current enough: the slip tells what is kept, and why.
  const fee = customer.locator('.claim').first().getByRole('row', { name: '헛걸음 출장비' });
  await expect(fee).toContainText('30,000원');
  const head = await visitor();
  await signIn(head, server, 'admin@jumun.example', `/admin/orders/${number}`);
  await head.locator('summary', { hasText: '환불 승인하기' }).first().click();
  await head.getByRole('button', { name: '환불 승인하기' }).first().click();
  await expect(status(customer)).toHaveText('환불 완료');
  const slip = customer.getByRole('region', { name: '환불 내역서' }).first();
  await expect(slip.getByRole('row', { name: /환불 뒤 남은 결제 금액/ })).toContainText('30,000원');
  await expect(slip.getByRole('row', { name: '헛걸음 출장비' })).toContainText('30,000원');
  await snapshot(customer, 'order-visit-paid-for');
  expect(await flaws(customer)).toEqual([]);
  expect(await rawKeys(customer)).toEqual([]);
  expect(await runsOut(customer)).toBe('');
});

test('who does not want it any more when the installer stands there is told what that costs', async ({ page, visitor, server }) => {
  test.setTimeout(120_000);
  const [customer, worker] = [await visitor(), await visitor()];
  const number = await buyInstalled(customer, server);
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await prepare(page);
  await assign(page, '차강민');
  const job = await jobOf(page, '차강민');
  await worker.setViewportSize(PHONE);
  await signIn(worker, server, SEOUL, `/jobs/${job}`);
  await worker.getByRole('button', { name: '설치 맡기' }).click();
  await worker.getByLabel('방문일', { exact: true }).fill(await dayIn(worker, 1));
  await worker.getByRole('button', { name: '방문일 정하기' }).click();
  await expect(badge(worker)).toHaveText('방문 예정');
  await page.getByRole('button', { name: '출고 지시' }).click();
  await expect(status(page)).toHaveText('출고 완료');
  await server.advance('PT24H');
  await open(worker, `/jobs/${job}`);
  await worker.getByRole('button', { name: '출발하기' }).click();
  await worker.getByText('설치할 수 없어요', { exact: true }).first().click();
  await worker.getByLabel('까닭').selectOption({ label: '고객이 설치를 원하지 않아요' });
  await snapshot(worker, 'installer-refused');
  await worker.getByRole('button', { name: '설치 불가로 알리기' }).click();
  await expect(badge(worker)).toHaveText('설치 불가');
  await open(customer, `/orders/${number}`);
  await expect(customer.locator('.claim').first()).toContainText('방문 때 설치를 거절함');
  await expect(customer.locator('.claim').first().getByRole('row', { name: '헛걸음 출장비' })).toContainText('30,000원');
  await snapshot(customer, 'order-refused-on-site');
  expect(await flaws(customer)).toEqual([]);
  expect(await runsOut(customer)).toBe('');
});
