import { DESK, PHONE, flaws, runsOut, shoot, snapshot, tour, type Place } from '../support/look.ts';
import { GOODS, GUEST, buy, call, newMember, order, pay, signIn } from '../support/shop.ts';
import type { Server } from '../support/server.ts';
import { expect, live, open, sent, test, type Page } from '../support/test.ts';

const ADMIN = 'admin@jumun.example';

/** The provider refuses every refund until it is told otherwise. */
const refuseRefunds = (server: Server) => server.provider('PUT', '/faults', { provider: 'psp', call: 'cancel', fault: 'decline' });
const mendProviders = (server: Server) => server.provider('DELETE', '/faults');

test.afterEach(async ({ server }) => {
  await mendProviders(server);
});

/** The case about an order, in whichever list stands on the page. */
const caseOf = (page: Page, number: string) => page.getByRole('listitem').filter({ hasText: number });

/** A paid order whose buyer cancels it while the provider refuses refunds: its refund stops and raises an alert. */
async function stuckRefund(buyer: Page, server: Server): Promise<string> {
  await newMember(buyer);
  const number = await order(buyer, GOODS.pads);
  await pay(buyer, server, number);
  await refuseRefunds(server);
  await open(buyer, `/orders/${number}`);
  await buyer.getByText('주문 취소하기').click();
  await buyer.getByRole('button', { name: '취소하기', exact: true }).click();
  await expect(buyer.getByText('취소', { exact: true }).first()).toBeVisible();
  return number;
}

