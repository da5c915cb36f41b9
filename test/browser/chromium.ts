import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Report } from '../../src/model/report.ts';
import { html } from '../../src/report/formats/html.ts';

/** Debian's package `chromium`; another browser by `KUBECASE_CHROMIUM`. */
export const CHROMIUM = process.env.KUBECASE_CHROMIUM ?? '/usr/bin/chromium';

/** What the suite says when it cannot run. */
export const MISSING = `The browser suite did not run: there is no Chromium at ${CHROMIUM}. Install it (Debian: apt-get install chromium) or name one with KUBECASE_CHROMIUM.`;

/** Nothing a browser does by itself may reach the network. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the browser; fails in plain words when there is none, so that no suite passes without one. */
export async function launch(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new Error(MISSING);
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
}

/** A report open in a page, with everything the page complained of or asked for. */
export interface OpenReport {
  readonly page: Page;
  /** Console errors and warnings, uncaught errors, dialogs. */
  readonly complaints: readonly string[];
  /** Requests beside the file itself. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Renders a report into a file and opens it as a reader would, by its file:// address. */
export async function openReport(
  browser: Browser,
  report: Report,
  options: BrowserContextOptions & { readonly fragment?: string } = {},
): Promise<OpenReport> {
  const folder = mkdtempSync(join(tmpdir(), 'kubecase-browser-'));
  const file = join(folder, 'report.html');
  writeFileSync(file, html(report));
  const address = pathToFileURL(file).href;
  const { fragment, ...contextOptions } = options;
  const context = await browser.newContext(contextOptions);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'log') complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== address) requests.push(request.url());
  });
  await page.goto(fragment === undefined ? address : `${address}#${fragment}`);
  return {
    page,
    complaints,
    requests,
    async close() {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
