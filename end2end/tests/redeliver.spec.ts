import { GOODS, newMember, order, pay, status, travel } from '../support/shop.ts';
import { expect, open, test } from '../support/test.ts';

test('after a failed delivery the buyer chooses a day and mends the address', async ({ page, server }) => {
  await server.provider('PUT', '/carrier/sandbox/pace', { inTransitAfterMs: 60_000, outForDeliveryAfterMs: 600_000, deliveredAfterMs: 1_200_000 });
  try {
    await newMember(page);
    const number = await order(page, GOODS.filter);
    await pay(page, server, number);
    await server.advance('PT31M');
    await travel(server, 2);
    await open(page, `/orders/${number}`);
    const trackingNo = await page.getByText('운송장', { exact: true }).locator('xpath=following-sibling::*[1]').locator('.mono').innerText();
    await server.provider('POST', '/carrier/sandbox/script', { trackingNo, outcome: 'address', times: 1 });
    // The next try comes ten minutes after the failure: a page that lags a step behind still sees it.
    for (let step = 0; step < 15 && !(await page.getByText('배송 실패 1번').isVisible()); step += 1) await server.advance('PT2M');
    await expect(status(page)).toHaveText('배송 실패');
    await page.getByLabel('받을 날').selectOption({ index: 1 });
    await page.getByText('주소가 틀렸나요?').click();
    await page.getByLabel('주소', { exact: true }).fill('서울 종로구 사직로 161, 3층');
    await page.getByRole('button', { name: '이날 다시 받기' }).click();
    await expect(page.getByText('서울 종로구 사직로 161, 3층')).toBeVisible();
    await expect(page.getByText('다시 배송할 날', { exact: true })).toBeVisible();
    await server.advance('PT1H');
    await expect(status(page), 'not before that day').toHaveText('배송 실패');
    // Long enough for the morning of that day, whatever time of day it is now.
    await server.advance('P3D');
    await expect(status(page)).toHaveText('배송 완료');
  } finally {
    await server.provider('PUT', '/carrier/sandbox/pace', { inTransitAfterMs: 5_000, outForDeliveryAfterMs: 10_000, deliveredAfterMs: 20_000 });
  }
});