test('an admin finds a refund that stopped, notes it, retries it and sees the books clean @role', async ({ page, visitor, server }) => {
  const buyer = await visitor();
  const number = await buy(buyer, { product: GOODS.tape, quantity: 4 });
  await refuseRefunds(server);
  await buyer.getByText('주문 취소하기').click();
  await buyer.getByRole('button', { name: '취소하기', exact: true }).click();
  await expect(buyer.getByText('환불 진행 중', { exact: false }).first()).toBeVisible();

  await signIn(page, server, ADMIN);
  await expect(page).toHaveURL(/\/admin$/);
  await expect(page.getByRole('heading', { name: '오늘', level: 1 })).toBeVisible();
  await expect(async () => {
    await open(page, '/admin');
    await expect(caseOf(page, number).first()).toBeVisible({ timeout: 500 });
  }).toPass();

  // The alert: what, how soon, which order, why. It is closed with a note, and not without one.
  await page.getByRole('link', { name: /^알림/ }).first().click();
  await expect(page.getByRole('heading', { name: '알림', level: 1 })).toBeVisible();
  const alert = caseOf(page, number);
  await expect(alert).toContainText('작업이 멈췄어요');
  await expect(alert).toContainText('급함');
  await expect(alert).toContainText('NOT_CANCELABLE_PAYMENT');
  await alert.getByText('닫기', { exact: true }).click();
  await alert.getByRole('button', { name: '적고 닫기' }).click();
  await expect(alert.getByLabel('무엇을 했나요')).toBeFocused();
  const note = `결제사에 문의함 ${number}`;
  await alert.getByLabel('무엇을 했나요').fill(note);
  await alert.getByRole('button', { name: '적고 닫기' }).click();
  await expect(alert).toHaveCount(0);
  await page.getByRole('link', { name: '닫힘' }).click();
  await expect(caseOf(page, number)).toContainText(note);

  // The order tells what it waits for; nothing is worked on from here.
  await caseOf(page, number).getByRole('link', { name: number }).click();
  await expect(page.getByRole('heading', { name: number, level: 1 })).toBeVisible();
  await expect(page.getByText('사람 확인 필요')).toBeVisible();
  await expect(page.getByRole('button', { name: /취소/ })).toHaveCount(0);

  // The step that stopped tries again once the provider is well, and is done.
  await page.getByRole('link', { name: /^자동 처리/ }).click();
  const stuck = caseOf(page, number);
  await expect(stuck).toContainText('이 주문은 환불 처리를 기다립니다.');
  await expect(stuck).toContainText('결제사에 환불 요청');
  await expect(stuck).toContainText('0 / 3');
  await mendProviders(server);
  await stuck.getByText('다시 시도', { exact: true }).last().click();
  await stuck.getByRole('button', { name: '다시 시도하기' }).click();
  await expect(stuck).toHaveCount(0);
  await expect(buyer.getByText('환불 완료', { exact: false }).first()).toBeVisible();
  await page.getByRole('link', { name: '끝남' }).click();
  await expect(stuck.first()).toContainText('1 / 3');

  // The books.
  await page.getByRole('link', { name: /^장부 확인/ }).click();
  await page.getByRole('button', { name: '지금 확인' }).click();
  await expect(page.getByRole('heading', { name: '어긋난 것이 없습니다' })).toBeVisible();
  for (const ledger of ['재고 장부', '돈 장부'])
    await expect(page.getByRole('table', { name: ledger }).getByRole('row', { name: /^합계/ })).toContainText(/합계\s*0원?$/);
  await expect(page.getByText('지켜짐').first()).toBeVisible();

  // The audit log knows both deeds, the event log the way of the money.
  await page.getByRole('link', { name: '감사 기록' }).click();
  const audit = page.getByRole('table', { name: '감사 기록' });
  await expect(audit.getByRole('row', { name: new RegExp(note) })).toContainText('알림 닫음');
  await expect(audit.getByRole('row').filter({ hasText: number }).filter({ hasText: '멈춘 작업 다시 시도' })).toHaveCount(1);
  await page.getByLabel('한 일').selectOption({ label: '멈춘 작업 다시 시도' });
  await page.getByRole('button', { name: '거르기' }).click();
  await expect(page).toHaveURL(/command=retry-saga/);
  await expect(audit.getByText('알림 닫음')).toHaveCount(0);
  await expect(audit.getByRole('link', { name: number })).toBeVisible();

  await page.getByRole('link', { name: '일어난 일' }).click();
  await page.getByLabel('주문번호').fill(number);
  await page.getByRole('button', { name: '찾기' }).click();
  const log = page.getByRole('list', { name: '일어난 일' });
  await expect(log.getByRole('listitem').filter({ hasText: 'order.placed' })).toHaveCount(1);
  await expect(log.getByRole('listitem').first()).toContainText('refund.completed');
  await log.getByRole('listitem').first().locator('summary').click();
  await expect(log.locator('pre').first()).toContainText('"refund"');
  await expect(page.locator('body')).not.toContainText(GUEST.address);
});

test('orders of every store are found by the beginning of their number and by board', async ({ page, visitor, server }) => {
  const buyer = await visitor();
  await newMember(buyer);
  const paid = await order(buyer, GOODS.cover);
  await pay(buyer, server, paid);
  const unpaid = await order(buyer, GOODS.bracket);
  await signIn(page, server, ADMIN, '/admin/orders');
  await live(page);
  for (const number of [paid, unpaid]) await expect(page.getByRole('link', { name: number })).toBeVisible();
  await page.getByLabel('현황').selectOption('awaiting-payment');
  await page.getByRole('button', { name: '찾기' }).click();
  await expect(page.getByRole('link', { name: paid })).toHaveCount(0);
  await expect(page.getByRole('link', { name: unpaid })).toBeVisible();
  await page.getByRole('searchbox').fill(paid.slice(0, -2).toLowerCase());
  await page.getByLabel('현황').selectOption('');
  await page.getByRole('button', { name: '찾기' }).click();
  await expect(page.getByRole('link', { name: unpaid })).toHaveCount(0);
  await page.getByRole('link', { name: paid }).click();
  await expect(page).toHaveURL(new RegExp(`/admin/orders/${paid}$`));
  await expect(page.getByRole('heading', { name: '자동 처리' })).toBeVisible();
});

