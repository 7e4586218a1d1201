import { GOODS, GUEST, call, newMember, order, pay } from './shop.ts';
import type { Page } from './test.ts';
import type { Server } from './server.ts';

/** Of an order what these tests look at. */
export type Seen = {
  id: string;
  now: number;
  history: { event: string }[];
  fulfilments: { id: string; installer?: { number: string } }[];
  installers?: [string, { installer: string; name: string }[]][];
};

/** An order as whoever is signed in may see it. */
export const seen = async (page: Page, number: string) => (await (await page.request.get('/api/order', { params: { number } })).json()) as Seen;

/** An air conditioner with its installer on the morning of his visit; what comes before goes past the pages. */
export async function onTheDay(customer: Page, desk: Page, worker: Page, server: Server): Promise<{ number: string; job: string }> {
  await newMember(customer);
  const number = await order(customer, GOODS.wall, 1, GUEST, true);
  await pay(customer, server, number);
  const enter = (page: Page, email: string) => call(page, 'sign-in', { email, password: server.card.password, next: '/' });
  await enter(desk, 'hanbit-manager@jumun.example');
  await enter(worker, 'installer-seoul@jumun.example');
  const { id, fulfilments } = await seen(desk, number);
  const goods = { order: id, fulfilment: fulfilments[0]!.id };
  await call(desk, 'order-command', { ...goods, command: 'start-preparing' });
  await call(desk, 'order-command', { ...goods, command: 'allocate' });
  const who = (await seen(desk, number)).installers![0]![1].find((row) => row.name === '차강민')!;
  await call(desk, 'assign-installer', { ...goods, installer: who.installer });
  const job = (await seen(desk, number)).fulfilments[0]!.installer!.number;
  const task = await seen(worker, job);
  await call(worker, 'order-command', { order: task.id, command: 'accept-installation' });
  const on = new Date(task.now / 1000 + 9 * 3_600_000 + 86_400_000).toISOString().slice(0, 10);
  await call(worker, 'schedule-visit', { order: task.id, on, half: 'morning' });
  await call(desk, 'order-command', { ...goods, command: 'release' });
  await server.advance('PT24H');
  return { number, job };
}
