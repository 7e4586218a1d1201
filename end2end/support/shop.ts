// What people do in the shop, in their own words. The short ways (`order`, `pay`) go past the pages, for what only
// comes before the thing under test.

import { expect, live, open, type Page } from './test.ts';
import type { Server } from './server.ts';

export const GUEST = { name: '한가람', phone: '010-9123-4567', postcode: '06236', address: '서울 강남구 강남대로 358, 1203호' };

/** Goods of the demo that tests name; each test that counts units has its own. */
export const GOODS = {
  cover: { id: 'PROD-5001', variant: 'VAR-5001-BLK-M', name: '에어컨 실외기 커버', option: '블랙 / M', price: 35_000 },
  tape: { id: 'PROD-5017', variant: 'VAR-5017-MIX', name: '배관 마감 테이프 3롤', price: 8_000 },
  filter: { id: 'PROD-5006', variant: 'VAR-5006-STD', name: '벽걸이 프리필터 2장', price: 12_000 },
  bracket: { id: 'PROD-5005', variant: 'VAR-5005-STD', name: '스테인리스 실외기 앵글', price: 60_000 },
  pads: { id: 'PROD-5016', variant: 'VAR-5016-4P', name: '실외기 방진 고무 4개', price: 16_000 },
  hose: { id: 'PROD-5011', variant: 'VAR-5011-10M', name: '드레인 호스 10 m', price: 9_000 },
  module: { id: 'PROD-5013', variant: 'VAR-5013-STD', name: '와이파이 연결 모듈', price: 42_000 },
  trade: { id: 'PROD-6008', variant: 'VAR-6008-SLV', name: '해무 업소용 제습기 30 L', price: 648_000 },
  wall: { id: 'PROD-1001', variant: 'VAR-1001-WHT', name: '소담 벽걸이 에어컨 22.8㎡', price: 689_000 },
  imported: { id: 'PROD-1014', variant: 'VAR-1014-WHT', name: '소담 벽걸이 에어컨 22.8㎡', price: 669_000 },
  stand: { id: 'PROD-2001', variant: 'VAR-2001-WHT', name: '소담 스탠드 에어컨 56.9㎡', price: 1_490_000 },
} as const;
export interface Good {
  readonly id: string;
  readonly variant: string;
  readonly name: string;
  readonly option?: string;
  readonly price: number;
}

export const METHODS = { card: '카드', transfer: '계좌이체', virtual_account: '가상계좌', easy_pay: '간편결제' } as const;
export type Method = keyof typeof METHODS;

export const won = (amount: number): string => `${amount.toLocaleString('ko-KR')}원`;

/** The order number in a page's address. */
export function numberIn(page: Page): string {
  const found = /\/(?:orders|pay)\/([A-Z0-9-]+)/.exec(page.url());
  if (!found) throw new Error(`no order number in ${page.url()}`);
  return found[1]!;
}

/** The status at the head of an order's page. */
export const status = (page: Page) => page.locator('.order-state .badge').first();

/** Puts a product into the basket, from its page. Ends in the basket. */
export async function addToCart(page: Page, good: Good, quantity = 1): Promise<void> {
  await open(page, `/products/${good.id}`);
  if (good.option) await page.getByRole('radio', { name: good.option }).check();
  if (quantity > 1) await page.getByLabel('수량').selectOption(String(quantity));
  await page.getByRole('button', { name: '장바구니에 담기' }).click();
  await expect(page).toHaveURL(/\/cart$/);
  await expect(page.getByRole('heading', { name: '장바구니', level: 1 })).toBeVisible();
}