test('a step is retried three times; then the button says why it rests', async ({ page, visitor, server }) => {
  const number = await stuckRefund(await visitor(), server);
  await signIn(page, server, ADMIN);
  type Rows = { rows: { id: string; number: string; retries: number }[] };
  const parked = async () => {
    const found = (await (await page.request.get('/api/sagas', { params: { state: 'parked' } })).json()) as Rows;
    return found.rows.find((row) => row.number === number);
  };
  for (let retries = 0; retries < 3; retries += 1) {
    await expect.poll(async () => (await parked())?.retries).toBe(retries);
    await call(page, 'retry-saga', { saga: (await parked())!.id });
  }
  await expect.poll(async () => (await parked())?.retries).toBe(3);
  await open(page, '/admin/sagas');
  const button = caseOf(page, number).getByRole('button', { name: '다시 시도' });
  await expect(button).toBeDisabled();
  await expect(button).toHaveAccessibleDescription(/3번 모두 썼습니다/);
  await expect(caseOf(page, number)).toContainText('3 / 3');
  await snapshot(page, 'admin-sagas-used-up');
});

test('a refund that stopped is settled by hand, and the order moves on', async ({ page, visitor, server }) => {
  const buyer = await visitor();
  const number = await stuckRefund(buyer, server);
  await signIn(page, server, ADMIN);
  await expect(async () => {
    await open(page, '/admin/sagas');
    await expect(caseOf(page, number)).toBeVisible({ timeout: 500 });
  }).toPass();
  const stuck = caseOf(page, number);
  await stuck.getByText('직접 정리', { exact: true }).click();
  const settle = stuck.getByRole('button', { name: '확인했고 이대로 정리' });
  // Not without saying what happened and how that is known.
  await settle.click();
  await expect(stuck.getByRole('radio', { name: '환불함' })).toBeFocused();
  await stuck.getByRole('radio', { name: '환불함' }).check();
  await settle.click();
  await expect(stuck.getByLabel('어떻게 확인했나요')).toBeFocused();
  const reason = `은행 이체로 환불함 ${number}`;
  await stuck.getByLabel('어떻게 확인했나요').fill(reason);
  for (const [size, viewport] of [['phone', PHONE], ['desk', DESK]] as const) {
    await page.setViewportSize(viewport);
    await shoot(page, `admin-settle-${size}-light`);
    expect(await runsOut(page)).toBe('');
    expect(await flaws(page)).toEqual([]);
  }
  await settle.click();
  await expect(stuck).toHaveCount(0);
  await expect(buyer.getByText('환불 완료', { exact: false }).first()).toBeVisible();
  await expect(buyer.locator('body')).not.toContainText(reason);

  await open(page, `/admin/orders/${number}`);
  await expect(page.getByRole('table', { name: '지나온 일' }).getByRole('row', { name: new RegExp(reason) })).toContainText('환불함');
  await expect(page.getByText('사람 확인 필요')).toHaveCount(0);
  await open(page, '/admin/audit?command=settle-saga');
  await expect(page.getByRole('row').filter({ hasText: reason })).toContainText('멈춘 작업 직접 정리');
  await snapshot(page, 'admin-audit-settled');
  await call(page, 'prove', {});
  await open(page, '/admin/proof');
  await expect(page.getByRole('heading', { name: '어긋난 것이 없습니다' })).toBeVisible();
});

