import { flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { signIn } from '../support/shop.ts';
import { expect, live, open, test, type Page } from '../support/test.ts';

const RETAILER = 'hanbit-manager@jumun.example';
const WHOLESALER = 'garam-manager@jumun.example';
const CLERK = 'garam-staff@jumun.example';
const JEJU = 'halla-manager@jumun.example';
const SELLING = '/desk/partners/selling';
const COVER = 'VAR-8206-STD';

async function wellMade(page: Page): Promise<void> {
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  expect(await runsOut(page)).toBe('');
}

const agreement = (page: Page, partner: string) => page.getByRole('listitem').filter({ hasText: partner }).first();

test('a wholesaler sets what partners pay, and its partner sees it', async ({ page, visitor, server, watch }) => {
  watch.expect(422, /set-partner-prices/);
  const partner = await visitor();
  await signIn(page, server, WHOLESALER, '/desk/partners');
  await page.getByRole('link', { name: '파는 곳' }).click();
  await expect(page).toHaveURL(new RegExp(`${SELLING}$`));
  await expect(agreement(page, '한빛전자')).toContainText('10,000,000');
  await page.getByRole('row', { name: new RegExp(COVER) }).getByRole('link', { name: '조건 고치기' }).click();
  await live(page);
  const everybody = page.getByRole('region', { name: '모든 거래처 가격' });
  await expect(everybody.getByLabel('1단계 개당 가격(원)')).toHaveValue('22500');
  // Dearer for more is a slip of the finger, and nothing changes.
  await everybody.getByLabel('2단계 개당 가격(원)').fill('99000');
  await everybody.getByRole('button', { name: '가격 저장' }).click();
  await expect(page.getByText('‘가격’', { exact: false })).toBeVisible();
  await everybody.getByLabel('2단계 개당 가격(원)').fill('21,000');
  await everybody.getByRole('button', { name: '가격 저장' }).click();
  await expect(page.getByText('저장했어요')).toBeVisible();
  const own = page.getByRole('region', { name: '한 거래처만의 가격' });
  await own.getByText('한빛전자 · 전용 가격 없음').click();
  const hanbit = own.locator('details[open]');
  await hanbit.getByLabel('1단계 수량부터').fill('1');
  await hanbit.getByLabel('1단계 개당 가격(원)').fill('20500');
  await snapshot(page, 'partners-terms');
  await wellMade(page);
  await hanbit.getByRole('button', { name: '가격 저장' }).click();
  await expect(page.getByText('한빛전자 · 1개부터 20,500원')).toBeVisible();
  await page.getByLabel('최소 수량').fill('3');
  await page.getByRole('button', { name: '수량·기간 저장' }).click();
  await expect(page.getByRole('row', { name: new RegExp(COVER) }).getByRole('cell', { name: '3', exact: true })).toBeVisible();
  await expect(page.getByRole('row', { name: new RegExp(COVER) })).toContainText('21,000');

  await signIn(partner, server, RETAILER, '/desk/partners');
  await expect(partner.getByText(/가람부품유통.*1개부터 20,500원/).first()).toBeVisible();

  // Others buy the same goods by the piece.
  await page.getByLabel('최소 수량').fill('1');
  await page.getByRole('button', { name: '수량·기간 저장' }).click();
  await expect(page.getByRole('row', { name: new RegExp(COVER) }).getByRole('cell', { name: '3', exact: true })).toHaveCount(0);
});

test('credit is changed, trading is stopped and begun again', async ({ page, visitor, server }) => {
  const partner = await visitor();
  await signIn(page, server, WHOLESALER, SELLING);
  await live(page);
  const namdo = agreement(page, '남도가전마트');
  await namdo.getByText('한도 바꾸기').click();
  await namdo.getByLabel('외상 한도(원)').fill('3000000');
  await namdo.getByRole('button', { name: '한도 저장' }).click();
  await expect(namdo).toContainText('3,000,000');
  await namdo.getByText('거래 멈추기').click();
  await namdo.getByLabel('사유').fill('연체가 있어요');
  await snapshot(page, 'partners-selling');
  await wellMade(page);
  await namdo.getByRole('button', { name: '멈추기', exact: true }).click();
  await expect(namdo.getByText('멈춤', { exact: true })).toBeVisible();
  await signIn(partner, server, 'namdo-manager@jumun.example', '/desk/partners');
  await expect(agreement(partner, '가람부품유통')).toContainText('연체가 있어요');
  await namdo.getByRole('button', { name: '다시 거래하기' }).click();
  await expect(namdo.getByText('거래 중', { exact: true })).toBeVisible();
});

test('who does not run the store looks at the terms and changes none', async ({ page, server }) => {
  await signIn(page, server, CLERK, `${SELLING}?option=${COVER}`);
  await expect(page.getByText('거래 조건과 외상 한도는 매니저만 바꿀 수 있어요')).toBeVisible();
  await expect(page.getByRole('link', { name: '조건 고치기' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: '가격 저장' })).toHaveCount(0);
});

test('a store asks another to trade and is answered, without scripts too', async ({ page, browser, server }) => {
  const context = await browser.newContext({ baseURL: server.base, javaScriptEnabled: false, locale: 'ko-KR' });
  const plain = await context.newPage();
  await plain.goto('/sign-in');
  await plain.getByLabel('이메일').fill(RETAILER);
  await plain.getByLabel('비밀번호').fill(server.card.password);
  await plain.getByRole('button', { name: '로그인하기' }).click();
  await expect(plain).not.toHaveURL(/\/(sign-in|home)/);
  await plain.goto('/desk/partners');
  await plain.getByLabel('가게', { exact: true }).selectOption({ label: '한라에어컨' });
  await plain.getByLabel('남길 말').fill('공기청정기를 함께 팔고 싶어요.');
  await plain.getByRole('button', { name: '신청하기' }).click();
  await expect(agreement(plain, '한라에어컨')).toContainText('승인 대기');

  await signIn(page, server, JEJU, SELLING);
  await live(page);
  const asked = agreement(page, '한빛전자');
  await expect(asked).toContainText('공기청정기를 함께 팔고 싶어요.');
  await asked.getByText('승인하기').first().click();
  await asked.getByLabel('외상 한도(원)').fill('5000000');
  await snapshot(page, 'partners-asked');
  await wellMade(page);
  await asked.getByRole('button', { name: '이 한도로 승인' }).click();
  await expect(asked.getByText('거래 중', { exact: true })).toBeVisible();
  await plain.reload();
  await expect(agreement(plain, '한라에어컨')).toContainText('5,000,000');
  await context.close();
});

test('a new store applies, head office takes it in, and it opens its desk', async ({ page, visitor, server, watch }) => {
  watch.expect(422, /apply-as-store/);
  watch.expect(401, /sign-in/);
  const [applicant, shopper] = [await visitor(), await visitor()];
  await open(applicant, '/sign-up');
  await applicant.getByRole('link', { name: '입점 신청' }).click();
  await expect(applicant.getByRole('heading', { name: '입점 신청', level: 1 })).toBeVisible();
  const fields = {
    '가게 이름': '새봄가전',
    사업자등록번호: '220-81-62518',
    우편번호: '06234',
    '신청하는 사람': '김새봄',
    휴대전화: '010-4321-8765',
    이메일: 'bom@store.example',
    비밀번호: 'long-enough-2026',
  };
  for (const [label, text] of Object.entries(fields)) await applicant.getByLabel(label, { exact: true }).fill(text);
  await applicant.getByLabel('주소', { exact: true }).fill('서울 강남구 테헤란로 20');
  await applicant.getByRole('button', { name: '신청하기' }).click();
  await expect(applicant.getByText('‘사업자등록번호’ 칸을 읽을 수 없어요', { exact: false }).first()).toBeVisible();
  await snapshot(applicant, 'apply-refused');
  await wellMade(applicant);
  await applicant.getByLabel('사업자등록번호').fill('220-81-62517');
  await applicant.getByRole('button', { name: '신청하기' }).click();
  await expect(applicant.getByRole('heading', { name: '신청을 받았어요' })).toBeVisible();
  for (const nth of [1, 2]) {
    await applicant.getByLabel('사진 추가').setInputFiles({ name: 'paper.png', mimeType: 'image/png', buffer: await applicant.screenshot() });
    await applicant.getByRole('button', { name: '사진 올리기' }).click();
    await expect(applicant.getByRole('listitem').getByRole('img')).toHaveCount(nth);
    await live(applicant);
  }
  await snapshot(applicant, 'apply-done');
  await wellMade(applicant);
  await applicant.getByRole('button', { name: '사진 1 지우기' }).click();
  await expect(applicant.getByRole('listitem').getByRole('img')).toHaveCount(1);

  await signIn(page, server, 'admin@jumun.example', '/admin/partners');
  await live(page);
  const row = agreement(page, '새봄가전');
  await expect(row).toContainText('bom@store.example');
  await expect(row.getByRole('img', { name: '서류 1' })).toBeVisible();
  await row.getByText('승인', { exact: true }).click();
  await snapshot(page, 'stores-applied');
  await wellMade(page);
  await row.getByRole('button', { name: '승인하기' }).click();
  await expect(page.getByText('새봄가전')).toHaveCount(0);

  await open(applicant, '/sign-in');
  await applicant.getByLabel('이메일').fill('bom@store.example');
  await applicant.getByLabel('비밀번호').fill('long-enough-2026');
  await applicant.getByRole('button', { name: '로그인하기' }).click();
  await expect(applicant).toHaveURL(/\/desk$/);
  await open(applicant, '/desk/partners');
  await expect(applicant.getByText('아직 거래처가 없어요')).toBeVisible();
  await snapshot(applicant, 'partners-none');
  await wellMade(applicant);

  // A store that is stopped is gone from the shop, and comes back.
  await page.getByRole('link', { name: /^거래 중/ }).click();
  const bada = agreement(page, '바다냉방');
  await bada.getByText('판매 멈추기').click();
  await bada.getByLabel('사유').fill('신고가 들어왔어요');
  await snapshot(page, 'stores-approved');
  await bada.getByRole('button', { name: '멈추기', exact: true }).click();
  await expect(page.getByText('바다냉방')).toHaveCount(0);
  await open(shopper, '/?q=내염');
  await expect(shopper.getByText('바다냉방')).toHaveCount(0);
  await page.getByRole('link', { name: /^멈춤/ }).click();
  await agreement(page, '바다냉방').getByText('다시 열기').first().click();
  await agreement(page, '바다냉방').getByRole('button', { name: '다시 열기' }).click();
  await expect(page.getByText('바다냉방')).toHaveCount(0);
});
