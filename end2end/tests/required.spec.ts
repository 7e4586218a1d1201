// Where head office needs a second step of signing in, an admin without one turns it on before anything else.

import { flaws, rawKeys, snapshot } from '../support/look.ts';
import { signIn } from '../support/shop.ts';
import { code, steady } from '../support/totp.ts';
import { expect, open, test } from '../support/test.ts';

test.use({ flags: ['--require-second-step'] });

const ADMIN = 'admin@jumun.example';

test('an admin turns the second step on, and then everything opens', async ({ page, visitor, server, watch }) => {
  watch.expect(403, /^\/api\//);
  // On the way somewhere he is told, and led there.
  const other = await visitor();
  await signIn(other, server, ADMIN, '/admin/people');
  await expect(async () => {
    if (!/\/me$/.test(other.url())) await other.getByRole('link', { name: '내 정보', exact: true }).last().click({ timeout: 1_000 });
    await expect(other).toHaveURL(/\/me$/, { timeout: 1_000 });
  }).toPass();

  await signIn(page, server, ADMIN);
  await expect(page).toHaveURL(/\/me$/);
  await expect(page.getByText('2단계 인증을 먼저 켜 주세요')).toBeVisible();
  await snapshot(page, 'two-steps-owed');
  expect(await flaws(page)).toEqual([]);
  await page.context().addCookies([{ name: 'locale', value: 'en', url: server.base }]);
  await open(page, '/me');
  expect(await rawKeys(page)).toEqual([]);
  await page.context().clearCookies({ name: 'locale' });
  await open(page, '/admin/audit');
  await expect(page).toHaveURL(/\/me$/);

  await page.getByLabel('비밀번호').fill(server.card.password);
  await page.getByRole('button', { name: '2단계 인증 시작하기' }).click();
  const secret = (await page.locator('[data-secret]').getAttribute('data-secret'))!;
  await steady();
  await page.getByLabel('인증 코드').fill(code(secret));
  await page.getByRole('button', { name: '코드 확인하고 켜기' }).click();
  await expect(page.locator('[data-once] li')).toHaveCount(8);
  await expect(page.getByText('2단계 인증을 먼저 켜 주세요')).toHaveCount(0);
  await open(page, '/admin/people');
  await expect(page.getByRole('listitem').filter({ hasText: ADMIN })).toContainText('내 계정입니다');
});