test('goods that left unseen are settled with their parcel, from the page of the order', async ({ page, visitor, server, watch }) => {
  watch.expect(422, /settle-saga/);
  const buyer = await visitor();
  await newMember(buyer);
  const number = await order(buyer, GOODS.cover);
  await pay(buyer, server, number);
  await server.provider('PUT', '/faults', { provider: 'wms', fault: 'fail_before' });
  for (let times = 0; times < 5; times += 1) await server.advance(times === 0 ? 'PT31M' : 'PT10M');
  await signIn(page, server, ADMIN);
  // The crumbs above name the order too.
  const stuck = caseOf(page, number).filter({ hasText: '창고' });
  await expect(async () => {
    await open(page, `/admin/orders/${number}`);
    await expect(stuck).toContainText('창고에 출고 요청', { timeout: 500 });
  }).toPass();
  await stuck.getByText('직접 정리', { exact: true }).click();
  const tracking = stuck.getByLabel('운송장 번호', { exact: true });
  await expect(tracking).toBeHidden();
  await stuck.getByRole('radio', { name: '출고됨' }).check();
  await stuck.getByLabel('택배사', { exact: true }).fill('한진택배');
  await stuck.getByLabel('어떻게 확인했나요').fill('창고 담당자와 통화함');
  const settle = stuck.getByRole('button', { name: '확인했고 이대로 정리' });
  await settle.click();
  await expect(tracking).toHaveAttribute('aria-invalid', 'true');
  await tracking.fill('4200-1234');
  for (const [size, viewport] of [['phone', PHONE], ['desk', DESK]] as const) {
    await page.setViewportSize(viewport);
    await shoot(page, `admin-order-settle-${size}-light`);
    expect(await runsOut(page)).toBe('');
  }
  await settle.click();
  await expect(stuck).toHaveCount(0);
  await open(buyer, `/orders/${number}`);
  await expect(buyer.getByText('4200-1234').first()).toBeVisible();
});

test('everybody else is kept away from head office', async ({ page, visitor, server, watch }) => {
  watch.expect(401, /^\/admin/);
  watch.expect(403, /^\/admin/);
  const paths = ['/admin', '/admin/alerts', '/admin/sagas', '/admin/proof', '/admin/claims', '/admin/orders', '/admin/events', '/admin/audit', '/admin/queues', '/admin/coupons', '/admin/people', '/admin/channels'];
  const staff = await visitor();
  await signIn(staff, server, 'hanbit-manager@jumun.example');
  await newMember(page);
  const stranger = await visitor();
  for (const [who, status] of [[page, 403], [staff, 403], [stranger, 401]] as const) {
    for (const path of paths) {
      const answer = await who.goto(path);
      expect(answer?.status(), path).toBe(status);
      await expect(who.getByRole('heading', { level: 1 }).last()).toBeVisible();
      await expect(who.getByRole('table')).toHaveCount(0);
    }
  }
  const settle = { saga: 'x', generation: '1', outcome: 'paid-back', reason: 'x' };
  for (const [name, form] of [['retry-saga', { saga: 'x' }], ['settle-saga', settle], ['resolve-alert', { alert: 'x', note: 'x' }], ['prove', {}]] as const) {
    const answer = await page.request.post(`/api/${name}`, { form, headers: { accept: 'application/json' } });
    expect(answer.status(), name).toBe(403);
  }
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('an alert is closed, a step is retried and settled, and the books are checked without scripts', async ({ page, browser, server, watch }) => {
    watch.withoutScripts = true;
    const context = await browser.newContext({ baseURL: server.base, locale: 'ko-KR' });
    const buyer = await context.newPage();
    await newMember(buyer);
    const number = await order(buyer, GOODS.bracket);
    await pay(buyer, server, number);
    await refuseRefunds(server);
    const view = (await (await buyer.request.get('/api/order', { params: { number } })).json()) as { id: string };
    await call(buyer, 'order-command', { order: view.id, command: 'cancel' });
    await context.close();

    await call(page, 'sign-in', { email: ADMIN, password: server.card.password });
    await page.goto('/home');
    await expect(page).toHaveURL(/\/admin$/);
    await expect(async () => {
      await page.goto('/admin/alerts');
      await expect(caseOf(page, number)).toBeVisible({ timeout: 500 });
    }).toPass();
    const alert = caseOf(page, number);
    await alert.locator('summary').click();
    await alert.getByLabel('무엇을 했나요').fill('살펴봄');
    await alert.getByRole('button', { name: '적고 닫기' }).click();
    await expect(page).toHaveURL(/\/admin\/alerts/);
    await expect(caseOf(page, number)).toHaveCount(0);

    // In vain, so that it stops again and is settled.
    const retries = async (n: number) => {
      await page.goto('/admin/sagas?state=parked');
      await expect(caseOf(page, number)).toContainText(`${n} / 3`, { timeout: 500 });
    };
    await retries(0);
    await caseOf(page, number).getByText('다시 시도', { exact: true }).last().click();
    await sent(page, () => caseOf(page, number).getByRole('button', { name: '다시 시도하기' }).click());
    await expect(() => retries(1)).toPass();
    await caseOf(page, number).getByText('직접 정리', { exact: true }).click();
    await caseOf(page, number).getByRole('radio', { name: '환불함' }).check();
    await caseOf(page, number).getByLabel('어떻게 확인했나요').fill('결제사 화면에서 환불함');
    await caseOf(page, number).getByRole('button', { name: '확인했고 이대로 정리' }).click();
    await expect(caseOf(page, number)).toHaveCount(0);
    await page.goto('/admin/proof');
    await page.getByRole('button', { name: '지금 확인' }).click();
    await expect(page.locator('.verdict')).toBeVisible();
  });
});

