import { snapshot, tabTo, tour, type Place } from '../support/look.ts';
import { GOODS, GUEST, METHODS, OUTCOMES, buy, call, newMember, numberIn, order, pay, signIn, status, travel } from '../support/shop.ts';
import type { Server } from '../support/server.ts';
import { expect, live, open, test, type Page, type Watch } from '../support/test.ts';

/** The seller of a product. */
async function sellerOf(page: Page, product: string): Promise<string> {
  const view = (await (await page.request.get('/api/product', { params: { id: product } })).json()) as { card: { seller: string } };
  return view.card.seller;
}

const ROLES = {
  async guest(page: Page, _server: Server, watch: Watch): Promise<Place[]> {
    watch.expect(404, /nothing-here|PROD-0/);
    watch.expect(401, /\/me$/);
    const unpaid = await order(page, GOODS.cover);
    const large = await order(page, GOODS.stand);
    await call(page, 'add-to-cart', { variant: GOODS.cover.variant, quantity: '2' });
    await call(page, 'add-to-cart', { variant: GOODS.hose.variant, quantity: '1' });
    await call(page, 'add-to-cart', { variant: 'VAR-2505-MST', quantity: '1' });
    await call(page, 'add-to-cart', { variant: 'VAR-1001-WHT', quantity: '1', installed: 'yes' });
    return [
      ['catalogue', '/'],
      ['category', '/?category=wall&sort=price-up'],
      ['search', '/?q=%E3%85%82%E3%84%B1%E3%85%87'],
      ['search-nothing', '/?q=zzzz'],
      ['product', '/products/PROD-1001'],
      ['product-sold-out', '/products/PROD-5015'],
      ['cart', '/cart'],
      ['checkout', `/checkout/${await sellerOf(page, GOODS.cover.id)}`],
      ['pay', `/pay/${unpaid}`],
      ['pay-identity', `/pay/${large}`],
      ['order-unpaid', `/orders/${unpaid}`],
      ['orders', '/orders'],
      ['find', '/find'],
      ['sign-in', '/sign-in'],
      ['sign-up', '/sign-up'],
      ['apply', '/partners/apply'],
      ['me-refused', '/me'],
      ['product-missing', '/products/PROD-0'],
      ['not-found', '/nothing-here'],
    ];
  },

  async member(page: Page, server: Server): Promise<Place[]> {
    await newMember(page);
    const delivered = await order(page, GOODS.cover, 2);
    await pay(page, server, delivered);
    await server.advance('PT31M');
    await travel(server, 4);
    const paid = await order(page, GOODS.filter, 3);
    await pay(page, server, paid);
    const large = await order(page, GOODS.bracket, 4);
    await page.goto(`/pay/${large}`);
    await page.getByRole('radio', { name: METHODS.virtual_account }).check();
    await page.getByRole('button', { name: '결제하기' }).click();
    await page.getByRole('button', { name: OUTCOMES.account }).click();
    await expect(page.getByText('입금을 기다리고 있어요')).toBeVisible();
    await call(page, 'add-to-cart', { variant: GOODS.pads.variant, quantity: '2' });
    await call(page, 'take-coupon', { code: 'HANBIT-COOL' });
    await call(page, 'take-coupon', { code: 'WELCOME-10000' });
    return [
      ['catalogue', '/'],
      ['orders', '/orders'],
      ['order-paid', `/orders/${paid}`],
      ['order-delivered', `/orders/${delivered}`],
      ['order-return', `/orders/${delivered}/return`],
      ['order-exchange', `/orders/${delivered}/exchange`],
      ['order-deposit', `/orders/${large}`],
      ['pay-deposit', `/pay/${large}`],
      ['pay-paid', `/pay/${paid}`],
      ['checkout', `/checkout/${await sellerOf(page, GOODS.pads.id)}`],
      ['cart', '/cart'],
      ['me', '/me'],
    ];
  },

  async installer(page: Page, server: Server): Promise<Place[]> {
    await signIn(page, server, 'installer-busan@jumun.example');
    return [
      ['jobs', '/jobs'],
      ['earnings', '/jobs/earnings'],
      ['me', '/jobs/me'],
    ];
  },

  async retailer(page: Page, server: Server): Promise<Place[]> {
    const { browser } = { browser: page.context().browser()! };
    const context = await browser.newContext({ baseURL: server.base });
    const buyer = await context.newPage();
    await newMember(buyer);
    const sent = await order(buyer, GOODS.cover, 2);
    await pay(buyer, server, sent);
    await server.advance('PT31M');
    await travel(server, 2);
    const paid = await order(buyer, GOODS.filter, 3, { ...GUEST, name: '남궁선우빛나라' });
    await pay(buyer, server, paid);
    await pay(buyer, server, await order(buyer, GOODS.cover, 7));
    await order(buyer, GOODS.stand);
    await context.close();
    await signIn(page, server, 'hanbit-manager@jumun.example');
    return [
      ['today', '/desk'],
      ['board-orders', '/desk/boards/orders'],
      ['board-awaiting-payment', '/desk/boards/awaiting-payment'],
      ['board-purchase-ordered', '/desk/boards/purchase-ordered'],
      ['board-shipped', '/desk/boards/shipped'],
      ['board-nothing-found', '/desk/boards/orders?q=zzzz'],
      ['order', `/desk/orders/${paid}`],
      ['order-sent', `/desk/orders/${sent}`],
      ['claims', '/desk/claims'],
      ['reviews', '/desk/reviews'],
      ['partners', '/desk/partners'],
      ['partners-selling', '/desk/partners/selling'],
      ['stock', '/desk/stock'],
      ['products', '/desk/products'],
      ['coupons', '/desk/coupons'],
      ['me', '/me'],
    ];
  },
} as const;

