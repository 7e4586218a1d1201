// Pages that come in pieces where the build is split: each by its address, and by a way that fetches its piece.

import { GOODS, call, newMember, order, pay, signIn } from '../support/shop.ts';
import type { Server } from '../support/server.ts';
import { expect, open, test, type Page, type Watch } from '../support/test.ts';

type Piece = 'buying' | 'having' | 'working' | 'desk' | 'admin';
/** Where, whose piece, and something that only works on a page that lives. */
type Place = readonly [path: string, piece: Piece, works: (page: Page) => Promise<void>];

/** A link of the page leads on within the same document. */
const leads = (name: RegExp | string, to: RegExp) => async (page: Page) => {
  await page.locator('#main, .rail').getByRole('link', { name }).first().click();
  await expect(page).toHaveURL(to);
};

/** A form is answered where it stands. */
const answers = (fields: Record<string, string>, button: string, said: string) => async (page: Page) => {
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByRole('button', { name: button }).click();
  await expect(page.getByText(said)).toBeVisible();
};

async function sellerOf(page: Page, product: string): Promise<string> {
  const view = (await (await page.request.get('/api/product', { params: { id: product } })).json()) as { card: { seller: string } };
  return view.card.seller;
}

/** Somebody asks to send back what is being prepared for him. Answers the return's id. */
async function sendsBack(desk: Page, buyer: Page, server: Server): Promise<string> {
  const number = await order(buyer, GOODS.filter);
  await pay(buyer, server, number);
  type Seen = { id: string; lines: { id: string }[]; fulfilments: { id: string }[]; claims: { id: string }[] };
  const seen = async () => (await (await buyer.request.get('/api/order', { params: { number } })).json()) as Seen;
  const { id, lines, fulfilments } = await seen();
  const goods = { order: id, fulfilment: fulfilments[0]!.id };
  await call(desk, 'order-command', { ...goods, command: 'start-preparing' });
  await call(buyer, 'request-return', { ...goods, number, [`units[line-${lines[0]!.id}]`]: '1', reason: 'defect' });
  return (await seen()).claims[0]!.id;
}

