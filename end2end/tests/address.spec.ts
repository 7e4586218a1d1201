import { GOODS, newMember, order, pay, status, travel } from '../support/shop.ts';
import { expect, open, test } from '../support/test.ts';

test('a buyer changes the address before the goods leave, and while the warehouse has them', async ({ page, server }) => {
  await newMember(page);
  const number = await order(page, GOODS.filter);
  await pay(page, server, number);
  await open(page, `/orders/${number}`);
  await page.getByText('받는 곳 바꾸기').click();
  await page.getByLabel('주소', { exact: true }).fill('서울 서초구 서초대로 74, 5층');
  await page.getByRole('button', { name: '이 주소로 보내기' }).click();
  await expect(page.getByText('서울 서초구 서초대로 74, 5층')).toBeVisible();

  await server.advance('PT31M');
  await expect(status(page)).toHaveText('발주 완료');
  await page.getByText('받는 곳 바꾸기').click();
  await page.getByLabel('주소', { exact: true }).fill('서울 마포구 월드컵북로 396, 2층');
  await page.getByRole('button', { name: '이 주소로 보내기' }).click();
  await expect(page.getByText('서울 마포구 월드컵북로 396, 2층')).toBeVisible();
  await travel(server, 8);
  await expect(status(page)).toHaveText('배송 완료');
  await expect(page.getByText('받는 곳 바꾸기')).toHaveCount(0);
});

test('an island costs more: at once before payment, once the difference is paid after it', async ({ page, server }) => {
  await newMember(page);
  const number = await order(page, GOODS.filter);
  await open(page, `/orders/${number}`);
  await page.getByText('받는 곳 바꾸기').click();
  await page.getByLabel('우편번호').fill('63309');
  await page.getByLabel('주소', { exact: true }).fill('제주 제주시 첨단로 213, 2층');
  await page.getByRole('button', { name: '이 주소로 보내기' }).click();
  await expect(page.getByText('제주 제주시 첨단로 213')).toBeVisible();
  await expect(page.getByRole('table', { name: '결제 금액' })).toContainText('5,000원');
  await pay(page, server, number);
  await open(page, `/orders/${number}`);
  const move = async (postcode: string, address: string): Promise<void> => {
    await page.getByText('받는 곳 바꾸기').click();
    await page.getByLabel('우편번호').fill(postcode);
    await page.getByLabel('주소', { exact: true }).fill(address);
    await page.getByRole('button', { name: '이 주소로 보내기' }).click();
  };
  await move('06236', '서울 강남구 강남대로 358');
  await expect(page.getByText('서울 강남구 강남대로 358')).toBeVisible();
  await server.advance('PT1M');
  await expect(page.getByText('5,000원 환불 완료', { exact: false }), 'the surcharge goes back').toBeVisible();
  await move('63309', '제주 제주시 첨단로 213');
  const due = page.locator('.gap', { hasText: '5,000원' });
  await expect(due).toBeVisible();
  await expect(page.getByText('서울 강남구 강남대로 358'), 'not before it is paid').toBeVisible();
  await due.getByRole('button', { name: '바꾸지 않기' }).click();
  await expect(due).toHaveCount(0);
});