for (const [role, prepare] of Object.entries(ROLES)) {
  test(`${role}: every page is free of serious flaws, fits every width and has its words`, async ({ page, server, watch }) => {
    test.setTimeout(300_000);
    const places = await prepare(page, server, watch);
    await open(page, '/');
    expect(await tour(page, role, places)).toEqual([]);
  });
}

test('somebody without a mouse buys a product from the catalogue to the paid order', async ({ page }) => {
  await open(page, '/?category=parts');
  const press = async (thing: ReturnType<Page['locator']>, key = 'Enter') => {
    await tabTo(page, thing);
    await page.keyboard.press(key);
  };
  const type = async (label: string, text: string) => {
    await tabTo(page, page.getByLabel(label, { exact: true }));
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(text);
  };
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: '본문으로 건너뛰기' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  await press(page.getByRole('link', { name: GOODS.cover.name, exact: true }));
  await expect(page).toHaveURL(/\/products\//);
  await expect(page.getByRole('heading', { name: GOODS.cover.name, level: 1 })).toBeVisible();
  await tabTo(page, page.getByRole('radio', { name: '블랙 / M' }));
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: '블랙 / L' })).toBeChecked();
  await press(page.getByRole('button', { name: '장바구니에 담기' }));
  await expect(page).toHaveURL(/\/cart$/);
  await press(page.getByRole('link', { name: '주문하기' }));
  await expect(page.getByRole('heading', { name: '주문서', level: 1 })).toBeVisible();
  await type('받는 사람', GUEST.name);
  await type('휴대전화', GUEST.phone);
  await type('우편번호', GUEST.postcode);
  await type('주소', GUEST.address);
  await press(page.getByLabel('주문 내용과 금액을 확인했고 주문에 동의해요'), 'Space');
  await press(page.getByRole('button', { name: '주문하고 결제하기' }));
  await expect(page).toHaveURL(/\/pay\//);
  await tabTo(page, page.getByRole('radio', { name: /^카드/ }));
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('radio', { name: /^간편결제/ })).toBeChecked();
  await press(page.getByRole('button', { name: '결제하기' }));
  await press(page.getByRole('button', { name: '승인' }));
  await expect(page).toHaveURL(/\/orders\/ORD-/);
  await expect(status(page)).toHaveText('주문 확정');
});

test('the declined payment, the cancelled order and the finished one are looked at', async ({ page, server }) => {
  const declined = await order(page, GOODS.filter);
  await open(page, `/pay/${declined}`);
  await page.getByRole('button', { name: '결제하기' }).click();
  await page.getByRole('button', { name: OUTCOMES.card_data }).click();
  await expect(page.getByText('카드 정보가 맞지 않아 결제되지 않았어요')).toBeVisible();
  await live(page);
  await snapshot(page, 'guest-pay-declined');
  await buy(page, { product: GOODS.filter });
  const number = numberIn(page);
  await page.getByText('주문 취소하기').click();
  await snapshot(page, 'guest-order-cancel');
  await page.getByRole('button', { name: '취소하기', exact: true }).click();
  await expect(page.getByText('환불 완료', { exact: false }).first()).toBeVisible();
  await snapshot(page, 'guest-order-cancelled');
  const kept = await order(page, GOODS.cover);
  await pay(page, server, kept);
  await server.advance('PT31M');
  await travel(server, 4);
  await server.advance('P9D');
  await open(page, `/orders/${kept}`);
  await expect(status(page)).toHaveText('구매 확정');
  await snapshot(page, 'guest-order-finished');
  expect(number).not.toBe(kept);
});

test('answers carry the headers that keep other sites out', async ({ page, server }) => {
  const answer = await page.request.get('/');
  const headers = answer.headers();
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['referrer-policy']).toBeTruthy();
  const forged = await page.request.post('/api/add-to-cart', {
    form: { variant: GOODS.filter.variant, quantity: '1' },
    headers: { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' },
  });
  expect(forged.status()).toBe(403);
  const away = await page.request.post('/api/sign-in', {
    form: { email: 'hong@jumun.example', password: server.card.password, next: '//elsewhere.example/' },
    headers: { accept: 'text/html' },
    maxRedirects: 0,
  });
  expect(away.headers()['location']).toBe('/');
});
