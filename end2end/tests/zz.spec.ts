import { test } from '../support/test.ts';
test('debug', async ({ page, server }) => {
  await page.goto('/');
  await page.waitForTimeout(3000);
  console.log(await page.evaluate(async () => { const s = document.querySelector('link[rel=modulepreload]') as HTMLLinkElement; const w = document.querySelector('link[rel=preload]') as HTMLLinkElement; try { const m = await import(s.href); const e = await m.default({module_or_path: w.href}); return Object.keys(e).join() + '\n' + String(await m.hydrate()); } catch (e) { return 'ERR ' + e; } }));
});