const ROLES = {
  async customer(page: Page, server: Server, watch: Watch): Promise<Place[]> {
    watch.expect(404, /find-order/);
    watch.expect(422, /find-order|keep-address/);
    await newMember(page);
    const unpaid = await order(page, GOODS.cover);
    const paid = await order(page, GOODS.filter);
    await pay(page, server, paid);
    const seen = (await (await page.request.get('/api/order', { params: { number: paid } })).json()) as { lines: { id: string }[] };
    const line = seen.lines[0]!.id;
    await call(page, 'add-to-cart', { variant: GOODS.pads.variant, quantity: '1' });
    return [
      [
        `/products/${GOODS.cover.id}`,
        'buying',
        async (at) => {
          const sum = at.locator('.buy-bar-sum');
          await expect(sum).toContainText('35,000');
          await at.getByLabel('수량').selectOption('2');
          await expect(sum).toContainText('70,000');
        },
      ],
      [
        '/cart',
        'buying',
        async (at) => {
          const count = at.getByRole('spinbutton');
          const before = Number(await count.inputValue());
          await at.getByRole('button', { name: '하나 더하기' }).click();
          await expect(count).toHaveValue(String(before + 1));
        },
      ],
      [
        `/checkout/${await sellerOf(page, GOODS.pads.id)}`,
        'buying',
        async (at) => {
          const quoted = at.waitForResponse(/quote-cart/);
          await at.getByLabel('우편번호').fill('06236');
          expect((await quoted).ok()).toBe(true);
        },
      ],
      [
        `/pay/${unpaid}`,
        'buying',
        async (at) => {
          const clock = at.getByRole('timer').first();
          await expect(clock).not.toHaveText(await clock.innerText());
        },
      ],
      ['/orders', 'having', leads(GOODS.filter.name, /\/orders\/ORD-/)],
      [
        `/orders/${paid}`,
        'having',
        async (at) => {
          const slider = at.getByRole('slider');
          await slider.focus();
          await slider.press('ArrowLeft');
          await expect(at).toHaveURL(/as_of=/);
          await expect(at.getByText('지나간 모습이에요')).toBeVisible();
        },
      ],
      [`/orders/${paid}/return`, 'having', leads('주문으로 돌아가기', /\/orders\/ORD-[^/]*$/)],
      [`/orders/${paid}/exchange`, 'having', leads('주문으로 돌아가기', /\/orders\/ORD-[^/]*$/)],
      [`/orders/${paid}/review/${line}`, 'having', leads('주문으로 돌아가기', /\/orders\/ORD-[^/]*$/)],
      ['/find', 'having', answers({ 주문번호: 'ORD-20250101-AAAAAAAA', '휴대폰 번호': '010-0000-0000' }, '주문 찾기', '찾으시는 것이 없어요')],
      ['/me', 'having', leads('주소 더하기', /address=new/)],
    ];
  },

  async newcomer(_page: Page, _server: Server, watch: Watch): Promise<Place[]> {
    watch.expect(401, /sign-in/);
    watch.expect(404, /invitation|join/);
    watch.expect(422, /sign-up|apply-as-store/);
    const name = { 이름: '새회원', 이메일: 'somebody@jumun.example', 휴대전화: '010-4321-8765' };
    return [
      ['/sign-in', 'having', answers({ 이메일: 'nobody@jumun.example', 비밀번호: 'not-the-password' }, '로그인하기', '이메일이나 비밀번호가 맞지 않아요')],
      // Nobody was given this link.
      ['/join/nobody', 'having', leads('로그인하기', /\/sign-in$/)],
      ['/sign-in/code', 'having', answers({ '인증 코드': '123456' }, '로그인하기', '로그인이 필요해요')],
      ['/partners/apply', 'having', answers({ '가게 이름': '새봄가전', 사업자등록번호: '220-81-62518', 우편번호: '06234', 주소: '서울 강남구 테헤란로 20', '신청하는 사람': '봄이', 휴대전화: '010-4321-8765', 이메일: 'bom@store.example', 비밀번호: 'long-enough-2026' }, '신청하기', '칸을 읽을 수 없어요. 모양을')],
      ['/sign-up', 'having', answers({ ...name, 비밀번호: 'short' }, '가입하고 시작하기', '칸이 너무 짧아요. 더 길게')],
    ];
  },

  async installer(page: Page, server: Server): Promise<Place[]> {
    const [buyer, store] = [await page.context().browser()!.newContext({ baseURL: server.base }), await page.context().browser()!.newContext({ baseURL: server.base })];
    const [bought, desk] = [await buyer.newPage(), await store.newPage()];
    await newMember(bought);
    const number = await order(bought, GOODS.wall, 1, undefined, true);
    await pay(bought, server, number);
    type Seen = { id: string; fulfilments: { id: string; installer?: { number: string } }[]; installers?: [string, { installer: string; name: string }[]][] };
    const seen = async () => (await (await desk.request.get('/api/order', { params: { number } })).json()) as Seen;
    await call(desk, 'sign-in', { email: 'hanbit-manager@jumun.example', password: server.card.password, next: '/desk' });
    const { id, fulfilments } = await seen();
    const goods = { order: id, fulfilment: fulfilments[0]!.id };
    await call(desk, 'order-command', { ...goods, command: 'start-preparing' });
    const who = (await seen()).installers![0]![1].find((row) => row.name === '차강민')!;
    await call(desk, 'assign-installer', { ...goods, installer: who.installer });
    const job = (await seen()).fulfilments[0]!.installer!.number;
    await buyer.close();
    await store.close();
    await signIn(page, server, 'installer-seoul@jumun.example');
    return [
      ['/jobs', 'working', leads(/소담 벽걸이/, /\/jobs\/ORD-/)],
      ['/jobs/earnings', 'working', leads('할 일', /\/jobs$/)],
      ['/jobs/me', 'working', leads('수입', /\/jobs\/earnings$/)],
      [`/jobs/${job}`, 'working', leads('설치 일', /\/jobs$/)],
    ];
  },

  async store(page: Page, server: Server): Promise<Place[]> {
    const buyer = await page.context().browser()!.newContext({ baseURL: server.base });
    const bought = await buyer.newPage();
    await newMember(bought);
    const paid = await order(bought, GOODS.cover);
    await pay(bought, server, paid);
    await signIn(page, server, 'hanbit-manager@jumun.example');
    const claim = await sendsBack(page, bought, server);
    await buyer.close();
    return [
      ['/desk', 'desk', leads(/^재고$/, /\/desk\/stock$/)],
      [
        '/desk/boards/orders',
        'desk',
        async (at) => {
          await expect(at.locator('#row-0')).toBeVisible();
          await at.keyboard.press('j');
          await expect(at.locator('#row-0')).toBeFocused();
        },
      ],
      [`/desk/orders/${paid}`, 'desk', leads(/^상품$/, /\/desk\/products$/)],
      [`/desk/orders/${paid}/return`, 'desk', leads('주문으로 돌아가기', /\/desk\/orders\/ORD-[^/]*$/)],
      ['/desk/claims', 'desk', leads('끝남', /\/desk\/claims\?state=over$/)],
      [`/desk/claims/${claim}`, 'desk', leads('주문 보기', /\/desk\/orders\/ORD-/)],
      ['/desk/reviews', 'desk', leads(/답글 없음/, /\/desk\/reviews\?unanswered=1$/)],
      ['/desk/purchases', 'desk', leads(/^재고$/, /\/desk\/stock$/)],
      ['/desk/partners', 'desk', leads('파는 곳', /\/desk\/partners\/selling$/)],
      ['/desk/partners/selling', 'desk', leads('사 오는 곳', /\/desk\/partners$/)],
      ['/desk/stock', 'desk', leads('입고·조정', /\/desk\/stock\?/)],
      ['/desk/products', 'desk', leads(/^\d+$/, /\/desk\/stock\?q=/)],
      ['/desk/team', 'desk', leads(/^재고$/, /\/desk\/stock$/)],
    ];
  },

  async head(page: Page, server: Server): Promise<Place[]> {
    const buyer = await page.context().browser()!.newContext({ baseURL: server.base });
    const bought = await buyer.newPage();
    await newMember(bought);
    const number = await order(bought, GOODS.cover);
    const store = await page.context().browser()!.newContext({ baseURL: server.base });
    const desk = await store.newPage();
    await call(desk, 'sign-in', { email: 'hanbit-manager@jumun.example', password: server.card.password, next: '/desk' });
    const claim = await sendsBack(desk, bought, server);
    await buyer.close();
    await store.close();
    await signIn(page, server, 'admin@jumun.example');
    return [
      ['/admin', 'admin', leads(/^알림/, /\/admin\/alerts$/)],
      ['/admin/alerts', 'admin', leads('닫힘', /\/admin\/alerts\?/)],
      ['/admin/sagas', 'admin', leads('끝남', /\/admin\/sagas\?/)],
      [
        '/admin/proof',
        'admin',
        async (at) => {
          const proved = at.waitForResponse(/\/api\/prove/);
          await at.getByRole('button', { name: '지금 확인' }).click();
          expect((await proved).ok()).toBe(true);
        },
      ],
      ['/admin/claims', 'admin', leads('끝남', /\/admin\/claims\?state=over$/)],
      [`/admin/claims/${claim}`, 'admin', leads('주문 보기', /\/admin\/orders\/ORD-/)],
      ['/admin/orders', 'admin', leads(number, /\/admin\/orders\/ORD-/)],
      [`/admin/orders/${number}`, 'admin', leads('감사 기록', /\/admin\/audit$/)],
      ['/admin/events', 'admin', leads(/^주문$/, /\/admin\/orders$/)],
      ['/admin/audit', 'admin', leads('일어난 일', /\/admin\/events$/)],
      ['/admin/people', 'admin', leads('고객', /\/admin\/people\?customers=1$/)],
      ['/admin/channels', 'admin', leads('사람', /\/admin\/people$/)],
      ['/admin/partners', 'admin', leads(/^거래 중/, /\/admin\/partners\?standing=approved$/)],
    ];
  },
} satisfies Record<string, (page: Page, server: Server, watch: Watch) => Promise<Place[]>>;

