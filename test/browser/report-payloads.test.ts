import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAYLOADS, payloadReport } from '../support/payloads.ts';
import { launch, openReport } from './chromium.ts';

let browser: Browser;
let folder: string;

beforeAll(async () => {
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), 'kubecase-payloads-'));
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs in the page: opens everything that folds, asks for everything that is filled in later. */
function openAll(): void {
  for (const part of document.querySelectorAll('details')) part.open = true;
  for (const button of document.querySelectorAll('button')) button.click();
}

/** Runs in the page: everything of it that could run, load or lead somewhere. */
function active() {
  const all = [...document.querySelectorAll('*')];
  return {
    owned: (globalThis as { owned?: unknown }).owned,
    elements: all
      .map((element) => element.localName)
      .filter((name) =>
        /^(script|style|base|iframe|object|embed|svg|img|link|meta|form|textarea)$/.test(name),
      )
      .sort()
      .join(),
    handlers: all.flatMap((element) => element.getAttributeNames().filter((name) => name.startsWith('on'))),
    links: all
      .flatMap((element) => ['href', 'src', 'action', 'srcdoc'].map((name) => element.getAttribute(name)))
      .filter((address) => address !== null && !address.startsWith('#')),
    title: document.title,
  };
}

describe('a report of a hostile bundle in a browser', () => {
  it.each(Object.entries(PAYLOADS))('runs, loads and asks for nothing: %s', async (_name, payload) => {
    const plain = await openReport(browser, await payloadReport('plain-name', folder));
    await plain.page.evaluate(openAll);
    const expected = await plain.page.evaluate(active);
    await plain.close();

    const opened = await openReport(browser, await payloadReport(payload, folder));
    const { page, complaints, requests } = opened;
    await page.evaluate(openAll);
    await page.waitForTimeout(50);
    const found = await page.evaluate(active);
    const shown = await page.evaluate(() => document.body.innerText.length);

    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
    expect({ ...found, title: '' }).toEqual({ ...expected, title: '' });
    expect(page.url()).toMatch(/^file:/);
    expect(shown).toBeGreaterThan(1000);
    await opened.close();
  });
});
