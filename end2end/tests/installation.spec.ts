// Goods that somebody comes to put up: what a customer chooses on the way to the order.

import { snapshot as look } from '../support/look.ts';
import { GUEST, SITE, choose, describeSite, fillAddress, numberIn, payAtPsp, place, purchases, status, toCheckout, won } from '../support/shop.ts';
import { expect, live, open, test, type Page } from '../support/test.ts';

/** Nothing else counts its units. */
const WALL = { id: 'PROD-1001', name: '소담 벽걸이 에어컨 22.8㎡', option: '화이트', price: 689_000 };
const INSTALLATION = 70_000;
const CALL_OUT = 30_000;

/** A place that the demo delivers to and where no installer of the demo comes. */
const GANGNEUNG = { ...GUEST, postcode: '25440', address: '강원 강릉시 경강로 2021, 804호' };

const WITH = /^설치까지 \(대당 70,000원\)/;
const WITHOUT = '설치 없이 받기';

const prices = (page: Page) => page.getByRole('table', { name: '금액표' });

/** The line of the basket. */
const line = (page: Page) => page.getByRole('listitem').filter({ hasText: WALL.name });

/** Pictures from the top of the page: what sticks would else stand in the middle of them. */
async function snapshot(page: Page, name: string): Promise<void> {
  await page.evaluate(() => window.scrollTo(0, 0));
  await look(page, name);
}