/** The pieces fetched since, by their names; none of an unsplit build. */
function follow(page: Page): Set<string> {
  const fetched = new Set<string>();
  page.on('request', (request) => {
    const piece = /\/pkg\/split_([a-z]+)\./.exec(request.url())?.[1];
    if (piece) fetched.add(piece);
  });
  return fetched;
}

const mark = (page: Page) => page.evaluate(() => Object.assign(window, { sameDocument: true }));
const marked = (page: Page) => page.evaluate(() => (window as { sameDocument?: boolean }).sameDocument === true);

/** An address nobody has, in the same frame: a document without the piece. */
const nowhere = (path: string) => (/^\/(desk|admin|jobs|sign-in|sign-up|partners|join)\b/.exec(path)?.[0] ?? '') + '/nobody/nowhere';

for (const [role, prepare] of Object.entries(ROLES)) {
  test(`${role}: each page in a piece of its own lives, by its address and by a way to it`, async ({ page, server, watch }) => {
    test.setTimeout(180_000);
    watch.expect(404, /nowhere$/);
    const places = await prepare(page, server, watch);
    const fetched = follow(page);
    for (const [path, piece, works] of places) {
      await test.step(`${path} by its address`, async () => {
        fetched.clear();
        await open(page, path);
        await mark(page);
        await works(page);
        expect(await marked(page), 'answered in place').toBe(true);
        if (fetched.size > 0) expect([...fetched].sort()).toEqual([piece, 'korean'].sort());
      });
      await test.step(`${path} by a way`, async () => {
        await open(page, nowhere(path));
        await mark(page);
        fetched.clear();
        await page.evaluate((to) => {
          const link = Object.assign(document.createElement('a'), { href: to, textContent: to });
          document.body.append(link);
          link.click();
          link.remove();
        }, path);
        await expect(page).toHaveURL(path);
        await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('찾으시는 화면이 없어요');
        await works(page);
        expect(await marked(page), 'without a new document').toBe(true);
        if (fetched.size > 0) expect([...fetched]).toEqual([piece]);
      });
    }
  });
}

test('the first page fetches no piece but its words', async ({ page }) => {
  const fetched = follow(page);
  await open(page, '/');
  await page.waitForLoadState('networkidle');
  expect([...fetched].filter((piece) => piece !== 'korean')).toEqual([]);
});

test('a piece that is gone: the browser asks for the whole page, and a drawn page works as without scripts', async ({ page, watch }) => {
  watch.expect(404, /\/pkg\//);
  const fetched = follow(page);
  await open(page, '/?category=parts');
  test.skip(fetched.size === 0, 'the build is not split');
  await page.route(/\/pkg\/split_buying\./, (route) => route.fulfill({ status: 404 }));
  watch.forgive(/wasm|WebAssembly/);
  await mark(page);
  await page.getByRole('link', { name: GOODS.cover.name, exact: true }).click();
  await page.waitForFunction(() => !('sameDocument' in window));
  await expect(page).toHaveURL(`/products/${GOODS.cover.id}`);
  await page.getByRole('button', { name: '장바구니에 담기' }).click();
  await expect(page).toHaveURL(/\/cart$/);
  await expect(page.getByRole('heading', { name: '장바구니', level: 1 })).toBeVisible();
});
