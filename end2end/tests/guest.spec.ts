import { GOODS, GUEST, addToCart, buy, call, choose, fillAddress, numberIn, order, payAtPsp, place, purchases, status, toCheckout, travel, won } from '../support/shop.ts';
import { expect, live, open, test } from '../support/test.ts';

test('a guest buys by card and watches the order arrive and close without reloading @role', async ({ page, server }) => {
  await buy(page, { product: GOODS.cover, quantity: 2 });
  await expect(status(page)).toHaveText('주문 확정');
  await expect(page.getByRole('list', { name: '지나온 일' })).toContainText('결제 완료');
  await expect(page.getByText('이 주문은 판매자의 상품 준비를 기다립니다.')).toBeVisible();
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));

  await server.advance('PT31M');
  await expect(page.getByText('이 주문은 창고의 출고를 기다립니다.').or(page.getByText('이 주문은 택배사의 배송을 기다립니다.'))).toBeVisible();
  await travel(server, 4);
  await expect(status(page)).toHaveText('배송 완료');
  await expect(page.getByText('운송장')).toBeVisible();
  await expect(page.getByRole('button', { name: '구매확정하기' })).toBeVisible();

  await server.advance('P9D');
  await expect(status(page)).toHaveText('구매 확정');
  await expect(page.getByText('구매가 확정된 주문이에요.')).toBeVisible();
  expect(await page.evaluate(() => (window as { sameDocument?: boolean }).sameDocument), 'never reloaded').toBe(true);
});

test('a guest closes the order by hand as soon as it has arrived', async ({ page, server }) => {
  await buy(page, { product: GOODS.filter, method: 'easy_pay' });
  await server.advance('PT31M');
  await travel(server, 4);
  await page.getByRole('button', { name: '구매확정하기' }).click();
  await expect(status(page)).toHaveText('구매 확정');
});

test('a paid order is cancelled before preparation and the money goes back', async ({ page }) => {
  await buy(page, { product: GOODS.filter, method: 'transfer' });
  await page.getByText('주문 취소하기').click();
  await expect(page.getByText(`결제한 ${won(15_000)} 전액을 결제 수단으로 환불해 드려요.`, { exact: false })).toBeVisible();
  await page.getByRole('button', { name: '취소하기', exact: true }).click();
  await expect(status(page)).toHaveText(/취소|환불 완료/);
  await expect(page.getByText(`${won(15_000)} 환불 완료`, { exact: false })).toBeVisible();
});

test('nobody pays: after half an hour the order is cancelled and its unit is back', async ({ page, server, visitor }) => {
  await addToCart(page, GOODS.module);
  await toCheckout(page);
  await fillAddress(page);
  const number = await place(page);
  const other = await visitor();
  await open(other, `/products/${GOODS.module.id}`);
  await expect(other.getByRole('button', { name: '품절' })).toBeDisabled();

  await server.advance('PT31M');
  await open(page, `/orders/${number}`);
  await expect(status(page)).toHaveText('취소');
  await expect(page.getByText('정해진 시간이 지나 취소되었습니다.')).toBeVisible();
  await open(other, `/products/${GOODS.module.id}`);
  await expect(other.getByText('1개 남음').first()).toBeVisible();
  await expect(other.getByRole('button', { name: '장바구니에 담기' })).toBeEnabled();
});

test('nobody pays again after a decline: a day later the order is cancelled and its units are back', async ({ page, server, visitor }) => {
  const number = await order(page, GOODS.trade);
  await open(page, `/pay/${number}`);
  await choose(page, 'card');
  await payAtPsp(page, 'balance');
  await expect(page.getByText('잔액이 모자라 결제되지 않았어요')).toBeVisible();
  await expect(page.getByRole('timer'), 'there is a day to pay again').toContainText('23:5');
  const other = await visitor();
  await open(other, `/products/${GOODS.trade.id}`);
  await expect(other.getByText('1대 남음').first()).toBeVisible();

  await server.advance('PT12H');
  await open(page, `/orders/${number}`);
  await expect(status(page)).toHaveText('결제 실패');
  await server.advance('PT13H');
  await open(page, `/orders/${number}`);
  await expect(status(page)).toHaveText('취소');
  await open(other, `/products/${GOODS.trade.id}`);
  await expect(other.getByText('2대 남음').first()).toBeVisible();
});

