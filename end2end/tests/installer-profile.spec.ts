// An installer's own chair: he says how he works and when not, stores see it, and what he did is in his earnings.

import { GOODS, GUEST, call, newMember, order, pay, signIn } from '../support/shop.ts';
import { flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { expect, live, open, test } from '../support/test.ts';
import type { Page } from '../support/test.ts';
import type { Server } from '../support/server.ts';

const RETAILER = 'hanbit-manager@jumun.example';
const PRO = 'installer-pro@jumun.example';
const NARROW = { width: 360, height: 780 };

interface Seen {
  id: string;
  fulfilments: { id: string; installer?: { number?: string } }[];
  installers: [string, { installer: string; name: string }[]][];
}

const read = async (page: Page, number: string) => (await (await page.request.get('/api/order', { params: { number } })).json()) as Seen;

/** A day from today in Korea, by the server's clock. */
async function dayIn(worker: Page, days: number): Promise<string> {
  const now = ((await (await worker.request.get('/api/jobs')).json()) as { now: number }).now / 1000;
  return new Date(now + 9 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
}

/** A wall air conditioner with its installation, paid for and being prepared. Answers its number. */
async function prepared(customer: Page, store: Page, server: Server): Promise<string> {
  await newMember(customer);
  const number = await order(customer, GOODS.wall, 1, GUEST, true);
  await pay(customer, server, number);
  const { id, fulfilments } = await read(store, number);
  const goods = { order: id, fulfilment: fulfilments[0]!.id };
  await call(store, 'order-command', { ...goods, command: 'start-preparing' });
  await call(store, 'order-command', { ...goods, command: 'allocate' });
  return number;
}

async function looksRight(page: Page, name: string): Promise<void> {
  expect(await runsOut(page)).toBe('');
  await snapshot(page, name);
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
}

test('an installer takes a day off and names his price, and stores are told at once', async ({ page, visitor, server, watch }) => {
  test.setTimeout(120_000);
  watch.expect(422, /set-profile|schedule-visit/);
  watch.expect(409, /take-day-off/);
  const [worker, customer] = [await visitor(), await visitor()];
  await worker.setViewportSize(NARROW);
  await signIn(worker, server, PRO);
  await worker.getByRole('link', { name: '내 조건' }).click();
  await expect(worker.getByRole('heading', { name: '설치 기사 정보', level: 1 })).toBeVisible();
  await live(worker);
  await looksRight(worker, 'jobs-me');

  const day = await dayIn(worker, 5);
  const [, month, date] = day.split('-').map(Number);
  const words = `${month}월 ${date}일`;
  await worker.getByRole('textbox', { name: '쉬는 날' }).fill(day);
  await worker.getByRole('button', { name: '쉬는 날로 정하기' }).click();
  const giveUp = worker.getByRole('button', { name: `${day.slice(0, 4)}년 ${words}에 일하기` });
  await expect(giveUp).toBeVisible();
  const wall = worker.getByRole('group', { name: '벽걸이 에어컨' });
  await expect(wall.getByLabel('설치 (원)')).toHaveValue('70000');
  await wall.getByLabel('설치 (원)').fill('75,000');
  await worker.getByLabel('하루에 맡는 일 (건)').fill('2');
  await worker.getByRole('button', { name: '저장하기' }).click();
  await expect(worker.getByText('저장했어요. 앞으로 맡는 일부터 이대로예요')).toBeVisible();

  // What makes no sense is said beside the field, and nothing is changed.
  await worker.getByLabel('다니는 지역').fill('서울');
  await worker.getByRole('button', { name: '저장하기' }).click();
  await expect(worker.getByText('‘다니는 지역’ 칸을 읽을 수 없어요', { exact: false }).first()).toBeVisible();

  // The store's calendar does not offer him on that day, and has his price.
  await signIn(page, server, RETAILER);
  const number = await prepared(customer, page, server);
  await open(page, `/desk/orders/${number}`);
  const choice = page.locator('.installer-choice', { hasText: '노현석' });
  await expect(choice).toContainText('75,000원');
  await expect(choice.locator('.day.is-off', { hasText: `${words}: 휴무` })).toHaveCount(1);
  await expect(choice.locator('.day', { hasText: '0건 / 2건' }).first()).toBeAttached();

  // He takes the job; on his day off he comes to nobody, and the day of a visit he cannot take off.
  const { id, fulfilments, installers } = await read(page, number);
  const pro = installers[0]![1].find((row) => row.name === '노현석')!;
  await call(page, 'assign-installer', { order: id, fulfilment: fulfilments[0]!.id, installer: pro.installer });
  const job = (await read(page, number)).fulfilments[0]!.installer!.number!;
  const mine = (await read(worker, job)).id;
  await call(worker, 'order-command', { order: mine, command: 'accept-installation' });
  await open(worker, `/jobs/${job}`);
  await worker.getByLabel('방문일', { exact: true }).fill(day);
  await worker.getByRole('button', { name: '방문일 정하기' }).click();
  await expect(worker.getByText('이미 쓰이고 있어요', { exact: false }).first()).toBeVisible();
  const visit = await dayIn(worker, 6);
  await call(worker, 'schedule-visit', { order: mine, on: visit, half: 'morning' });
  await open(worker, '/jobs/me');
  await worker.getByRole('textbox', { name: '쉬는 날' }).fill(visit);
  await worker.getByRole('button', { name: '쉬는 날로 정하기' }).click();
  await expect(worker.getByText(/이미 잡힌 방문이 1건 있어/)).toBeVisible();
  await snapshot(worker, 'jobs-me-booked');

  // The job done is in his earnings; until then it is agreed.
  await open(worker, '/jobs/earnings');
  await expect(worker.getByText('75,000원 (1건)')).toBeVisible();
  await call(page, 'order-command', { order: id, command: 'release', fulfilment: fulfilments[0]!.id });
  await server.advance('P6D');
  await call(worker, 'order-command', { order: mine, command: 'depart' });
  await call(worker, 'order-command', { order: mine, command: 'report-delivered' });
  const checked = Object.fromEntries(['fixed', 'vacuum', 'leak', 'drain', 'run', 'shown'].map((check) => [`checked[${check}]`, '1']));
  await call(worker, 'complete-installation', { order: mine, 'serials[0]': 'SR-88-0001', signed_by: '한가람', ...checked });
  await open(worker, '/jobs/earnings');
  const row = worker.locator('.earned-row', { hasText: job });
  await expect(row).toContainText('설치');
  await expect(row).toContainText('75,000원');
  await expect(worker.getByText('0원 (0건)')).toBeVisible();
  await looksRight(worker, 'jobs-earnings');
  await row.getByRole('link').click();
  await expect(worker).toHaveURL(new RegExp(`/jobs/${job}$`));

  // As it was, for who comes after.
  await open(worker, '/jobs/me');
  await worker.getByLabel('하루에 맡는 일 (건)').fill('3');
  await worker.getByRole('group', { name: '벽걸이 에어컨' }).getByLabel('설치 (원)').fill('70000');
  await worker.getByRole('button', { name: '저장하기' }).click();
  await expect(worker.getByText('저장했어요. 앞으로 맡는 일부터 이대로예요')).toBeVisible();
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false, viewport: NARROW });

  test('an installer gives a day up again and gets back what he typed', async ({ page, server, watch }) => {
    watch.withoutScripts = true;
    await call(page, 'sign-in', { email: 'installer-jeju@jumun.example', password: server.card.password, next: '/jobs' });
    await page.goto('/jobs/me');
    const day = await dayIn(page, 3);
    await page.getByRole('textbox', { name: '쉬는 날' }).fill(day);
    await page.getByRole('button', { name: '쉬는 날로 정하기' }).click();
    await page.getByRole('button', { name: /에 일하기$/ }).click();
    await expect(page.getByText('정해 둔 쉬는 날이 없어요.')).toBeVisible();
    const ceiling = page.getByRole('group', { name: '천장형' }).getByLabel('설치 (원)');
    await ceiling.fill('200,000');
    await page.getByRole('button', { name: '저장하기' }).click();
    await expect(page.getByText('‘할 수 있는 일과 값’ 칸이 비어 있어요', { exact: false })).toBeVisible();
    await expect(ceiling).toHaveValue('200,000');
    await page.goto('/jobs/earnings');
    await expect(page.getByText('이 달에는 마친 일이 없어요')).toBeVisible();
  });
});
