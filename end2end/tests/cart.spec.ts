import { GOODS, addToCart, call, fillAddress, newMember, order, place, purchases, toCheckout, won } from '../support/shop.ts';
import { expect, open, test } from '../support/test.ts';

test('a basket of two sellers becomes two orders', async ({ page }) => {
  await addToCart(page, GOODS.filter, 2);
  await addToCart(page, GOODS.pads);
  await expect(page.getByText('3개 · 판매자 2곳')).toBeVisible();

  await toCheckout(page, '한빛전자');
  await expect(page.getByText(GOODS.pads.name)).toHaveCount(0);
  await fillAddress(page);
  const first = await place(page);

  await open(page, '/cart');
  await expect(page.getByText('1개 · 판매자 1곳')).toBeVisible();
  await toCheckout(page);
  await fillAddress(page);
  const second = await place(page);

  await open(page, '/cart');
  await expect(page.getByText('장바구니가 비어 있어요')).toBeVisible();
  expect((await purchases(page)).map((row) => row.number).sort()).toEqual([first, second].sort());
  await open(page, '/orders');
  await expect(page.getByRole('link', { name: GOODS.filter.name })).toBeVisible();
  await expect(page.getByRole('link', { name: GOODS.pads.name })).toBeVisible();
});

test('quantities change in place, sums follow, and a line can be taken out', async ({ page }) => {
  await addToCart(page, GOODS.filter);
  const count = page.getByRole('spinbutton', { name: `${GOODS.filter.name} 수량` });
  const table = page.getByRole('table', { name: '금액표' });
  await expect(table).toContainText(won(15_000));
  await page.getByRole('button', { name: '하나 더하기' }).click();
  await expect(count).toHaveValue('2');
  await expect(table).toContainText(won(27_000));
  await page.getByRole('button', { name: '하나 빼기' }).click();
  await expect(table).toContainText(won(15_000));
  await count.fill('9');
  await count.press('Tab');
  await expect(table).toContainText(won(108_000));
  await expect(page.getByRole('link', { name: '장바구니, 9개' })).toBeVisible();
  await page.getByRole('button', { name: `${GOODS.filter.name} 빼기` }).click();
  await expect(page.getByText('장바구니가 비어 있어요')).toBeVisible();
});

test('the basket holds at most 99 of one product and thirty lines', async ({ page, watch }) => {
  watch.expect(422, /add-to-cart|products/);
  watch.expect(409, /add-to-cart|products/);
  await call(page, 'add-to-cart', { variant: GOODS.tape.variant, quantity: '90' });
  await open(page, `/products/${GOODS.tape.id}`);
  await page.getByLabel('수량').selectOption('20');
  await page.getByRole('button', { name: '장바구니에 담기' }).click();
  await expect(page.getByText('한 상품은 99개까지 담을 수 있어요')).toBeVisible();

  const others = [];
  for (const category of ['wall', 'stand', 'two-in-one', 'portable', 'purifier']) {
    const answer = await page.request.get('/api/catalogue', { params: { category } });
    const { cards } = (await answer.json()) as { cards: { id: string; available: number }[] };
    others.push(...cards.filter((card) => card.available > 0));
  }
  expect(others.length).toBeGreaterThanOrEqual(29);
  for (const { id } of others.slice(0, 29)) {
    const view = (await (await page.request.get('/api/product', { params: { id } })).json()) as { variants: { id: string; available: number }[] };
    await call(page, 'add-to-cart', { variant: view.variants.find((variant) => variant.available > 0)!.id, quantity: '1' });
  }
  await open(page, `/products/${GOODS.hose.id}`);
  await page.getByRole('button', { name: '장바구니에 담기' }).click();
  await expect(page.getByText('장바구니에는 30가지까지 담을 수 있어요')).toBeVisible();
  await open(page, '/cart');
  await expect(page.getByRole('spinbutton')).toHaveCount(30);
});

test('below the least amount the basket says so and cannot be ordered', async ({ page }) => {
  await addToCart(page, GOODS.hose);
  await expect(page.getByText('10,000원부터 주문할 수 있어요')).toBeVisible();
  await expect(page.getByRole('link', { name: '주문하기' })).toHaveCount(0);
  await page.getByRole('button', { name: '하나 더하기' }).click();
  await expect(page.getByRole('link', { name: '주문하기' })).toBeVisible();
});

test('the basket tells when somebody else has bought the last one', async ({ page, visitor, server }) => {
  await addToCart(page, GOODS.module);
  await order(await visitor(), GOODS.module);
  await open(page, '/cart');
  await expect(page.getByText('품절되었어요. 빼고 주문해 주세요.')).toBeVisible();
  await expect(page.getByRole('link', { name: '주문하기' })).toHaveCount(0);
  await server.advance('PT31M');
  await open(page, '/cart');
  await expect(page.getByRole('link', { name: '주문하기' })).toBeVisible();
});

test('after signing in the basket holds both what the guest and what the member had put into it, no line twice', async ({ page, visitor, server }) => {
  const { email, password } = await newMember(page);
  await call(page, 'add-to-cart', { variant: GOODS.filter.variant, quantity: '2' });

  const guest = await visitor();
  await call(guest, 'add-to-cart', { variant: GOODS.filter.variant, quantity: '1' });
  await addToCart(guest, GOODS.pads);
  await open(guest, '/sign-in?next=/cart');
  await guest.getByLabel('이메일').fill(email);
  await guest.getByLabel('비밀번호').fill(password);
  await guest.getByRole('button', { name: '로그인하기' }).click();
  await expect(guest).toHaveURL(`${server.base}/cart`);
  await expect(guest.getByRole('spinbutton', { name: `${GOODS.filter.name} 수량` }), 'the larger quantity').toHaveValue('2');
  await expect(guest.getByRole('spinbutton', { name: `${GOODS.pads.name} 수량` })).toHaveValue('1');
});