test('no deposit arrives: a day later the order is cancelled', async ({ page, server }) => {
  await buy(page, { product: GOODS.filter, method: 'virtual_account' });
  await expect(page.getByText('입금을 기다리고 있어요')).toBeVisible();
  const number = numberIn(page);
  await server.advance('PT25H');
  await open(page, `/orders/${number}`);
  await expect(status(page)).toHaveText('취소');
});

const ADVICE = {
  balance: ['잔액이 모자라 결제되지 않았어요', '다른 카드나 다른 방법으로'],
  limit: ['카드 한도를 넘어 결제되지 않았어요', '한도를 확인하거나'],
  card_state: ['정지되었거나 기한이 지난 카드예요', '다른 카드로'],
  card_data: ['카드 정보가 맞지 않아 결제되지 않았어요', '번호와 유효기간을'],
  system: ['결제사나 은행이 응답하지 않아 결제되지 않았어요', '잠시 뒤 다시'],
  cancel: ['결제를 그만두셨어요', '준비되면 다시'],
} as const;

test('each decline says what to do, and paying again succeeds', async ({ page }) => {
  for (const causes of [['balance', 'limit', 'card_state'], ['card_data', 'system', 'cancel']] as const) {
    const number = await order(page, GOODS.filter);
    await open(page, `/pay/${number}`);
    for (const [nth, cause] of causes.entries()) {
      await choose(page, 'card');
      await payAtPsp(page, cause);
      await expect(page.getByText(ADVICE[cause][0])).toBeVisible();
      await expect(page.getByText(ADVICE[cause][1], { exact: false })).toBeVisible();
      await expect(page.getByText('돈은 나가지 않았', { exact: false })).toBeVisible();
      await expect(page.getByText(`앞으로 ${3 - nth}번 더 결제해 볼 수 있어요.`)).toBeVisible();
      await live(page);
    }
    await choose(page, 'easy_pay');
    await payAtPsp(page, 'approve');
    await expect(page).toHaveURL(/\/orders\//);
    await expect(status(page)).toHaveText('주문 확정');
  }
});

test('a payment window that never comes back can be opened again, and only one payment is made', async ({ page, server }) => {
  const number = await order(page, GOODS.filter);
  await open(page, `/pay/${number}`);
  await choose(page, 'card');
  await payAtPsp(page, 'timeout');
  await expect(page.getByRole('heading', { name: '응답 없음' })).toBeVisible();
  await open(page, `/pay/${number}`);
  await expect(page.getByText('결제하던 중이에요')).toBeVisible();
  await page.getByRole('button', { name: '이어서 결제하기' }).click();
  await payAtPsp(page, 'approve');
  await expect(page).toHaveURL(/\/orders\//);
  const ledger = JSON.stringify(await server.provider('GET', '/psp/sandbox/ledger'));
  expect(ledger.split(`"${number}-`).length - 1, 'payments of this order at the provider').toBe(1);
});

test('two tabs place the same basket: one order', async ({ page, context }) => {
  await addToCart(page, GOODS.filter, 2);
  await toCheckout(page);
  const twin = await context.newPage();
  await open(twin, new URL(page.url()).pathname);
  await fillAddress(page);
  await fillAddress(twin);
  const number = await place(page);
  expect(await place(twin), 'the second tab is shown the order of the first').toBe(number);
  expect(await purchases(page)).toHaveLength(1);
});

test('two tabs press the button at the same moment: one order', async ({ page, context }) => {
  await addToCart(page, GOODS.filter, 2);
  await toCheckout(page);
  const twin = await context.newPage();
  await open(twin, new URL(page.url()).pathname);
  await fillAddress(page);
  await fillAddress(twin);
  const [one, other] = await Promise.all([place(page), place(twin)]);
  expect(other).toBe(one);
  expect(await purchases(page)).toHaveLength(1);
});

test('the back button after ordering does not order again', async ({ page, watch }) => {
  watch.expect(409, /place-order|checkout/);
  watch.expect(422, /place-order|checkout/);
  await addToCart(page, GOODS.filter, 2);
  await toCheckout(page);
  await fillAddress(page);
  await place(page);
  await page.goBack();
  await expect(page).not.toHaveURL(/\/pay\//);
  const again = page.getByRole('button', { name: '주문하고 결제하기' });
  const refused = page.getByText('이 판매자의 상품이 장바구니에 없어요');
  const empty = page.getByText('장바구니가 비어 있어요');
  await expect(again.or(refused).or(empty).first()).toBeVisible();
  if (await again.isVisible()) {
    await fillAddress(page);
    await page.getByLabel('주문 내용과 금액을 확인했고 주문에 동의해요').check();
    await again.click();
    await expect(refused.or(page.getByText('그사이 장바구니가 바뀌었어요'))).toBeVisible();
  }
  expect(await purchases(page)).toHaveLength(1);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a purchase from the catalogue to the paid order works without scripts', async ({ page, watch }) => {
    watch.withoutScripts = true;
    await page.goto('/');
    await page.getByRole('navigation', { name: '상품 분류' }).first().getByRole('link', { name: /^부품/ }).click();
    await page.getByRole('link', { name: GOODS.filter.name }).first().click();
    await page.getByLabel('수량').selectOption('2');
    await page.getByRole('button', { name: '장바구니에 담기' }).click();
    await expect(page).toHaveURL(/\/cart$/);
    await page.getByRole('button', { name: '하나 더하기' }).click();
    await expect(page.getByRole('spinbutton', { name: `${GOODS.filter.name} 수량` })).toHaveValue('3');
    await toCheckout(page);
    await fillAddress(page);
    await place(page);
    await choose(page, 'card');
    await payAtPsp(page, 'limit');
    await expect(page.getByText('카드 한도를 넘어 결제되지 않았어요')).toBeVisible();
    await choose(page, 'card');
    await payAtPsp(page, 'approve');
    await expect(page).toHaveURL(/\/orders\/ORD-/);
    await expect(status(page)).toHaveText('주문 확정');
    await expect(page.getByRole('table', { name: '결제 금액' })).toContainText(won(39_000));
  });

  test('a postcode is checked before ordering without scripts', async ({ page, watch }) => {
    watch.withoutScripts = true;
    await page.goto(`/products/${GOODS.filter.id}`);
    await page.getByRole('button', { name: '장바구니에 담기' }).click();
    await toCheckout(page);
    await fillAddress(page, { ...GUEST, postcode: '63322' });
    await page.getByRole('button', { name: '배송비 확인' }).click();
    await expect(page.getByRole('table', { name: '금액표' })).toContainText('섬·산간 추가');
    await expect(page.getByLabel('주소', { exact: true })).toHaveValue(GUEST.address);
    await page.getByLabel('우편번호').fill('99999');
    await page.getByRole('button', { name: '배송비 확인' }).click();
    await expect(page.getByText('배송하지 않는 곳이에요').first()).toBeVisible();
  });

  test('a refused form comes back with the reason without scripts', async ({ page, watch }) => {
    watch.withoutScripts = true;
    watch.expect(422, /checkout|place-order/);
    watch.expect(409, /checkout|place-order/);
    await page.goto(`/products/${GOODS.filter.id}`);
    await page.getByRole('button', { name: '장바구니에 담기' }).click();
    await toCheckout(page);
    await fillAddress(page, { ...GUEST, postcode: '99999' });
    await page.getByLabel('주문 내용과 금액을 확인했고 주문에 동의해요').check();
    await page.getByRole('button', { name: '주문하고 결제하기' }).click();
    await expect(page.getByText('배송하지 않는 곳이에요').first()).toBeVisible();
    await expect(page.getByLabel('주소', { exact: true }), 'what was typed is still there').toHaveValue(GUEST.address);
    await expect(page.getByRole('heading', { name: '주문서', level: 1 })).toBeVisible();
  });
});

test('from 1,000,000 won on the buyer proves who he is before paying', async ({ page }) => {
  const number = await order(page, GOODS.stand);
  await open(page, `/pay/${number}`);
  await expect(page.getByText('본인확인이 먼저예요')).toBeVisible();
  await expect(page.getByRole('radio')).toHaveCount(0);

  await page.getByRole('button', { name: '본인확인하기' }).click();
  await page.getByRole('button', { name: '취소' }).click();
  await expect(page.getByText('본인확인이 먼저예요')).toBeVisible();
  await live(page);

  await page.getByRole('button', { name: '본인확인하기' }).click();
  await page.getByRole('button', { name: '확인' }).click();
  await expect(page.getByRole('group', { name: '결제 방법' })).toBeVisible();
  await live(page);
  await choose(page, 'card');
  await payAtPsp(page, 'approve');
  await expect(status(page)).toHaveText('주문 확정');
});

test('a guest finds the order again with number and phone; nobody else can open it', async ({ page, visitor, watch }) => {
  const number = await buy(page, { product: GOODS.filter });

  const stranger = await visitor();
  watch.expect(401, /\/(orders|pay)\//);
  watch.expect(404, /\/(orders|pay)\//);
  const said: string[] = [];
  for (const path of [`/orders/${number}`, `/pay/${number}`, '/orders/ORD-20260101-AAAAAAAA', '/pay/ORD-20260101-AAAAAAAA']) {
    await open(stranger, path);
    await expect(stranger.getByText(/로그인이 필요해요|찾으시는 것이 없어요/)).toBeVisible();
    const text = await stranger.getByRole('main').innerText();
    expect(text).not.toContain(GUEST.name);
    said.push(text);
  }

  watch.expect(404, /find-order/);
  await open(stranger, '/find');
  await stranger.getByLabel('주문번호').fill(number);
  await stranger.getByLabel('휴대폰 번호').fill('010-9999-0000');
  await stranger.getByRole('button', { name: '주문 찾기' }).click();
  await expect(stranger.getByText('찾으시는 것이 없어요')).toBeVisible();

  const elsewhere = await visitor();
  await open(elsewhere, '/find');
  await elsewhere.getByLabel('주문번호').fill(number.toLowerCase());
  await elsewhere.getByLabel('휴대폰 번호').fill(GUEST.phone.replaceAll('-', ''));
  await elsewhere.getByRole('button', { name: '주문 찾기' }).click();
  await expect(elsewhere).toHaveURL(new RegExp(`/orders/${number}$`));
  await expect(status(elsewhere)).toHaveText('주문 확정');
  expect(new Set(said).size, 'an order that is there and one that is not look the same to strangers').toBe(1);
});

test('an order to where nothing is delivered is refused at the field, and nothing is lost', async ({ page, watch }) => {
  watch.expect(422, /place-order|checkout/);
  await addToCart(page, GOODS.filter);
  await toCheckout(page);
  await fillAddress(page, { ...GUEST, postcode: '99999' });
  await page.getByLabel('주문 내용과 금액을 확인했고 주문에 동의해요').check();
  await page.getByRole('button', { name: '주문하고 결제하기' }).click();
  await expect(page.getByText('배송하지 않는 곳이에요').first()).toBeVisible();
  await expect(page.getByLabel('우편번호')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('받는 사람')).toHaveValue(GUEST.name);
  expect(await purchases(page)).toHaveLength(0);
  await page.getByLabel('우편번호').fill(GUEST.postcode);
  await page.getByRole('button', { name: '주문하고 결제하기' }).click();
  await expect(page).toHaveURL(/\/pay\//);
});

test('an unpaid order can be called off from the pay page', async ({ page }) => {
  const number = await order(page, GOODS.filter);
  await open(page, `/pay/${number}`);
  await page.getByText('주문 취소하기').first().click();
  await page.getByRole('button', { name: '주문 취소하기' }).click();
  await expect(page.getByText('취소된 주문이에요')).toBeVisible();
});

test('what a form may not say is refused and nothing happens', async ({ page, watch }) => {
  watch.expect(404, /\/api\//);
  watch.expect(422, /\/api\//);
  await call(page, 'add-to-cart', { variant: GOODS.filter.variant, quantity: '1' });
  for (const form of [{ variant: 'VAR-NOPE', quantity: '1' }, { variant: GOODS.filter.variant, quantity: '-3' }, { variant: GOODS.filter.variant, quantity: '100000' }]) {
    const answer = await page.request.post('/api/add-to-cart', { form });
    expect(answer.status(), JSON.stringify(form)).toBeGreaterThanOrEqual(400);
    expect(answer.status(), JSON.stringify(form)).toBeLessThan(500);
  }
  await open(page, '/cart');
  await expect(page.getByRole('spinbutton')).toHaveValue('1');
});
