import { tour, type Place } from '../support/look.ts';
import { Receiver, isSigned } from '../support/receiver.ts';
import { GOODS, GUEST, call, newMember, order, pay, signIn } from '../support/shop.ts';
import type { Server } from '../support/server.ts';
import { expect, live, open, test, type Page } from '../support/test.ts';

const HANBIT = 'hanbit-manager@jumun.example';
const BADACOOL = 'badacool-manager@jumun.example';
const ADMIN = 'admin@jumun.example';

let receiver: Receiver;
test.beforeEach(async () => {
  receiver = await Receiver.start();
});
test.afterEach(() => {
  receiver.stop();
});

/** The secret or the key that the page shows this once. */
const once = (page: Page) => page.locator('[data-once]');

/** Writes an address into the form. Ends on the endpoint's page, which shows the secret. */
async function add(page: Page, url: string, events = '', name = ''): Promise<string> {
  await page.getByLabel('주소', { exact: true }).fill(url);
  await page.getByLabel('알릴 일').fill(events);
  await page.getByLabel('이름', { exact: false }).last().fill(name);
  await page.getByRole('button', { name: '주소 더하기' }).click();
  await expect(page).toHaveURL(/\/desk\/webhooks\/[0-9a-f-]{36}$/);
  return once(page).innerText();
}

const message = (page: Page, words: string) => page.getByRole('listitem').filter({ hasText: words }).first();

test('a store tells its warehouse system what happens, and sees what was taken @role', async ({ page, visitor, server }) => {
  await signIn(page, server, HANBIT);
  await page.getByRole('link', { name: '웹훅' }).click();
  await expect(page.getByRole('heading', { name: '웹훅', level: 1 })).toBeVisible();
  await expect(page.getByText('받는 주소가 없습니다')).toBeVisible();
  const secret = await add(page, receiver.url, 'order.* payment.approved', '창고 시스템');
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  await expect(page.getByRole('heading', { name: '창고 시스템', level: 1 })).toBeVisible();

  // The secret is shown once.
  await open(page, new URL(page.url()).pathname);
  await expect(page.getByRole('heading', { name: '창고 시스템', level: 1 })).toBeVisible();
  await expect(once(page)).toHaveCount(0);

  // A test message, then an order of a buyer: signed, in order, without anybody's name.
  await page.getByRole('button', { name: '시험 메시지 보내기' }).click();
  await expect.poll(() => receiver.messages.length).toBe(1);
  expect(isSigned(receiver.messages[0]!, secret)).toBe(true);
  await expect(message(page, '시험 메시지').getByText('받음', { exact: true })).toBeVisible();
  const buyer = await visitor();
  await newMember(buyer);
  const number = await order(buyer, GOODS.cover, 2);
  await pay(buyer, server, number);
  await expect.poll(() => receiver.messages.filter((it) => it.number === number).map((it) => it.type)).toContain('order.paid');
  const told = receiver.messages.filter((it) => it.number === number);
  expect(told[0]!.type).toBe('order.placed');
  for (const it of told) {
    expect(isSigned(it, secret)).toBe(true);
    expect(it.type).toMatch(/^order\.|^payment\.approved$/);
    for (const hidden of [GUEST.name, GUEST.phone, GUEST.address]) expect(it.body).not.toContain(hidden);
  }
  await open(page, new URL(page.url()).pathname);
  const placed = message(page, 'order.placed');
  await expect(placed).toContainText(number);
  await placed.getByText('내용과 시도 보기', { exact: false }).click();
  await expect(placed.locator('pre')).toContainText(number);
  await expect(placed).toContainText('204');

  // Not taken, seen as such, sent again by hand.
  receiver.status = 500;
  await page.getByRole('button', { name: '시험 메시지 보내기' }).click();
  const missed = page.getByRole('listitem').filter({ hasText: '받지 못함' }).first();
  await expect(missed).toContainText('시험 메시지');
  receiver.status = 200;
  const before = receiver.messages.length;
  await missed.getByRole('button', { name: '다시 보내기' }).click();
  await expect.poll(() => receiver.messages.length).toBe(before + 1);
  expect(receiver.messages.at(-1)!.id).toBe(receiver.messages.at(-2)!.id);
  await expect(page.getByRole('listitem').filter({ hasText: '받지 못함' })).toHaveCount(0);

  // A new secret; for a day both sign.
  await page.getByText('비밀키 바꾸기', { exact: true }).click();
  await page.getByRole('button', { name: '바꾸기', exact: true }).click();
  await expect(once(page)).toBeVisible();
  const fresh = await once(page).innerText();
  expect(fresh).not.toBe(secret);
  await expect(page.getByText('옛 키로도 서명합니다', { exact: false }).first()).toBeVisible();
  await page.getByRole('button', { name: '시험 메시지 보내기' }).click();
  await expect.poll(() => receiver.messages.length).toBe(before + 2);
  for (const known of [secret, fresh]) expect(isSigned(receiver.messages.at(-1)!, known)).toBe(true);

  // Switched off it hears nothing.
  await page.getByRole('button', { name: '알리기 멈추기' }).click();
  await expect(page.getByText('알리지 않습니다')).toBeVisible();
  await expect(page.getByRole('button', { name: '시험 메시지 보내기' })).toHaveCount(0);
  await page.getByRole('button', { name: '다시 알리기' }).click();
  await expect(page.getByText('알리지 않습니다')).toHaveCount(0);

  // Another store has neither the endpoint nor its page.
  const path = new URL(page.url()).pathname;
  const other = await visitor();
  await signIn(other, server, BADACOOL);
  const answer = await other.request.get(path);
  expect(answer.status()).toBe(404);

  // Changed, then removed.
  await page.getByText('고치기', { exact: true }).click();
  await page.getByLabel('이름', { exact: false }).last().fill('회계 시스템');
  await page.getByRole('button', { name: '고쳐 쓰기' }).click();
  await expect(page.getByRole('heading', { name: '회계 시스템', level: 1 })).toBeVisible();
  await page.getByText('지우기', { exact: true }).click();
  await page.getByRole('button', { name: '주소 지우기' }).click();
  await expect(page).toHaveURL(/\/desk\/webhooks$/);
  await expect(page.getByText('받는 주소가 없습니다')).toBeVisible();
});