/** A day of a field's own calendar, counted from the first that it takes. */
async function dayFrom(page: Page, days: number): Promise<string> {
  const first = await page.getByLabel('희망일').getAttribute('min');
  return new Date(Date.parse(`${first}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

test('a customer buys an air conditioner with installation and wishes for a day', async ({ page }) => {
  await open(page, `/products/${WALL.id}`);
  await page.getByRole('radio', { name: WALL.option }).check();
  const [installed, sent] = [page.getByRole('radio', { name: WITH }), page.getByRole('radio', { name: WITHOUT })];
  await expect(installed, 'what most people want is chosen').toBeChecked();
  await expect(page.getByRole('group', { name: '설치' })).toContainText('벽걸이 기본 설치 (배관 5 m) 포함');
  await expect(page.getByRole('heading', { name: '현장에서 추가될 수 있는 비용' })).toBeVisible();
  await expect(page.getByText('설치 예약은 준비 중')).toHaveCount(0);
  await snapshot(page, 'guest-product-installation');
  const sum = page.locator('.buy-bar-sum');
  await expect(sum).toContainText(won(WALL.price + INSTALLATION));
  await sent.check();
  await expect(sum).toContainText(won(WALL.price));
  await installed.check();
  await page.getByLabel('수량').selectOption('2');
  await expect(sum).toContainText(won(2 * (WALL.price + INSTALLATION)));
  await page.getByRole('button', { name: '장바구니에 담기' }).click();

  await expect(page).toHaveURL(/\/cart$/);
  await expect(line(page)).toContainText(`설치 ${won(2 * INSTALLATION)}`);
  await expect(prices(page)).toContainText(won(2 * (WALL.price + INSTALLATION)));
  await page.getByRole('button', { name: '하나 빼기' }).click();
  await expect(line(page)).toContainText(`설치 ${won(INSTALLATION)}`);
  await expect(prices(page).getByRole('row', { name: '설치' })).toContainText(won(INSTALLATION));
  await snapshot(page, 'guest-cart-installation');
  await page.getByRole('button', { name: WITHOUT }).click();
  await expect(prices(page)).toContainText(won(WALL.price));
  await expect(prices(page).getByRole('row', { name: '설치' })).toHaveCount(0);
  await snapshot(page, 'guest-cart-without-installation');
  await page.getByRole('button', { name: WITH }).click();
  await expect(prices(page).getByRole('row', { name: '설치' })).toContainText(won(INSTALLATION));

  await toCheckout(page);
  await live(page);
  const summary = page.getByRole('complementary').filter({ hasText: WALL.name });
  await expect(summary).toContainText(`설치 ${won(INSTALLATION)}`);
  const quoted = page.waitForResponse(/quote-cart/);
  await fillAddress(page);
  expect((await quoted).ok()).toBe(true);
  await expect(prices(page).getByRole('row', { name: '설치' }), 'what it costs there').toContainText(won(INSTALLATION));
  await expect(page.getByText(`설치하지 못하면 출장비 ${won(CALL_OUT)}을 환불에서 빼요`), 'told before anything is ordered').toBeVisible();
  await page.getByLabel('주문 내용과 금액을 확인했고 주문에 동의해요').check();
  await page.getByRole('button', { name: '주문하고 결제하기' }).click();
  await expect(page.getByLabel(SITE.space), 'nobody orders without an answer').toBeFocused();
  await describeSite(page);
  const day = await dayFrom(page, 6);
  await page.getByLabel('희망일').fill(day);
  await page.getByRole('radio', { name: '오후 (13–18시)' }).check();
  await snapshot(page, 'guest-checkout-installation');
  await place(page);
  await choose(page, 'card');
  await payAtPsp(page, 'approve');
  await expect(page).toHaveURL(/\/orders\/ORD-/);
  await expect(status(page)).toHaveText('주문 확정');
  await expect(page.getByRole('main')).toContainText(won(WALL.price + INSTALLATION));
  const order = (await (await page.request.get('/api/order', { params: { number: numberIn(page) } })).json()) as { wished: unknown; site: unknown };
  const [year, month, date] = day.split('-').map(Number);
  expect(order.wished).toEqual({ on: { year, month, day: date }, half: 'afternoon' });
  await expect(page.getByRole('heading', { name: '구매자가 알려 준 설치할 곳' })).toBeVisible();
  expect(order.site).toEqual({ space: 'yes', power: 'yes', outdoor: 'yes', building: 'unsure' });
  await snapshot(page, 'guest-order-site');
});

test('where no installer comes the order is refused with the way out, and what was typed stays', async ({ page, watch }) => {
  watch.expect(422, /place-order/);
  await open(page, `/products/${WALL.id}`);
  await page.getByRole('radio', { name: WALL.option }).check();
  await page.getByRole('button', { name: '장바구니에 담기' }).click();
  await expect(page).toHaveURL(/\/cart$/);
  await toCheckout(page);
  await fillAddress(page, GANGNEUNG);
  await describeSite(page);
  const day = await dayFrom(page, 2);
  await page.getByLabel('희망일').fill(day);
  await page.getByLabel('주문 내용과 금액을 확인했고 주문에 동의해요').check();
  await page.getByRole('button', { name: '주문하고 결제하기' }).click();
  await expect(page.getByText(`우편번호 ${GANGNEUNG.postcode} 지역에는 이 상품을 설치하러 갈 수 있는 기사가 아직 없어요`).first()).toBeVisible();
  await expect(page.getByLabel('우편번호')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('희망일')).toHaveValue(day);
  expect(await purchases(page)).toHaveLength(0);
  await snapshot(page, 'guest-checkout-no-installer');

  await open(page, '/cart');
  await page.getByRole('button', { name: WITHOUT }).click();
  await expect(prices(page).getByRole('row', { name: '설치' })).toHaveCount(0);
  await toCheckout(page);
  await expect(page.getByLabel('희망일'), 'nobody comes, so there is nothing to wish for').toHaveCount(0);
  await fillAddress(page, GANGNEUNG);
  await place(page);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('installation is chosen, taken back and wished for without scripts', async ({ page, watch }) => {
    watch.withoutScripts = true;
    await page.goto(`/products/${WALL.id}`);
    await page.getByRole('radio', { name: WITHOUT }).check();
    await page.getByRole('button', { name: '장바구니에 담기' }).click();
    await expect(page).toHaveURL(/\/cart$/);
    await expect(prices(page).getByRole('row', { name: '설치' })).toHaveCount(0);
    await page.getByRole('button', { name: WITH }).click();
    await expect(prices(page).getByRole('row', { name: '설치' })).toContainText(won(INSTALLATION));
    await toCheckout(page);
    await fillAddress(page, GANGNEUNG);
    const day = await dayFrom(page, 9);
    await page.getByLabel('희망일').fill(day);
    await describeSite(page);
    await page.getByRole('radio', { name: '오후 (13–18시)' }).check();
    await page.getByRole('button', { name: '배송비 확인' }).click();
    await expect(page.getByLabel('희망일'), 'after asking for the price').toHaveValue(day);
    await expect(page.getByRole('radio', { name: '오후 (13–18시)' })).toBeChecked();
    await page.getByLabel('주문 내용과 금액을 확인했고 주문에 동의해요').check();
    await page.getByRole('button', { name: '주문하고 결제하기' }).click();
    await expect(page.getByText('설치하러 갈 수 있는 기사가 아직 없어요').first()).toBeVisible();
    await expect(page.getByLabel('희망일'), 'after the refusal').toHaveValue(day);
    await expect(page.getByRole('radio', { name: '오후 (13–18시)' })).toBeChecked();
    await expect(page.getByLabel(SITE.outdoor)).toHaveValue('yes');
    await expect(page.getByLabel(SITE.building)).toHaveValue('unsure');
    await fillAddress(page);
    await page.getByLabel('주문 내용과 금액을 확인했고 주문에 동의해요').check();
    await page.getByRole('button', { name: '주문하고 결제하기' }).click();
    await expect(page).toHaveURL(/\/pay\/ORD-/);
  });
});