/** From the basket to the seller's checkout. */
export async function toCheckout(page: Page, seller?: string): Promise<void> {
  const group = seller ? page.locator('section', { has: page.getByRole('heading', { name: seller, exact: true }) }) : page;
  await group.getByRole('link', { name: '주문하기' }).click();
  await expect(page).toHaveURL(/\/checkout\//);
  await expect(page.getByRole('heading', { name: '주문서', level: 1 })).toBeVisible();
}

export async function fillAddress(page: Page, to: typeof GUEST = GUEST): Promise<void> {
  await page.getByLabel('받는 사람').fill(to.name);
  await page.getByLabel('휴대전화').fill(to.phone);
  await page.getByLabel('우편번호').fill(to.postcode);
  await page.getByLabel('주소', { exact: true }).fill(to.address);
}

/** The questions about the place where something is to be put up. */
export const SITE = {
  space: '제품을 놓고 작업할 자리가 있나요?',
  power: '에어컨만 쓰는 콘센트나 전기 용량이 있나요?',
  outdoor: '실외기를 둘 곳이 있나요?',
  building: '건물에서 설치를 허락하나요?',
};

/** Answers them: all is as it should be, as far as somebody knows. */
export async function describeSite(page: Page): Promise<void> {
  for (const question of [SITE.space, SITE.power, SITE.outdoor]) await page.getByLabel(question).selectOption('yes');
  await page.getByLabel(SITE.building).selectOption('unsure');
}

/** Agrees and orders. Ends on the pay page. */
export async function place(page: Page): Promise<string> {
  await page.getByLabel('주문 내용과 금액을 확인했고 주문에 동의해요').check();
  await page.getByRole('button', { name: '주문하고 결제하기' }).click();
  await expect(page).toHaveURL(/\/pay\/ORD-/);
  await expect(page.getByRole('heading', { name: '결제', level: 1 })).toBeVisible();
  return numberIn(page);
}

/** Chooses how to pay and goes to the provider's page. */
export async function choose(page: Page, method: Method): Promise<void> {
  await page.getByRole('radio', { name: METHODS[method], exact: false }).first().check();
  await page.getByRole('button', { name: '결제하기' }).click();
  await expect(page.getByRole('heading', { name: '모의 결제창' })).toBeVisible();
}

export const OUTCOMES = {
  approve: '승인',
  account: '계좌 발급',
  balance: '잔액 부족',
  limit: '한도 초과',
  card_state: '정지된 카드',
  card_data: '카드 정보 오류',
  system: '시스템 오류',
  cancel: '결제 취소',
  timeout: '시간 초과 (돌아오지 않음)',
} as const;

/** Presses a button on the provider's hosted page. */
export async function payAtPsp(page: Page, outcome: keyof typeof OUTCOMES): Promise<void> {
  await page.getByRole('button', { name: OUTCOMES[outcome], exact: true }).click();
}

/** The whole way through the pages, from the product to the paid order. Ends on the order's page. */
export async function buy(page: Page, { product = GOODS.cover, quantity = 1, method = 'card' }: { product?: Good; quantity?: number; method?: Method } = {}): Promise<string> {
  await addToCart(page, product, quantity);
  await toCheckout(page);
  await fillAddress(page);
  if (await page.getByLabel(SITE.space).isVisible()) await describeSite(page);
  const number = await place(page);
  await choose(page, method);
  await payAtPsp(page, method === 'virtual_account' ? 'account' : 'approve');
  await expect(page).toHaveURL(method === 'virtual_account' ? /\/pay\/ORD-/ : /\/orders\/ORD-/);
  await live(page);
  return number;
}

/** Signs in from the sign-in page. */
export async function signIn(page: Page, server: Server, email: string, next = ''): Promise<void> {
  await open(page, next ? `/sign-in?next=${encodeURIComponent(next)}` : '/sign-in');
  await page.getByLabel('이메일').fill(email);
  await page.getByLabel('비밀번호').fill(server.card.password);
  await page.getByRole('button', { name: '로그인하기' }).click();
  // Without a wish where to go, /home sends on by role.
  await expect(page).not.toHaveURL(/\/(sign-in|home)/);
  await page.waitForLoadState();
  await live(page);
}

let people = 0;

/** A new member, signed in; so no test sees another's basket or orders. */
export async function newMember(page: Page): Promise<{ email: string; password: string }> {
  people += 1;
  const [email, password] = [`person-${process.pid}-${people}@jumun.example`, 'browser-test-2026'];
  await call(page, 'sign-up', { name: '나회원', email, phone: `010-77${String(people).padStart(2, '0')}-${String(process.pid % 10_000).padStart(4, '0')}`, password, next: '/' });
  return { email, password };
}

/** Gives a form to the server as a browser without scripts would. */
export async function call(page: Page, name: string, form: Record<string, string>): Promise<string> {
  const answer = await page.request.post(`/api/${name}`, { form, headers: { accept: 'text/html' }, maxRedirects: 0 });
  if (answer.status() !== 302 && answer.status() !== 303) throw new Error(`${name}: ${answer.status()} ${await answer.text()}`);
  return answer.headers()['location'] ?? '';
}

async function read<T>(page: Page, name: string, query: Record<string, string> = {}): Promise<T> {
  const answer = await page.request.get(`/api/${name}`, { params: query });
  if (!answer.ok()) throw new Error(`${name}: ${answer.status()} ${await answer.text()}`);
  return (await answer.json()) as T;
}

export interface OrderRow {
  order: string;
  number: string;
  status: string;
}

/** The visitor's orders, newest first. */
export async function purchases(page: Page): Promise<OrderRow[]> {
  return (await read<{ rows: OrderRow[] }>(page, 'purchases')).rows;
}

/** An order placed past the pages, not paid; with its installation where that is asked for. */
export async function order(page: Page, good: Good = GOODS.cover, quantity = 1, to: typeof GUEST = GUEST, installed = false): Promise<string> {
  await call(page, 'add-to-cart', { variant: good.variant, quantity: String(quantity), installed: installed ? 'yes' : 'no' });
  type Group = { seller: string; lines: { variant: string }[]; amounts: { goods: number } };
  const cart = await read<{ version: number; groups: Group[] }>(page, 'cart');
  const group = cart.groups.find((group) => group.lines.some((line) => line.variant === good.variant))!;
  const location = await call(page, 'place-order', {
    seller: group.seller,
    cart_version: String(cart.version),
    seen_goods: String(group.amounts.goods),
    ...to,
    agree: '1',
    ...(installed ? { site_space: 'yes', site_power: 'yes', site_outdoor: 'yes', site_building: 'unsure' } : {}),
  });
  const found = /\/pay\/([A-Z0-9-]+)/.exec(location);
  if (!found) throw new Error(`the order was not placed: ${location}`);
  return found[1]!;
}

/** Pays an order past the pages, at the provider. */
export async function pay(page: Page, server: Server, number: string): Promise<void> {
  const view = await read<{ order: string }>(page, 'pay', { number });
  const way = new URL(await call(page, 'request-payment', { order: view.order, number, method: 'card' }));
  const [orderId, amount] = [way.searchParams.get('orderId'), Number(way.searchParams.get('amount'))];
  await server.provider('POST', '/psp/sandbox/approve', { orderId, amount, method: 'CARD' });
  await expect.poll(async () => (await read<{ status: string }>(page, 'pay', { number })).status).toBe('Confirmed');
}

/** Moves the parcel on: the warehouse and the carrier each take a few steps. */
export async function travel(server: Server, steps: number): Promise<void> {
  for (let step = 0; step < steps; step += 1) await server.advance('PT30S');
}