test.describe('how it looks', () => {
  /** A refund that stopped and the books checked. */
  async function places(page: Page, buyer: Page, server: Server): Promise<Place[]> {
    const number = await stuckRefund(buyer, server);
    const paid = await order(buyer, GOODS.cover, 3);
    await pay(buyer, server, paid);
    await signIn(page, server, ADMIN);
    await call(page, 'prove', {});
    // Its alert is closed and it is retried in vain, which raises another: every list then has something in it.
    type Rows = { rows: { id: string; number: string }[] };
    const rowOf = async (list: string, query: Record<string, string>) => {
      const found = (await (await page.request.get(`/api/${list}`, { params: query })).json()) as Rows;
      return found.rows.find((row) => row.number === number)?.id ?? '';
    };
    await expect.poll(() => rowOf('alerts', {})).not.toBe('');
    const first = await rowOf('alerts', {});
    await call(page, 'resolve-alert', { alert: first, note: '결제사 담당자와 통화했고, 오후에 다시 시도하기로 했습니다. 고객에게는 환불이 하루 늦어진다고 알렸습니다.' });
    await call(page, 'retry-saga', { saga: await rowOf('sagas', { state: 'parked' }) });
    await expect.poll(() => rowOf('alerts', {})).not.toBe('');
    return [
      ['today', '/admin'],
      ['alerts', '/admin/alerts'],
      ['alerts-closed', '/admin/alerts?show=resolved'],
      ['sagas', '/admin/sagas'],
      ['sagas-done', '/admin/sagas?state=done'],
      ['proof', '/admin/proof'],
      ['claims', '/admin/claims'],
      ['orders', '/admin/orders'],
      ['orders-nothing', '/admin/orders?q=ZZZZ'],
      ['order', `/admin/orders/${number}`],
      ['events', '/admin/events'],
      ['audit', '/admin/audit'],
      ['coupons', '/admin/coupons'],
      ['people', '/admin/people'],
      ['people-customers', '/admin/people?customers=1'],
      ['people-nobody', '/admin/people?q=ZZZZ'],
      ['channels', '/admin/channels'],
    ];
  }

  test('admin: every page is free of serious flaws, fits every width and has its words', async ({ page, visitor, server }) => {
    test.setTimeout(300_000);
    const pages = await places(page, await visitor(), server);
    expect(await tour(page, 'admin', pages, { opened: '.case summary, .log-entry summary', codes: 'code, pre, option' })).toEqual([]);
  });
});
