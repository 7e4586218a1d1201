// The test object of every spec: a server per worker, and pages that may not complain.

import { test as base, expect, type Page } from '@playwright/test';
import { Server } from './server.ts';

export { expect };
export type { Page };

/** What pages said that nobody expected. */
export class Watch {
  readonly complaints: string[] = [];
  /** The browser then refuses to load them, which is no fault. */
  withoutScripts = false;
  /** The test takes the connection away: what then does not arrive is no fault. */
  unreachable = false;
  private readonly expected: { status: number; path: RegExp }[] = [];
  private forgiven?: RegExp;

  constructor(private readonly origin: string) {}

  /** Answers with this status at these addresses belong to the test. */
  expect(status: number, path: RegExp): void {
    this.expected.push({ status, path });
  }

  /** What the console says of a fault the test makes itself. */
  forgive(words: RegExp): void {
    this.forgiven = words;
  }

  private isExpected(status: number, url: string): boolean {
    const path = url.slice(this.origin.length);
    return this.expected.some((rule) => rule.status === status && rule.path.test(path));
  }

  follow(page: Page): void {
    const ours = (url: string) => url.startsWith(`${this.origin}/`);
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      const where = message.location().url;
      // The sandboxes' pages are not ours to judge.
      if (where && !ours(where)) return;
      const status = /Failed to load resource: the server responded with a status of (\d+)/.exec(message.text());
      if (status && this.isExpected(Number(status[1]), where)) return;
      if (this.forgiven?.test(message.text())) return;
      if (this.unreachable && /net::ERR_(INTERNET_DISCONNECTED|CONNECTION_RESET|FAILED)/.test(message.text())) return;
      this.complaints.push(`console ${message.type()} on ${page.url()}: ${message.text()} (${where})`);
    });
    page.on('pageerror', (error) => this.complaints.push(`page error on ${page.url()}: ${error.message}`));
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      // A page that is left gives up what it was still fetching.
      if (why === 'net::ERR_ABORTED' || this.unreachable || (this.withoutScripts && why === 'csp')) return;
      if (ours(request.url())) this.complaints.push(`request failed: ${request.method()} ${request.url()}: ${why}`);
    });
    page.on('response', (response) => {
      if (ours(response.url()) && response.status() >= 400 && !this.isExpected(response.status(), response.url()))
        this.complaints.push(`${response.status()} ${response.request().method()} ${response.url()}`);
    });
  }
}

interface Each {
  /** Unexpected complaints of any page fail the test. */
  watch: Watch;
  /** Another visitor: a context of its own. */
  visitor: () => Promise<Page>;
}

interface Once {
  /** What the server is told beside where its data is. */
  flags: readonly string[];
  server: Server;
}

export const test = base.extend<Each, Once>({
  flags: [[], { scope: 'worker', option: true }],

  server: [
    async ({ flags }, use) => {
      const server = await Server.start(flags);
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],

  baseURL: async ({ server }, use) => use(server.base),

  watch: [
    async ({ server }, use) => {
      const watch = new Watch(server.base);
      await use(watch);
      expect(watch.complaints, 'no page complains').toEqual([]);
    },
    { auto: true },
  ],

  context: async ({ context, watch }, use) => {
    context.on('page', (page) => watch.follow(page));
    await context.addInitScript(markLive);
    await use(context);
  },

  visitor: async ({ browser, contextOptions, server, watch, locale, timezoneId, viewport, extraHTTPHeaders }, use) => {
    const contexts: { close(): Promise<void> }[] = [];
    await use(async () => {
      const context = await browser.newContext({ ...contextOptions, baseURL: server.base, locale, timezoneId, viewport, extraHTTPHeaders });
      contexts.push(context);
      context.on('page', (page) => watch.follow(page));
      await context.addInitScript(markLive);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
});

/** Sets `live` once the page listens: its router asks for `popstate`, and no module that the page needs is still on its way. */
function markLive(): void {
  let listens = false;
  let coming = 0;
  const look = () => {
    if (listens && coming === 0) setTimeout(() => setTimeout(() => coming === 0 && Object.assign(window, { live: true })));
  };
  const listen = window.addEventListener.bind(window) as (...all: unknown[]) => void;
  window.addEventListener = ((...all: unknown[]) => {
    listen(...all);
    if (all[0] === 'popstate') {
      listens = true;
      look();
    }
  }) as typeof window.addEventListener;
  const load = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = (...all: Parameters<typeof load>) => {
    coming += 1;
    const loaded = load(...all);
    const done = () => {
      coming -= 1;
      look();
    };
    loaded.then(done, done);
    return loaded;
  };
}

/** Waits until the page has become live. */
export async function live(page: Page): Promise<void> {
  await page.waitForFunction(() => (window as { live?: boolean }).live === true);
}

/** Does what sends a form and waits for its answer: whoever leaves the page before that may take the form along. */
export async function sent(page: Page, act: () => Promise<void>): Promise<void> {
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await act();
  await answered;
}

/** Does what brings a new document and waits until that one is live; the old one was all the time. */
export async function anew(page: Page, act: () => Promise<void>): Promise<void> {
  await page.evaluate(() => Object.assign(window, { old: true }));
  await act();
  await page.waitForFunction(() => !('old' in window) && (window as { live?: boolean }).live === true);
}

/** Opens an address and waits until the page is live. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await live(page);
}
