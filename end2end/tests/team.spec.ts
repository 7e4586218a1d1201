// The people of a store: a manager adds a colleague, who sets a password, works, and is let go.

import { flaws, rawKeys, runsOut, snapshot, tour } from '../support/look.ts';
import { call, signIn } from '../support/shop.ts';
import { expect, live, open, sent, test, type Page } from '../support/test.ts';

const MANAGER = 'mir-manager@jumun.example';
const STAFF = 'mir-staff@jumun.example';
const NEW = 'saebom@newcomers.example';
const PASSWORD = 'long-enough-2026';

const row = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text });
const link = (page: Page) => page.locator('[data-once]').first();

async function wellMade(page: Page): Promise<void> {
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  expect(await runsOut(page)).toBe('');
}

/** Opens what a deed asks first, and does it. */
async function deed(page: Page, who: string, opens: string, does: string): Promise<void> {
  const one = row(page, who);
  await one.locator('summary').filter({ hasText: opens }).click();
  await sent(page, () => one.getByRole('button', { name: does, exact: true }).click());
}

test('a manager adds a colleague, who joins by the link, works, is refused the keys, and is let go', async ({ page, visitor, server, watch }) => {
  test.setTimeout(120_000);
  watch.expect(401, /desk|board|team|sign-in|live/);
  watch.expect(403, /keys|sign-in|live/);
  watch.expect(404, /join|invitation/);
  watch.expect(422, /join|add-colleague/);
  await signIn(page, server, MANAGER, '/desk');
  await page.getByRole('link', { name: '팀', exact: true }).click();
  await expect(page).toHaveURL(/\/desk\/team$/);
  await live(page);
  await expect(row(page, MANAGER)).toContainText('내 계정입니다');
  await expect(row(page, MANAGER).getByRole('button')).toHaveCount(0);
  // Somebody's address is nobody else's.
  await page.getByLabel('이름').fill('김새봄');
  await page.getByLabel('이메일').fill('hong@jumun.example');
  await page.getByRole('button', { name: '초대 링크 만들기' }).click();
  await expect(page.getByText('이미 쓰이고 있어요', { exact: false }).first()).toBeVisible();
  await page.getByLabel('이메일').fill(NEW);
  await page.getByRole('button', { name: '초대 링크 만들기' }).click();
  await expect(row(page, NEW)).toContainText('초대함');
  const address = (await link(page).innerText()).trim();
  await snapshot(page, 'team-invited');
  await wellMade(page);
  await open(page, '/desk/team');
  expect(await page.content(), 'it is shown once').not.toContain(address);

  const her = await visitor();
  await open(her, new URL(address).pathname);
  await expect(her.getByText('김새봄 님', { exact: false })).toBeVisible();
  await her.getByLabel('비밀번호').fill('short');
  await her.getByRole('button', { name: '비밀번호 정하고 시작하기' }).click();
  await expect(her.getByText('너무 짧아요', { exact: false }).first()).toBeVisible();
  await snapshot(her, 'team-join');
  await wellMade(her);
  await her.getByLabel('비밀번호').fill(PASSWORD);
  await her.getByRole('button', { name: '비밀번호 정하고 시작하기' }).click();
  await expect(her).toHaveURL(/\/desk$/);

  // She works at a board; the doors of the store are not hers.
  await open(her, '/desk/boards/orders');
  await expect(her.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(her.getByRole('link', { name: 'API 키' })).toHaveCount(0);
  await open(her, '/desk/keys');
  await expect(her.getByText('이 계정으로는 할 수 없는 일이에요').first()).toBeVisible();
  await open(her, '/desk/team');
  await expect(her.getByText('팀은 매니저만 바꿀 수 있어요')).toBeVisible();
  await expect(her.getByRole('button', { name: '초대 링크 만들기' })).toHaveCount(0);
  await expect(her.locator('.case summary')).toHaveCount(0);
  await snapshot(her, 'team-staff');

  // The link is used up.
  const late = await visitor();
  await open(late, new URL(address).pathname);
  await expect(late.getByRole('heading', { level: 1 })).toHaveText('이 링크는 더 쓸 수 없어요');
  await snapshot(late, 'team-join-over');

  // A manager for a while.
  await open(page, '/desk/team');
  await deed(page, NEW, '매니저로', '매니저로 세우기');
  await expect(row(page, NEW)).toContainText('매니저');
  await expect(row(page, NEW).locator('summary').filter({ hasText: '직원으로' })).toBeVisible();
  await open(her, '/desk/keys');
  await expect(her.getByRole('button', { name: '키 만들기' })).toBeVisible();
  await open(her, '/desk/boards/orders');
  await deed(page, NEW, '직원으로', '직원으로 바꾸기');
  await expect(row(page, NEW).locator('summary').filter({ hasText: '매니저로' })).toBeVisible();

  // Let go: what she has open knows nobody any more.
  await deed(page, NEW, '내보내기', '내보내기');
  await expect(row(page, NEW)).toContainText('그만둠');
  await her.getByRole('link', { name: '팀', exact: true }).click();
  await expect(her.getByText('로그인이 필요해요').first()).toBeVisible();
  expect((await her.request.get('/desk')).status()).toBe(401);
  await signInRefused(her);
  await snapshot(page, 'team-left');

  await deed(page, NEW, '다시 받기', '다시 받기');
  await expect(row(page, NEW)).toContainText('근무 중');
  await open(her, '/sign-in?next=/desk');
  await her.locator('form').first().getByLabel('이메일').fill(NEW);
  await her.locator('form').first().getByLabel('비밀번호').fill(PASSWORD);
  await her.getByRole('button', { name: '로그인하기' }).click();
  await expect(her).toHaveURL(/\/desk$/);
  await deed(page, NEW, '내보내기', '내보내기');
  await expect(row(page, NEW)).toContainText('그만둠');
});

async function signInRefused(page: Page): Promise<void> {
  await open(page, '/sign-in');
  await page.locator('form').first().getByLabel('이메일').fill(NEW);
  await page.locator('form').first().getByLabel('비밀번호').fill(PASSWORD);
  await page.getByRole('button', { name: '로그인하기' }).click();
  await expect(page.getByText('이용이 정지된 계정이에요', { exact: false }).first()).toBeVisible();
}

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a colleague is asked, joins and is let go without scripts', async ({ page, visitor, server, watch }) => {
    watch.withoutScripts = true;
    const email = 'gaeul@newcomers.example';
    await call(page, 'sign-in', { email: MANAGER, password: server.card.password });
    await page.goto('/desk/team');
    await page.getByLabel('이름').fill('이가을');
    await page.getByLabel('이메일').fill(email);
    await page.getByRole('button', { name: '초대 링크 만들기' }).click();
    const address = (await link(page).innerText()).trim();
    const her = await visitor();
    await her.goto(new URL(address).pathname);
    await her.getByLabel('비밀번호').fill(PASSWORD);
    await her.getByRole('button', { name: '비밀번호 정하고 시작하기' }).click();
    await expect(her).toHaveURL(/\/desk$/);
    await page.goto('/desk/team');
    await expect(row(page, email)).toContainText('근무 중');
    await deed(page, email, '내보내기', '내보내기');
    await page.goto('/desk/team');
    await expect(row(page, email)).toContainText('그만둠');
    expect((await her.request.get('/desk')).status()).toBe(401);
  });
});

test('team: every page is free of serious flaws, fits every width and has its words', async ({ page, visitor, server }) => {
  test.setTimeout(120_000);
  await signIn(page, server, MANAGER, '/desk/team');
  expect(await tour(page, 'team', [['manager', '/desk/team']], { opened: '.case summary', codes: 'code, .mono' })).toEqual([]);
  const staff = await visitor();
  await signIn(staff, server, STAFF, '/desk/team');
  expect(await tour(staff, 'team', [['clerk', '/desk/team']], { codes: 'code, .mono' })).toEqual([]);
});
