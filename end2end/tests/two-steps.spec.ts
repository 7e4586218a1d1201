// A store's manager turns the second step on, signs in with a code, and turns it off again.

import { flaws, rawKeys, runsOut, shoot } from '../support/look.ts';
import { call, signIn } from '../support/shop.ts';
import type { Server } from '../support/server.ts';
import { code, steady } from '../support/totp.ts';
import { expect, live, open, test, type Page } from '../support/test.ts';

const secretOf = (page: Page) => page.locator('[data-secret]').getAttribute('data-secret');
const once = (page: Page) => page.locator('[data-once] li');

/** From the card on one's own page to the recovery codes. The step before the present one is used up by it. */
async function enrol(page: Page, server: Server): Promise<{ secret: string; codes: string[] }> {
  await page.getByLabel('비밀번호').fill(server.card.password);
  await page.getByRole('button', { name: '2단계 인증 시작하기' }).click();
  await expect(page.getByRole('img', { name: '인증 앱이 찍는 QR 코드' })).toBeVisible();
  const secret = (await secretOf(page))!;
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  await steady();
  await page.getByLabel('인증 코드').fill(code(secret, -1));
  await page.getByRole('button', { name: '코드 확인하고 켜기' }).click();
  await expect(once(page)).toHaveCount(8);
  return { secret, codes: await once(page).allInnerTexts() };
}

async function password(page: Page, server: Server, email: string, next: string): Promise<void> {
  await page.goto(`/sign-in?next=${next}`);
  await page.getByLabel('이메일').fill(email);
  await page.getByLabel('비밀번호').fill(server.card.password);
  await page.getByRole('button', { name: '로그인하기' }).click();
  await expect(page).toHaveURL(/\/sign-in\/code\?next=/);
  await expect(page.getByRole('heading', { name: '인증 코드 입력', level: 1 })).toBeVisible();
}

async function stop(page: Page, server: Server, recovery: string): Promise<void> {
  await page.getByText('2단계 인증 끄기', { exact: true }).click();
  await page.getByLabel('비밀번호').fill(server.card.password);
  await page.getByLabel('인증 코드나 복구 코드').fill(recovery);
  await page.getByRole('button', { name: '끄기', exact: true }).click();
  await expect(page.getByRole('button', { name: '2단계 인증 시작하기' })).toBeVisible();
}

test('a manager turns the second step on, signs in with a code and turns it off @role', async ({ page, server, watch }) => {
  watch.expect(401, /sign-in-code|stop-two-steps|\/desk$/);
  await signIn(page, server, 'hanbit-manager@jumun.example', '/me');
  const { secret, codes } = await enrol(page, server);
  await open(page, '/me');
  await expect(page.getByText('남은 복구 코드는 8개입니다', { exact: false })).toBeVisible();
  await expect(once(page), 'the codes are shown once').toHaveCount(0);

  await call(page, 'sign-out', {});
  await password(page, server, 'hanbit-manager@jumun.example', '/desk');
  // The password alone opens nothing.
  expect((await page.request.get('/desk')).status()).toBe(401);
  await live(page);
  await page.getByLabel('인증 코드').fill(code(secret, 5));
  await page.getByRole('button', { name: '로그인하기', exact: true }).click();
  await expect(page.getByText('코드가 맞지 않거나 이미 쓴 코드예요', { exact: false })).toBeVisible();
  await page.getByLabel('인증 코드').fill(code(secret));
  await page.getByRole('button', { name: '로그인하기', exact: true }).click();
  await expect(page).toHaveURL(/\/desk$/);

  await open(page, '/me');
  await stop(page, server, codes[0]!);
  await call(page, 'sign-out', {});
  await signIn(page, server, 'hanbit-manager@jumun.example', '/desk');
});

test('the card and the code page are free of serious flaws and fit every width', async ({ page, server }) => {
  const found: string[] = [];
  const look = async (name: string) => {
    for (const [size, width] of [['phone', 390], ['desk', 1280]] as const) {
      await page.setViewportSize({ width, height: 844 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await shoot(page, `${name}-${size}-${colorScheme}`);
        found.push(...(await flaws(page)).map((flaw) => `${name} ${size} ${colorScheme}: ${flaw}`));
      }
    }
    await page.setViewportSize({ width: 320, height: 800 });
    const over = await runsOut(page);
    if (over) found.push(`${name} at 320: ${over}`);
    await page.setViewportSize({ width: 1280, height: 844 });
  };
  await signIn(page, server, 'areum-manager@jumun.example', '/me');
  await look('two-steps-off');
  await page.getByLabel('비밀번호').fill(server.card.password);
  await page.getByRole('button', { name: '2단계 인증 시작하기' }).click();
  const secret = (await secretOf(page))!;
  await look('two-steps-begun');
  await steady();
  await page.getByLabel('인증 코드').fill(code(secret, -1));
  await page.getByRole('button', { name: '코드 확인하고 켜기' }).click();
  await expect(once(page)).toHaveCount(8);
  const codes = await once(page).allInnerTexts();
  await look('two-steps-on');
  await call(page, 'sign-out', {});
  await password(page, server, 'areum-manager@jumun.example', '/me');
  await live(page);
  await look('two-steps-code');
  for (const locale of ['en', 'ko']) {
    await page.context().addCookies([{ name: 'locale', value: locale, url: server.base }]);
    await open(page, '/sign-in/code?next=/me');
    expect(await rawKeys(page)).toEqual([]);
  }
  await page.getByText('복구 코드로 로그인하기', { exact: false }).first().click();
  await page.getByLabel('복구 코드').fill(codes[1]!);
  await page.getByRole('button', { name: '복구 코드로 로그인하기' }).click();
  await expect(page).toHaveURL(/\/me$/);
  await live(page);
  await stop(page, server, codes[2]!);
  expect(found).toEqual([]);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the second step is turned on, asked for and turned off without scripts', async ({ page, server, watch }) => {
    watch.withoutScripts = true;
    const email = 'badacool-manager@jumun.example';
    await call(page, 'sign-in', { email, password: server.card.password });
    await page.goto('/me');
    await page.getByLabel('비밀번호').fill('not-the-password');
    await page.getByRole('button', { name: '2단계 인증 시작하기' }).click();
    await expect(page.getByText('이메일이나 비밀번호가 맞지 않아요', { exact: false })).toBeVisible();
    const { secret, codes } = await enrol(page, server);
    await page.reload();
    await expect(once(page)).toHaveCount(0);

    await call(page, 'sign-out', {});
    await password(page, server, email, '/desk');
    await page.getByLabel('인증 코드').fill(code(secret, -1));
    await page.getByRole('button', { name: '로그인하기', exact: true }).click();
    await expect(page.getByText('코드가 맞지 않거나 이미 쓴 코드예요', { exact: false })).toBeVisible();
    await page.getByLabel('인증 코드').fill(code(secret));
    await page.getByRole('button', { name: '로그인하기', exact: true }).click();
    await expect(page).toHaveURL(/\/desk$/);

    // And by a recovery code, which works once.
    await call(page, 'sign-out', {});
    await password(page, server, email, '/me');
    await page.locator('summary', { hasText: '복구 코드로 로그인하기' }).click();
    await page.getByLabel('복구 코드').fill(codes[7]!);
    await page.getByRole('button', { name: '복구 코드로 로그인하기' }).click();
    await expect(page).toHaveURL(/\/me$/);
    await expect(page.getByText('남은 복구 코드는 7개입니다', { exact: false })).toBeVisible();
    await stop(page, server, codes[0]!);
  });
});
