// Head office and people: a lost second step, a blocked account, a channel's key.

import { signIn, call } from '../support/shop.ts';
import { code, steady } from '../support/totp.ts';
import { expect, open, sent, test, type Page } from '../support/test.ts';

const ADMIN = 'admin@jumun.example';
const STAFF = 'areum-manager@jumun.example';

const row = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text });

/** Opens a deed, gives the reason and does it. */
async function deed(page: Page, who: string, opens: string, reason: string, does: string): Promise<void> {
  const one = row(page, who);
  await one.getByText(opens, { exact: true }).first().click();
  await one.getByLabel('이유').first().fill(reason);
  await sent(page, () => one.getByRole('button', { name: does, exact: true }).click());
}

test('an admin resets a lost second step, blocks an account and lets it in again', async ({ page, visitor, server, watch }) => {
  watch.expect(401, /\/desk$|sign-in/);
  watch.expect(403, /sign-in/);
  const staff = await visitor();
  await signIn(staff, server, STAFF, '/me');
  await staff.getByLabel('비밀번호').fill(server.card.password);
  await staff.getByRole('button', { name: '2단계 인증 시작하기' }).click();
  const secret = (await staff.locator('[data-secret]').getAttribute('data-secret'))!;
  await steady();
  await staff.getByLabel('인증 코드').fill(code(secret));
  await staff.getByRole('button', { name: '코드 확인하고 켜기' }).click();
  await expect(staff.locator('[data-once] li')).toHaveCount(8);

  await signIn(page, server, ADMIN, '/admin/people');
  await page.getByRole('searchbox').last().fill(STAFF);
  await page.getByRole('button', { name: '찾기' }).click();
  await expect(page).toHaveURL(/q=areum/);
  await expect(row(page, STAFF)).toContainText('이용 중');
  await deed(page, STAFF, '2단계 인증 초기화', '휴대전화를 잃었고 매장에서 신분증을 확인했습니다', '초기화하기');
  await expect(row(page, STAFF)).toContainText('꺼짐');
  // Whoever holds the phone is out, and the password alone opens the door again.
  expect((await staff.request.get('/desk')).status()).toBe(401);
  await signIn(staff, server, STAFF, '/desk');

  await deed(page, STAFF, '계정 막기', '퇴사', '막기');
  await expect(row(page, STAFF)).toContainText('막힘');
  expect((await staff.request.get('/desk')).status()).toBe(401);
  await deed(page, STAFF, '다시 열기', '잘못 막았습니다', '다시 열기');
  await expect(row(page, STAFF)).toContainText('이용 중');
  await signIn(staff, server, STAFF, '/desk');

  // Nobody does it to himself, and all of it is in the audit log.
  await open(page, `/admin/people?q=${ADMIN}`);
  await expect(row(page, ADMIN)).toContainText('내 계정입니다');
  await expect(row(page, ADMIN).getByText('계정 막기')).toHaveCount(0);
  await open(page, '/admin/audit');
  for (const done of ['2단계 인증 초기화', '계정 막음', '계정 다시 엶']) await expect(page.getByRole('row').filter({ hasText: done }).first()).toBeVisible();
});

test('an admin gives a channel a key and takes it away', async ({ page, server }) => {
  const orders = (key: string) => page.request.get('/api/v1/orders', { headers: { authorization: `Bearer ${key}` } });
  await signIn(page, server, ADMIN, '/admin/channels');
  await page.getByLabel('채널', { exact: true }).selectOption({ label: 'other channel' });
  await page.getByLabel('키 이름').fill('가을 행사');
  await page.getByLabel('주문과 가격 보기').check();
  await page.getByRole('button', { name: '키 만들기' }).click();
  const key = await page.locator('[data-once] code, code[data-once]').first().innerText();
  expect((await orders(key)).status()).toBe(200);
  await open(page, '/admin/channels');
  expect(await page.content(), 'it is shown once').not.toContain(key);
  const one = row(page, '가을 행사');
  await one.getByText('폐기', { exact: true }).click();
  await one.getByRole('button', { name: '키 폐기하기' }).click();
  await expect(one).toContainText('폐기됨');
  expect((await orders(key)).status()).toBe(401);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a customer is blocked and let in again without scripts', async ({ page, server, watch }) => {
    watch.withoutScripts = true;
    await call(page, 'sign-in', { email: ADMIN, password: server.card.password });
    await page.goto('/admin/people?customers=1&q=taesik');
    await deed(page, 'taesik@jumun.example', '계정 막기', '반복된 허위 주문', '막기');
    await page.goto('/admin/people?customers=1&q=taesik');
    await expect(row(page, 'taesik@jumun.example')).toContainText('막힘');
    await deed(page, 'taesik@jumun.example', '다시 열기', '확인했습니다', '다시 열기');
    await page.goto('/admin/people?customers=1&q=taesik');
    await expect(row(page, 'taesik@jumun.example')).toContainText('이용 중');
  });
});
