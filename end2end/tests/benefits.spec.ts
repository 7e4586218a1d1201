import { GOODS, GUEST, addToCart, choose, fillAddress, newMember, pay, payAtPsp, place, signIn, status, toCheckout, travel, won } from '../support/shop.ts';
import { expect, live, open, test, type Page } from '../support/test.ts';

const HANBIT = 'hanbit-manager@jumun.example';
const prices = (page: Page) => page.getByRole('table', { name: /금액표|결제 금액/ });

test('a member gets a coupon, uses it with points, and earns points at the end @role', async ({ page, server, watch }) => {
  await signIn(page, server, 'hong@jumun.example', '/me');
  await expect(page.getByText('12,000P').first()).toBeVisible();
  const offer = page.getByRole('listitem').filter({ hasText: '첫 구매 만 원 쿠폰' });
  await offer.getByRole('button', { name: '받기' }).click();
  await expect(offer).toContainText('쓸 수 있음');

  await addToCart(page, GOODS.bracket, 2);
  await toCheckout(page);
  await live(page);
  await expect(prices(page)).toContainText(won(120_000));
  await page.getByLabel('쿠폰', { exact: true }).selectOption({ label: '첫 구매 만 원 쿠폰 · 10,000원 할인' });
  await expect(prices(page), 'the price follows the choice').toContainText(won(110_000));
  watch.expect(409, /quote-cart/);
  await page.getByLabel('포인트', { exact: false }).fill('12001');
  await expect(page.getByText('포인트가 모자라요')).toBeVisible();
  await page.getByRole('button', { name: '모두 쓰기' }).click();
  await expect(prices(page)).toContainText(won(98_000));

  const number = await place(page);
  await expect(prices(page)).toContainText(won(98_000));
  await choose(page, 'card');
  await payAtPsp(page, 'balance');
  await expect(page.getByText('잔액').first()).toBeVisible();
  const purse = await page.context().newPage();
  await open(purse, '/me');
  await expect(purse.getByRole('listitem').filter({ hasText: '첫 구매 만 원 쿠폰' }), 'a failed payment gives both back').toContainText('쓸 수 있음');
  await expect(purse.getByText('12,000P').first()).toBeVisible();

  await choose(page, 'card');
  await payAtPsp(page, 'approve');
  await expect(status(page)).toHaveText('주문 확정');
  await expect(prices(page)).toContainText(won(98_000));
  await open(purse, '/me');
  await expect(purse.getByRole('listitem').filter({ hasText: '첫 구매 만 원 쿠폰' })).toContainText('씀');

  await server.advance('PT31M');
  await travel(server, 8);
  await open(page, `/orders/${number}`);
  await page.getByRole('button', { name: '구매확정하기' }).click();
  await expect(status(page)).toHaveText('구매 확정');
  await open(purse, '/me');
  await expect(purse.getByText('980P').first()).toBeVisible();
  await expect(purse.getByRole('table', { name: '포인트 내역' })).toContainText('포인트 적립');
});

test('a tier takes its discount off, and the way to the next is shown', async ({ page, server }) => {
  await signIn(page, server, 'minji@jumun.example', '/me');
  await expect(page.getByText('VIP').first()).toBeVisible();
  await expect(page.getByText('다음 달에 등급이 내려가요')).toBeVisible();
  await addToCart(page, GOODS.bracket, 2);
  await toCheckout(page);
  await expect(page.getByText('회원 등급 할인 5%')).toBeVisible();
  await expect(prices(page)).toContainText(won(114_000));
});

test('who takes a unit out sees that the coupon goes with it before it does', async ({ page, server }) => {
  await newMember(page);
  await open(page, '/me');
  await page.getByRole('listitem').filter({ hasText: '첫 구매 만 원 쿠폰' }).getByRole('button', { name: '받기' }).click();
  await addToCart(page, GOODS.bracket, 2);
  await toCheckout(page);
  await fillAddress(page);
  await page.getByLabel('쿠폰', { exact: true }).selectOption({ label: '첫 구매 만 원 쿠폰 · 10,000원 할인' });
  await expect(prices(page)).toContainText(won(110_000));
  const number = await place(page);
  await pay(page, server, number);
  await open(page, `/orders/${number}`);
  await page.getByText('일부만 취소하기').click();
  await page.getByLabel(new RegExp(GOODS.bracket.name)).selectOption('1');
  // 60,000 less the whole coupon, whose minimum is not reached any more.
  await expect(page.getByText(won(50_000)).first()).toBeVisible();
});

test('a store makes a coupon by a code, somebody gets it by the code, and it is stopped', async ({ page, visitor, server, watch }) => {
  await signIn(page, server, HANBIT, '/desk/coupons');
  await expect(page.getByRole('heading', { name: '쿠폰', level: 1 })).toBeVisible();
  await page.getByLabel('쿠폰 이름').fill('겨울맞이 할인');
  await page.getByRole('textbox', { name: '코드' }).fill('WINTER-7');
  await page.getByLabel('할인 방식').selectOption('percent');
  await page.getByLabel('할인 크기').fill('7');
  watch.expect(422, /give-coupon/);
  await page.getByRole('button', { name: '쿠폰 만들기' }).click();
  await expect(page.getByText('최대 할인', { exact: false }).first()).toBeVisible();
  await page.getByLabel('최대 할인', { exact: false }).fill('20000');
  await page.getByRole('button', { name: '쿠폰 만들기' }).click();
  const row = page.getByRole('row', { name: /WINTER-7/ });
  await expect(row).toContainText('7% 할인, 최대 20,000원');

  const buyer = await visitor();
  await newMember(buyer);
  await open(buyer, '/me');
  await buyer.getByLabel('쿠폰 코드').fill('winter-7');
  await buyer.getByRole('button', { name: '코드로 받기' }).click();
  await expect(buyer.getByRole('listitem').filter({ hasText: '겨울맞이 할인' })).toContainText(/한빛.*쓸 수 있음/s);

  await page.reload();
  await live(page);
  await expect(row).toContainText('1 / 100');
  await row.getByText('멈추기').click();
  await page.getByRole('button', { name: '그만 내보내기' }).click();
  await expect(row).toContainText('멈춤');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('coupon and points are tried and used by plain forms', async ({ page, server, watch }) => {
    watch.withoutScripts = true;
    await newMember(page);
    await page.goto('/me');
    const offer = page.getByRole('listitem').filter({ hasText: '첫 구매 만 원 쿠폰' });
    await offer.getByRole('button', { name: '받기' }).click();
    await expect(offer).toContainText('쓸 수 있음');
    await page.goto(`/products/${GOODS.bracket.id}`);
    await page.getByLabel('수량').selectOption('2');
    await page.getByRole('button', { name: '장바구니에 담기' }).click();
    await toCheckout(page);
    await fillAddress(page);
    await page.getByLabel('쿠폰', { exact: true }).selectOption({ label: '첫 구매 만 원 쿠폰 · 10,000원 할인' });
    await page.getByRole('button', { name: '할인·포인트 적용해 보기' }).click();
    await expect(prices(page)).toContainText(won(110_000));
    await expect(page.getByLabel('받는 사람'), 'what was typed stays').toHaveValue(GUEST.name);
    const number = await place(page);
    await expect(prices(page)).toContainText(won(110_000));
    await pay(page, server, number);
    await page.goto('/me');
    await expect(offer).toContainText('씀');
  });
});
