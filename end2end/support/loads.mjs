// Prints what a browser loads for an address, a path to a line: `node support/loads.mjs http://127.0.0.1:3000/`
import { chromium } from '@playwright/test';

const address = process.argv[2];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] });
const page = await browser.newPage({ locale: 'ko-KR' });
const loaded = new Set();
page.on('request', (request) => loaded.add(new URL(request.url()).pathname));
await page.goto(address, { waitUntil: 'networkidle' });
await browser.close();
console.log([...loaded].join('\n'));
