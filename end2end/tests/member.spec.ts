import { GOODS, GUEST, addToCart, choose, fillAddress, newMember, numberIn, order, pay, payAtPsp, place, purchases, signIn, status, toCheckout, won } from '../support/shop.ts';
import { expect, live, open, test } from '../support/test.ts';

test('a member buys with a virtual account; the page sees the deposit by itself @role', async ({ page, server }) => {
  await signIn(page, server, 'seoyeon@jumun.example');
  await addToCart(page, GOODS.bracket, 2);
  await toCheckout(page);
  await expect(page.getByLabel('받는 사람'), 'the address book fills the form').toHaveValue('윤서연');
  const number = await place(page);
  await choose(page, 'virtual_account');
  await payAtPsp(page, 'account');
  await expect(page.getByText('입금을 기다리고 있어요')).toBeVisible();
  await live(page);

  const twin = await page.context().newPage();
  await open(twin, `/orders/${number}`);
  await expect(twin.getByText('이 주문은 가상계좌 입금을 기다립니다.')).toBeVisible();

  const account = await page.getByText('계좌번호', { exact: true }).locator('xpath=following-sibling::*[1]').innerText();
  await server.provider('POST', '/psp/sandbox/deposit', { accountNumber: account.trim() });
  await expect(twin.getByText('이 주문은 판매자의 상품 준비를 기다립니다.')).toBeVisible();
  await expect(status(twin)).toHaveText('주문 확정');
  await expect(page.getByText('결제를 마쳤어요')).toBeVisible({ timeout: 15_000 });
  await page.getByRole('link', { name: '주문 보기' }).click();
  await expect(page.getByRole('table', { name: '결제 금액' })).toContainText(won(120_000));
});

test('somebody becomes a member, keeps the address, and it is there at the next order', async ({ page }) => {
  await addToCart(page, GOODS.filter);
  await open(page, '/sign-up?next=/cart');
  await page.getByLabel('이름').fill('새회원');
  await page.getByLabel('이메일').fill(`new-${process.pid}-${Date.now()}@jumun.example`);
  await page.getByLabel('휴대전화').fill('010-4321-8765');
  await page.getByLabel('비밀번호').fill('long-enough-2026');
  await page.getByRole('button', { name: '가입하고 시작하기' }).click();
  await expect(page).toHaveURL(/\/cart$/);
  await expect(page.getByRole('spinbutton'), 'the basket comes along').toHaveValue('1');
  await toCheckout(page);
  await fillAddress(page);
  await page.getByLabel('이 주소를 주소록에 남기기').check();
  await place(page);
  await addToCart(page, GOODS.filter);
  await toCheckout(page);
  await expect(page.getByLabel('우편번호')).toHaveValue('06236');
  await page.getByRole('link', { name: '새 주소' }).click();
  await expect(page.getByLabel('우편번호')).toHaveValue('');
});

test('wrong credentials are refused in words and tell nobody which half was wrong', async ({ page, watch }) => {
  watch.expect(401, /sign-in/);
  watch.expect(422, /sign-in/);
  await open(page, '/sign-in');
  const said: string[] = [];
  for (const email of ['seoyeon@jumun.example', 'nobody@jumun.example']) {
    await page.getByLabel('이메일').fill(email);
    await page.getByLabel('비밀번호').fill('not-the-password');
    await page.getByRole('button', { name: '로그인하기' }).click();
    const words = page.getByText('이메일이나 비밀번호가 맞지 않아요');
    await expect(words).toBeVisible();
    said.push(await words.innerText());
    await page.reload();
    await live(page);
  }
  expect(said[0]).toBe(said[1]);
});

test('signing out ends the session everywhere in the browser', async ({ page, watch }) => {
  await newMember(page);
  const number = await order(page, GOODS.filter);
  await open(page, `/orders/${number}`);
  await page.getByText('내 정보').click();
  await page.getByRole('button', { name: '로그아웃' }).click();
  await expect(page.getByRole('banner').getByRole('link', { name: '로그인' })).toBeVisible();
  watch.expect(401, new RegExp(number));
  await page.goto(`/orders/${number}`);
  await expect(page.getByText('로그인이 필요해요')).toBeVisible();
});