test('an address that is not on the open web is refused with the reason', async ({ page, server, watch }) => {
  watch.expect(422, /add-webhook-endpoint/);
  await signIn(page, server, HANBIT, '/desk/webhooks');
  for (const [url, why] of [
    ['https://10.0.0.1/hook', '인터넷에 열린 주소가 아니에요'],
    ['https://user:pass@example.com/', '이름이나 비밀번호가 들어 있어요'],
    ['https://example.com:22/', '웹에서 쓰는 포트가 아니에요'],
  ] as const) {
    await page.getByLabel('주소', { exact: true }).fill(url);
    await page.getByRole('button', { name: '주소 더하기' }).click();
    await expect(page.getByText(why, { exact: false })).toBeVisible();
  }
  await page.getByLabel('주소', { exact: true }).fill(receiver.url);
  await page.getByLabel('알릴 일').fill('order.unheard_of');
  await page.getByRole('button', { name: '주소 더하기' }).click();
  await expect(page.getByText('알릴 일', { exact: false }).first()).toBeVisible();
  await expect(page).toHaveURL(/\/desk\/webhooks/);
});

/** A call of the interface with a key. */
const api = (page: Page, server: Server, key: string, path: string) =>
  page.request.get(`${server.base}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } });

test('a store makes a key that opens what it says, and revokes it @role', async ({ page, server }) => {
  await signIn(page, server, HANBIT);
  await page.getByRole('link', { name: 'API 키' }).click();
  await expect(page.getByRole('heading', { name: 'API 키', level: 1 })).toBeVisible();
  await page.getByLabel('키 이름').fill('재고 시스템');
  await page.getByLabel('주문과 가격 보기').check();
  await page.getByRole('button', { name: '키 만들기' }).click();
  await expect(once(page)).toBeVisible();
  const key = await once(page).innerText();
  expect(key).toMatch(/^jk_[0-9a-f]{64}$/);
  const row = page.getByRole('listitem').filter({ hasText: '재고 시스템' });
  await expect(row).toContainText(key.slice(-4));
  await expect(row).toContainText('쓴 적 없음');
  expect((await api(page, server, key, '/orders')).status()).toBe(200);
  const refused = await api(page, server, key, '/webhook-endpoints');
  expect([refused.status(), ((await refused.json()) as { scope: string }).scope]).toEqual([403, 'webhooks:manage']);

  await open(page, '/desk/keys');
  await expect(row).toContainText('방금');
  await expect(once(page)).toHaveCount(0);
  expect(await page.content()).not.toContain(key);
  await row.getByText('폐기', { exact: true }).click();
  await row.getByRole('button', { name: '키 폐기하기' }).click();
  await expect(row).toContainText('폐기됨');
  expect((await api(page, server, key, '/orders')).status()).toBe(401);
});

test('a key without a scope is refused', async ({ page, server, watch }) => {
  watch.expect(422, /make-key/);
  await signIn(page, server, HANBIT, '/desk/keys');
  await page.getByLabel('키 이름').fill('아무것도');
  await page.getByRole('button', { name: '키 만들기' }).click();
  await expect(page.getByText('할 수 있는 일', { exact: false }).first()).toBeVisible();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: '아무것도' })).toHaveCount(0);
});

test('head office sees how far the log was told, and sends again what was given up', async ({ page, visitor, server }) => {
  const staff = await visitor();
  await signIn(staff, server, HANBIT, '/desk/webhooks');
  await live(staff);
  await add(staff, receiver.url, '', '막힌 시스템');
  receiver.status = 500;
  await staff.getByRole('button', { name: '시험 메시지 보내기' }).click();
  await expect(staff.getByText('받지 못함', { exact: true }).first()).toBeVisible();

  await signIn(page, server, ADMIN);
  await page.getByRole('link', { name: '처리 현황' }).click();
  await expect(page.getByRole('heading', { name: '처리 현황', level: 1 })).toBeVisible();
  const readers = page.getByRole('table', { name: '기록을 읽는 쪽' });
  for (const reader of ['화면 알림', '웹훅']) await expect(readers.getByRole('row', { name: new RegExp(`^${reader}`) })).toContainText('제때');
  await expect(page.getByRole('table', { name: '알림 받는 주소' })).toContainText('127.0.0.1');
  await expect(page.locator('body')).not.toContainText(receiver.url);
  const letter = page.getByRole('listitem').filter({ hasText: '127.0.0.1' }).first();
  receiver.status = 200;
  const before = receiver.messages.length;
  await letter.getByRole('button', { name: '다시 보내기' }).click();
  await expect.poll(() => receiver.messages.length).toBe(before + 1);
  await expect(page.getByText('못 보낸 것이 없습니다')).toBeVisible();
  await open(page, '/admin/audit?command=retry-letter');
  await expect(page.getByRole('table', { name: '감사 기록' })).toContainText('못 보낸 것 다시 보냄');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('an endpoint is made, tried, turned and removed, and a key made and revoked, without scripts', async ({ page, server, watch }) => {
    watch.withoutScripts = true;
    await call(page, 'sign-in', { email: BADACOOL, password: server.card.password });
    await page.goto('/desk/webhooks');
    await page.getByLabel('주소', { exact: true }).fill('https://10.0.0.1/');
    await page.getByRole('button', { name: '주소 더하기' }).click();
    await expect(page.getByText('인터넷에 열린 주소가 아니에요', { exact: false })).toBeVisible();
    await expect(page.getByLabel('주소', { exact: true }), 'what was typed is still there').toHaveValue('https://10.0.0.1/');
    const secret = await add(page, receiver.url, '', '스크립트 없이');
    expect(secret).toMatch(/^whsec_/);
    await page.reload();
    await expect(once(page)).toHaveCount(0);
    await page.getByRole('button', { name: '시험 메시지 보내기' }).click();
    await expect.poll(() => receiver.messages.length).toBe(1);
    expect(isSigned(receiver.messages[0]!, secret)).toBe(true);
    await expect(async () => {
      await page.reload();
      await expect(message(page, '시험 메시지').getByText('받음', { exact: true })).toBeVisible({ timeout: 500 });
    }).toPass();
    await page.getByText('비밀키 바꾸기', { exact: true }).click();
    await page.getByRole('button', { name: '바꾸기', exact: true }).click();
    expect(await once(page).innerText()).not.toBe(secret);
    await page.getByRole('button', { name: '알리기 멈추기' }).click();
    await expect(page.getByText('알리지 않습니다')).toBeVisible();
    await page.getByText('지우기', { exact: true }).click();
    await page.getByRole('button', { name: '주소 지우기' }).click();
    await expect(page).toHaveURL(/\/desk\/webhooks$/);

    await page.goto('/desk/keys');
    await page.getByLabel('키 이름').fill('종이 없는 가게');
    await page.getByLabel('웹훅 다루기').check();
    await page.getByRole('button', { name: '키 만들기' }).click();
    const key = await once(page).innerText();
    expect((await api(page, server, key, '/webhook-endpoints')).status()).toBe(200);
    const row = page.getByRole('listitem').filter({ hasText: '종이 없는 가게' });
    await row.locator('summary').click();
    await row.getByRole('button', { name: '키 폐기하기' }).click();
    await expect(row).toContainText('폐기됨');
    await expect(once(page)).toHaveCount(0);
    expect((await api(page, server, key, '/webhook-endpoints')).status()).toBe(401);
  });
});

test.describe('how it looks', () => {
  /** An endpoint that takes most, one that takes nothing, keys, and head office's view of it. */
  async function places(page: Page, visitor: () => Promise<Page>, server: Server): Promise<[Page, Place[]][]> {
    await signIn(page, server, HANBIT, '/desk/webhooks');
    await open(page, '/desk/webhooks');
    await add(page, receiver.url, 'order.* payment.* delivery.status_changed', '창고 시스템');
    const one = new URL(page.url()).pathname;
    const buyer = await visitor();
    await newMember(buyer);
    await pay(buyer, server, await order(buyer, GOODS.cover, 3));
    await expect.poll(() => receiver.messages.map((it) => it.type)).toContain('order.paid');
    receiver.status = 500;
    await call(page, 'test-webhook-endpoint', { endpoint: one.split('/').at(-1)! });
    await order(buyer, GOODS.filter);
    await open(page, '/desk/webhooks');
    await add(page, 'https://hooks.jumun.example/a-long-path/that-goes-on-and-on/0123456789/0123456789/jumun?key=0123456789', '', '회계 시스템');
    const secret = new URL(page.url()).pathname;
    await page.getByRole('button', { name: '알리기 멈추기' }).click();
    await expect(page.getByText('알리지 않습니다')).toBeVisible();
    await call(page, 'make-key', { name: '재고 시스템', 'scopes[orders:read]': '1', 'scopes[orders:write]': '1', 'scopes[webhooks:manage]': '1' });
    const admin = await visitor();
    await signIn(admin, server, ADMIN);
    return [
      [page, [['webhooks', '/desk/webhooks'], ['webhook', one], ['webhook-off', secret], ['keys', '/desk/keys']]],
      [admin, [['queues', '/admin/queues']]],
    ];
  }

  test('webhooks and keys: every page is free of serious flaws, fits every width and has its words', async ({ page, visitor, server }) => {
    for (const [who, pages] of await places(page, visitor, server))
      expect(await tour(who, 'partners', pages, { opened: '.case summary', codes: 'code, pre, option, .mono' })).toEqual([]);
  });
});
