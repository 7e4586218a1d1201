// Who works is told where he is: the messages that stores and installers get, read in the inbox of the notifier's stand-in.

import { GOODS, GUEST, newMember, order, pay, signIn } from '../support/shop.ts';
import { expect, live, test } from '../support/test.ts';
import type { Page } from '../support/test.ts';
import type { Server } from '../support/server.ts';

const RETAILER = 'hanbit-manager@jumun.example';
const WHOLESALER = 'garam-manager@jumun.example';
const PRO = { email: 'installer-pro@jumun.example', name: '노현석' };

/** What somebody was told of a title, newest first, once there is something. Leaves the inbox open. */
async function told(page: Page, server: Server, to: string, title: string, of: string): Promise<string> {
  const messages = page.getByRole('article').filter({ hasText: title }).filter({ hasText: of });
  await expect(async () => {
    await page.goto(`${server.card.providers}/notifier`);
    await page.getByLabel('받는 사람').fill(to);
    await page.getByRole('button', { name: '찾기' }).click();
    await expect(messages.first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await expect(messages, 'told once').toHaveCount(1);
  return messages.innerText();
}

/** The page that a message leads to. */
const way = (message: string): string => /https?:\/\/\S+/.exec(message)![0];

test('a store hears of an order and of a no, and an installer of a job: each where he is, with the way to it', async ({ page, visitor, server }) => {
  test.setTimeout(120_000);
  const [customer, worker, inbox] = [await visitor(), await visitor(), await visitor()];
  await newMember(customer);
  const number = await order(customer, GOODS.wall, 1, GUEST, true);
  await pay(customer, server, number);

  // The store opens what it was told of.
  const arrived = await told(inbox, server, RETAILER, '새 주문이 들어왔어요', number);
  expect(arrived).not.toContain(GUEST.phone);
  await signIn(page, server, RETAILER);
  await page.goto(way(arrived));
  await live(page);
  await expect(page).toHaveURL(new RegExp(`/desk/orders/${number}$`));
  await page.getByRole('button', { name: '상품 준비 시작' }).click();
  await page.getByRole('button', { name: '재고 할당' }).click();
  await expect(page.getByRole('button', { name: '재고 할당' })).toHaveCount(0);
  await page.getByRole('radio', { name: new RegExp(PRO.name) }).check();
  await page.getByRole('button', { name: '설치 기사 정하기' }).click();
  const job = (await page.getByRole('link', { name: PRO.name, exact: true }).getAttribute('href'))!.split('/').pop()!;

  // So does the installer, who knows his job by its own number.
  const asked = await told(inbox, server, PRO.email, '새 일이 들어왔어요', job);
  for (const secret of [number, GUEST.name, GUEST.phone, GUEST.address]) expect(asked).not.toContain(secret);
  await signIn(worker, server, PRO.email);
  await worker.goto(way(asked));
  await live(worker);
  await expect(worker).toHaveURL(new RegExp(`/jobs/${job}$`));
  await worker.getByText('맡지 않기', { exact: true }).first().click();
  await worker.getByLabel('사유').selectOption('busy');
  await worker.getByRole('button', { name: '맡지 않기' }).click();
  await expect(worker.locator('.job-state .badge').first()).toHaveText('거절');

  const declined = await told(inbox, server, RETAILER, '설치 기사가 맡지 않았어요', number);
  expect(way(declined)).toContain(`/desk/orders/${number}`);
  // The buyer's phone is told what is his: nothing of who was asked and said no.
  await inbox.getByLabel('받는 사람').fill(GUEST.phone);
  await inbox.getByRole('button', { name: '찾기' }).click();
  await expect(inbox.getByRole('article').filter({ hasText: number }).first()).toBeVisible();
  await expect(inbox.getByRole('article').filter({ hasText: /TPL-(DSK|JOB)/ })).toHaveCount(0);
});

test('a wholesaler is told what is ordered of him and says no where the message leads; the store reads it at its own order', async ({ page, visitor, server }) => {
  test.setTimeout(120_000);
  const [customer, wholesaler, inbox] = [await visitor(), await visitor(), await visitor()];
  await newMember(customer);
  const number = await order(customer, GOODS.cover, 1);
  await pay(customer, server, number);
  await signIn(page, server, RETAILER, `/desk/orders/${number}`);
  await page.getByRole('button', { name: '상품 준비 시작' }).click();
  await page.getByRole('radio', { name: /가람부품유통/ }).check();
  await page.getByRole('button', { name: '발주 넣기' }).click();
  const card = page.getByRole('region', { name: '주문 나무' }).getByRole('link', { name: /가람부품유통/ });
  const purchase = (await card.getAttribute('href'))!.split('/').pop()!;

  const asked = await told(inbox, server, WHOLESALER, '거래처가 발주했어요', purchase);
  expect(asked, 'nothing of whom it is for').not.toContain(number);
  await signIn(wholesaler, server, WHOLESALER);
  await wholesaler.goto(way(asked));
  await live(wholesaler);
  await wholesaler.getByText('거절·취소', { exact: true }).click();
  await wholesaler.getByLabel('사유').selectOption('out_of_stock');
  await wholesaler.getByRole('button', { name: '취소하기', exact: true }).click();
  const refused = await told(inbox, server, RETAILER, '거래처가 발주를 거절했어요', number);
  expect(refused).not.toContain(purchase);
  await page.goto(way(refused));
  await live(page);
  await expect(page.getByRole('heading', { name: number, level: 1 })).toBeVisible();
  await expect(page.getByRole('radio', { name: /가람부품유통/ }), 'where it is ordered elsewhere').toBeVisible();
});
