// Taking orders back, whole or in part, by whoever may; and looking back at what an order was.

import { flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { GOODS, buy, call, choose, newMember, numberIn, order, pay, payAtPsp, signIn, status, travel, won } from '../support/shop.ts';
import { expect, live, open, test, type Page } from '../support/test.ts';

const HANBIT = 'hanbit-manager@jumun.example';
const PIPE = { id: 'PROD-5004', variant: 'VAR-5004-5M', name: '에어컨 동배관 5 m', price: 58_000 } as const;

async function sound(page: Page, name: string): Promise<void> {
  await snapshot(page, name);
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  const before = page.viewportSize()!;
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await runsOut(page)).toBe('');
  await page.setViewportSize(before);
}

/** Two lines that together ship free, and alone do not. */
async function twoLines(page: Page): Promise<string> {
  await newMember(page);
  await call(page, 'add-to-cart', { variant: GOODS.filter.variant, quantity: '2' });
  return order(page, PIPE, 2);
}

test('one of two lines is cancelled, and what comes back is seen before and after, won by won', async ({ page, server }) => {
  const number = await twoLines(page);
  await pay(page, server, number);
  await open(page, `/orders/${number}`);
  await page.getByText('일부만 취소하기').click();
  await page.getByLabel(new RegExp(PIPE.name)).selectOption('1');
  const back = page.getByRole('table', { name: '돌려받을 금액' });
  await expect(back).toContainText('58,000');
  await expect(back, 'shipping is no longer free').toContainText('(3,000');
  await expect(back.getByRole('row', { name: /돌려받을 금액/ })).toContainText(won(55_000));
  await sound(page, 'member-order-cancel-lines');
  await page.getByRole('button', { name: '고른 수량 취소하기' }).click();
  await expect(page.getByText('1개 취소', { exact: true })).toBeVisible();
  await expect(page.getByText('부분 환불됨')).toBeVisible();
  await expect(page.getByText(`${won(55_000)} 환불 완료`, { exact: false })).toBeVisible();
  const slip = page.getByRole('region', { name: '환불 내역서' }).first();
  await expect(slip).toContainText('일부 취소');
  await expect(slip.getByRole('row', { name: /환불 뒤 남은 결제 금액/ })).toContainText(won(85_000));
  await expect(status(page)).toHaveText('주문 확정');
  await sound(page, 'member-order-partly-cancelled');
});

test('who paid into a virtual account says where his refund goes, and gets it', async ({ page, server }) => {
  await newMember(page);
  const number = await order(page, GOODS.cover, 2);
  await open(page, `/pay/${number}`);
  await choose(page, 'virtual_account');
  await payAtPsp(page, 'account');
  await expect(page.getByText('입금을 기다리고 있어요')).toBeVisible();
  const account = await page.getByText('계좌번호', { exact: true }).locator('xpath=following-sibling::*[1]').innerText();
  await server.provider('POST', '/psp/sandbox/deposit', { accountNumber: account.trim() });
  await open(page, `/orders/${number}`);
  await expect(status(page)).toHaveText('주문 확정');
  await page.getByText('주문 취소하기').click();
  await page.getByRole('button', { name: '취소하기', exact: true }).click();
  await expect(page.getByText('이 주문은 환불받을 계좌를 기다립니다.')).toBeVisible();
  await page.getByLabel('은행').fill('카카오뱅크');
  await page.getByLabel('계좌번호').fill('3333-01-1234567');
  await page.getByLabel('예금주').fill('나회원');
  // Typing into the form has moved the page under its head.
  await page.evaluate(() => scrollTo(0, 0));
  await sound(page, 'order-refund-account');
  await page.getByRole('button', { name: '이 계좌로 받기' }).click();
  await server.advance('PT1M');
  await expect(page.getByText(`${won(70_000)} 환불 완료`, { exact: false })).toBeVisible();
  await expect(page.getByLabel('계좌번호')).toHaveCount(0);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('units are taken out in two steps without scripts', async ({ page, server, watch }) => {
    watch.withoutScripts = true;
    const number = await twoLines(page);
    await pay(page, server, number);
    await page.goto(`/orders/${number}`);
    await page.getByText('일부만 취소하기').click();
    await page.getByLabel(new RegExp(GOODS.filter.name)).selectOption('1');
    await page.getByRole('button', { name: '돌려받을 금액 보기' }).click();
    await expect(page.getByLabel(new RegExp(GOODS.filter.name))).toHaveValue('1');
    await expect(page.getByRole('table', { name: '돌려받을 금액' })).toContainText(won(12_000));
    await page.getByRole('button', { name: '고른 수량 취소하기' }).click();
    await expect(page).toHaveURL(new RegExp(`/orders/${number}$`));
    await expect(page.getByText('1개 취소', { exact: true })).toBeVisible();
  });

  test('the page looks back with links without scripts', async ({ page, server, watch }) => {
    watch.withoutScripts = true;
    const number = await twoLines(page);
    await pay(page, server, number);
    await page.goto(`/orders/${number}?as_of=2`);
    await expect(page.getByText('지나간 모습이에요')).toBeVisible();
    await expect(status(page)).toHaveText('재고 확보');
    await page.getByRole('link', { name: '한 걸음 전' }).click();
    await expect(status(page)).toHaveText('접수');
    await expect(page.getByText('주문 취소하기')).toHaveCount(0);
    await page.getByRole('link', { name: '지금 모습 보기' }).click();
    await expect(status(page)).toHaveText('주문 확정');
  });
});