test('a member cannot open the order of another member', async ({ page, visitor, watch }) => {
  await newMember(page);
  const number = await order(page, GOODS.filter);
  const other = await visitor();
  await newMember(other);
  watch.expect(404, new RegExp(number));
  await open(other, `/orders/${number}`);
  await expect(other.getByText('찾으시는 것이 없어요')).toBeVisible();
  await open(other, `/pay/${number}`);
  await expect(other.getByText('찾으시는 것이 없어요')).toBeVisible();
});

test('no more than three unpaid orders hold units for one buyer', async ({ page, watch }) => {
  await newMember(page);
  for (let nth = 0; nth < 3; nth += 1) await order(page, GOODS.filter);
  watch.expect(422, /place-order|checkout/);
  watch.expect(409, /place-order|checkout/);
  watch.expect(403, /place-order|checkout/);
  watch.expect(429, /place-order|checkout/);
  await addToCart(page, GOODS.filter);
  await toCheckout(page);
  await fillAddress(page);
  await page.getByLabel('주문 내용과 금액을 확인했고 주문에 동의해요').check();
  await page.getByRole('button', { name: '주문하고 결제하기' }).click();
  await expect(page.getByText('결제하지 않은 주문이 너무 많아요')).toBeVisible();
  expect(await purchases(page)).toHaveLength(3);
});

test('the language changes for the whole shop and stays, with the page one was on', async ({ page, server }) => {
  await newMember(page);
  const number = await order(page, GOODS.cover);
  await pay(page, server, number);
  await open(page, `/orders/${number}`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'ko');
  await page.getByRole('banner').getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  expect(numberIn(page)).toBe(number);
  await expect(page.getByRole('main')).toContainText('₩35,000');
  await expect(page.getByRole('link', { name: 'Outdoor unit cover' })).toBeVisible();
  await live(page);
  await open(page, `/products/${GOODS.cover.id}?category=parts`);
  await expect(page.getByRole('heading', { name: 'Outdoor unit cover', level: 1 })).toBeVisible();
  await expect(page.getByRole('main'), 'no Korean is left over').not.toContainText(/장바구니|배송|옵션/);
  await page.getByRole('banner').getByRole('button', { name: '한국어' }).click();
  await expect(page.getByRole('heading', { name: GOODS.cover.name, level: 1 })).toBeVisible();
});

test('the address book is written, put in order and cleared on the own page', async ({ page }) => {
  await newMember(page);
  await open(page, '/me');
  for (const [name, postcode, address] of [['첫집', '06236', '서울 강남구 강남대로 1'], ['섬집', '63322', '제주 제주시 첨단로 2']] as const) {
    await page.getByRole('link', { name: '주소 더하기' }).click();
    await fillAddress(page, { ...GUEST, name, postcode, address });
    await page.getByRole('button', { name: '저장하기' }).click();
    await expect(page.getByText(`(${postcode}) ${address}`)).toBeVisible();
    await open(page, '/me');
  }
  const entries = page.locator('li.address');
  await expect(entries.first()).toContainText('섬집');
  await entries.nth(1).getByRole('button', { name: '기본으로' }).click();
  await expect(entries.first()).toContainText('첫집');
  await entries.first().getByRole('link', { name: '고치기' }).click();
  await page.getByLabel('주소', { exact: true }).fill('서울 강남구 강남대로 9');
  await page.getByRole('button', { name: '저장하기' }).click();
  await expect(entries.first()).toContainText('강남대로 9');
  await open(page, '/me');
  await expect(entries.first()).toContainText('강남대로 9');

  await addToCart(page, GOODS.filter);
  await toCheckout(page);
  const table = page.getByRole('table', { name: '금액표' });
  await expect(table).not.toContainText('섬·산간 추가');
  await page.getByRole('link', { name: /섬집/ }).click();
  await expect(table).toContainText('섬·산간 추가');
  await page.getByLabel('우편번호').fill('06236');
  await expect(table).not.toContainText('섬·산간 추가');

  await open(page, '/me');
  await entries.nth(1).getByText('지우기', { exact: true }).click();
  await entries.nth(1).getByRole('button', { name: '주소 지우기' }).click();
  await expect(entries).toHaveCount(1);
});
