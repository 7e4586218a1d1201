import { defineConfig } from '@playwright/test';

// Each worker has a server, a database and sandboxes of its own; see support/server.ts.
export default defineConfig({
  testDir: 'tests',
  outputDir: 'results',
  reporter: process.env.CI ? [['list'], ['html', { outputFolder: 'report', open: 'never' }]] : [['list']],
  workers: Number(process.env.JUMUN_E2E_WORKERS ?? 2),
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  // A shared machine stalls now and then; a test that needs its second try is reported as flaky.
  retries: process.env.CI ? 1 : 0,
  // Where a machine is slow everything still comes, later: these end a test that hangs, and are no measure of speed.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: {
    locale: 'ko-KR',
    timezoneId: 'Asia/Seoul',
    // A development build's module is some 30 MB; packing it for every page would take seconds.
    extraHTTPHeaders: { 'accept-encoding': 'identity' },
    viewport: { width: 1280, height: 900 },
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    screenshot: 'only-on-failure',
    // Tracing makes everything a good deal slower.
    trace: process.env.JUMUN_TRACE ? 'retain-on-failure' : 'off',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
