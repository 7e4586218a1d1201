import { readFile } from 'node:fs/promises';
import { GOODS, newMember, order, pay, signIn } from '../support/shop.ts';
import { flaws, rawKeys, runsOut, snapshot } from '../support/look.ts';
import { expect, open, test } from '../support/test.ts';

test('several orders at once, what is looked for, and the same as a file', async ({ page, visitor, server }) => {
  const buyer = await visitor();
  await newMember(buyer);
  const numbers: string[] = [];
  for (const units of [1, 2, 3]) {
    const number = await order(buyer, GOODS.cover, units);
    await pay(buyer, server, number);
    numbers.push(number);
  }
  await signIn(page, server, 'hanbit-manager@jumun.example', '/desk/boards/orders');

  // Looked for: an amount, and whom it is for.
  await page.getByText('걸러 보기', { exact: true }).first().click();
  await page.getByLabel('최소 금액').fill('70,000');
  await page.getByLabel('구매자').fill('나회원');
  await page.getByRole('button', { name: '걸러 보기' }).click();
  await expect(page).toHaveURL(/least=70/);
  await expect(page.getByRole('link', { name: numbers[0]! })).toHaveCount(0);
  await expect(page.getByRole('link', { name: numbers[2]! })).toBeVisible();
  await expect(page.getByText('2개 조건')).toBeVisible();
  await snapshot(page, 'board-filtered');
  expect(await flaws(page)).toEqual([]);
  expect(await rawKeys(page)).toEqual([]);
  expect(await runsOut(page)).toBe('');

  // The same as a file, for either program.
  const csv = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  const text = await readFile((await (await csv).path())!, 'utf8');
  expect(text.charCodeAt(0)).toBe(0xfeff);
  expect(text).toContain('주문번호,접수,');
  expect(text).toContain(numbers[2]!);
  expect(text).not.toContain(numbers[0]!);
  const xlsx = page.waitForEvent('download');
  await page.getByRole('link', { name: '엑셀' }).click();
  expect((await readFile((await (await xlsx).path())!)).subarray(0, 2).toString()).toBe('PK');

  // Two are ticked and begun together, one of them with the keys alone.
  await page.getByLabel(`${numbers[1]} 고르기`).check();
  await page.locator('h1').click();
  await page.keyboard.press('j');
  const first = page.locator('tbody tr').first().getByRole('checkbox');
  const was = await first.isChecked();
  await page.keyboard.press('x');
  await expect(first).toBeChecked({ checked: !was });
  await first.setChecked(false);
  await page.getByLabel(`${numbers[1]} 고르기`).check();
  await page.getByLabel(`${numbers[2]} 고르기`).check();
  await page.getByRole('button', { name: '상품 준비 시작' }).click();
  await expect(page.getByText('2건을 처리했어요.')).toBeVisible();
  await expect(page.getByRole('link', { name: numbers[2]! })).toHaveCount(0);
  await open(page, '/desk/boards/preparing');
  await expect(page.getByRole('link', { name: numbers[1]! })).toBeVisible();
  await page.getByLabel('모두 고르기').check();
  await expect(page.getByLabel(`${numbers[1]} 고르기`)).toBeChecked();
  await snapshot(page, 'board-bulk');
});