test('the seller cancels for a reason; what the warehouse has is stopped first', async ({ page, visitor, server }) => {
  await buy(page, { product: GOODS.filter });
  const number = numberIn(page);
  // Nothing leaves the warehouse while this test looks.
  await server.provider('PUT', '/wms/sandbox/pace', { startedAfterMs: 3_600_000, completedAfterMs: 7_200_000 });
  try {
    await server.advance('PT31M');
    const desk = await visitor();
    await signIn(desk, server, HANBIT, `/desk/orders/${number}`);
    await expect(status(desk)).toHaveText('발주 완료');
    await desk.getByText('판매자 취소하기').click();
    await expect(desk.getByText(`구매자에게 ${won(15_000)} 전액 환불`, { exact: false })).toBeVisible();
    await expect(desk.getByText('창고에 먼저 멈춰 달라고 해요', { exact: false })).toBeVisible();
    await desk.getByLabel('사유').selectOption('listing_error');
    await sound(desk, 'retailer-order-seller-cancel');
    await desk.getByRole('button', { name: '취소하기', exact: true }).click();
    await expect(desk.getByText('취소 진행 중').or(status(desk).filter({ hasText: '취소' })).first()).toBeVisible();
    await server.advance('PT1M');
    await expect(page.getByText('판매자가 취소했습니다.')).toBeVisible();
    await expect(page.getByText(`${won(15_000)} 환불 완료`, { exact: false })).toBeVisible();
  } finally {
    await server.provider('PUT', '/wms/sandbox/pace', { startedAfterMs: 2_000, completedAfterMs: 5_000 });
  }
});

test('nobody is at home three times: the goods go back, the retailer receives them and the money is back', async ({ page, visitor, server }) => {
  await server.provider('PUT', '/carrier/sandbox/pace', { inTransitAfterMs: 60_000, outForDeliveryAfterMs: 120_000, deliveredAfterMs: 180_000 });
  try {
    await buy(page, { product: GOODS.filter });
    const number = numberIn(page);
    await server.advance('PT31M');
    await travel(server, 2);
    const tracking = page.getByText('운송장', { exact: true }).locator('xpath=following-sibling::*[1]').locator('.mono');
    await expect(tracking).toBeVisible();
    const trackingNo = await tracking.innerText();
    await server.provider('POST', '/carrier/sandbox/script', { trackingNo, outcome: 'absent', times: 3 });
    await server.provider('POST', '/carrier/sandbox/script', { trackingNo, outcome: 'returned' });
    await server.advance('PT3M30S');
    await expect(page.getByText('배송 실패 1번').or(page.getByText('배송 실패 2번'))).toBeVisible();
    await sound(page, 'guest-order-failed');
    await server.advance('PT4M');
    await expect(page.getByText('배송 실패 3번')).toBeVisible();
    await server.advance('PT5M');
    await expect(status(page)).toHaveText('반송중');
    await expect(page.getByText('판매자가 받으면 낸 돈을 돌려드려요.', { exact: false })).toBeVisible();
    const claim = page.locator('section.card', { has: page.getByRole('heading', { name: '반품', exact: true }) });
    await expect(claim).toContainText('돌아오는 중');
    await sound(page, 'guest-order-claim');

    const desk = await visitor();
    await signIn(desk, server, HANBIT, '/desk/boards/returns');
    await expect(desk.getByRole('link', { name: number }), 'it stands on 반품진행 too').toBeVisible();
    await open(desk, `/desk/orders/${number}`);
    await desk.getByText('돌아온 상품 받기', { exact: true }).click();
    await sound(desk, 'retailer-order-receive-back');
    await desk.getByRole('button', { name: '받고 다시 판매' }).click();
    await expect(status(desk)).toHaveText(/반품 완료|환불 완료/);
    await expect(page.getByText(`${won(15_000)} 환불 완료`, { exact: false })).toBeVisible();
    await expect(status(page)).toHaveText('환불 완료');
    await expect(claim).toContainText('반품 완료');
    await expect(page.getByRole('region', { name: '환불 내역서' }).first()).toContainText('배송하지 못해 돌아옴');
  } finally {
    await server.provider('PUT', '/carrier/sandbox/pace', { inTransitAfterMs: 5_000, outForDeliveryAfterMs: 10_000, deliveredAfterMs: 20_000 });
  }
});

test('the slider shows the order as it was, with nothing to press', async ({ page, visitor, server }) => {
  await buy(page, { product: GOODS.filter });
  const number = numberIn(page);
  const slider = page.getByRole('slider', { name: '시간 되돌려 보기' });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(page).toHaveURL(/as_of=1$/);
  await expect(page.getByText('지나간 모습이에요')).toBeVisible();
  await expect(status(page)).toHaveText('접수');
  await expect(page.getByText('주문 취소하기')).toHaveCount(0);
  await expect(slider, 'the slider keeps the focus').toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(status(page)).toHaveText('재고 확보');
  await sound(page, 'guest-order-past');
  await slider.focus();
  await page.keyboard.press('End');
  await expect(page.getByText('지나간 모습이에요')).toHaveCount(0);
  await expect(status(page)).toHaveText('주문 확정');

  const desk = await visitor();
  await signIn(desk, server, HANBIT, `/desk/orders/${number}`);
  await desk.getByRole('link', { name: '한 걸음 전' }).click();
  await expect(desk.getByText('지나간 모습이에요')).toBeVisible();
  await expect(desk.getByRole('button', { name: '상품 준비 시작' })).toHaveCount(0);
  await live(desk);
  await sound(desk, 'retailer-order-past');
});
