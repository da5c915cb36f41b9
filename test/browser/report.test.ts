import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { cause, finding, podRef, reportOf } from '../support/report-builder.ts';
import { scenario } from '../support/report-scenario.ts';
import { launch, type OpenReport, openReport } from './chromium.ts';

let browser: Browser;
let opened: OpenReport | undefined;

beforeAll(async () => {
  browser = await launch();
});

afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

afterAll(async () => {
  await browser?.close();
});

async function open(report: Report, options: Parameters<typeof openReport>[2] = {}) {
  opened = await openReport(browser, report, options);
  return opened;
}

/** A cause with so many symptoms that most have no static row. */
function manySymptoms(): Report {
  const root = finding('root', { fingerprint: 'root' });
  const symptoms = Array.from({ length: 450 }, (_, index) =>
    finding(`api-${index}`, {
      subject: podRef(`api-${index}`, index % 2 === 0 ? 'payments' : 'shop'),
      values: {
        pod: podRef(`api-${index}`, index % 2 === 0 ? 'payments' : 'shop'),
        container: 'app',
        code: index,
      },
    }),
  );
  const reach = { findings: 450, objects: 451, namespaces: 2 };
  return reportOf([root, ...symptoms], {
    diagnosis: { causes: [cause(root, { symptoms: symptoms.map(({ id }) => id), reach })] },
  });
}

describe('the page', () => {
  it('opens without a complaint and without a request', async () => {
    const { complaints, requests, page } = await open(scenario());

    await page.waitForTimeout(200);

    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
  });

  it('shows causes, the first command and what could not be seen on the first screen of a laptop', async () => {
    const { page } = await open(scenario(), { viewport: { width: 1280, height: 800 } });

    const bottoms = await page.$$eval(
      '.summaries > li:nth-child(-n+3) .statement, .summaries > li:first-child .command, #unseen-heading, .unseen > li:first-child',
      (nodes) => nodes.map((node) => node.getBoundingClientRect().bottom),
    );

    expect(bottoms).toHaveLength(6);
    expect(Math.max(...bottoms)).toBeLessThan(800);
  });

  it.each([1280, 390])('is never wider than a window of %d pixels', async (width) => {
    const { page } = await open(scenario(), { viewport: { width, height: 800 } });

    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  it('filters by text, namespace and severity, and says how many are left', async () => {
    const { page } = await open(scenario());
    const visible = () => page.locator('.cause:visible h3').count();
    const count = page.locator('#filter output');

    await page.fill('#filter input[name=text]', 'GW-CP');
    await expect.poll(() => count.textContent()).toBe('2 of 11 findings');
    expect(await visible()).toBe(1);
    await page.click('#filter button:has-text("Reset")');
    await expect.poll(visible).toBe(3);
    await page.selectOption('#filter select[name=namespace]', 'payments');
    await expect.poll(() => count.textContent()).toBe('4 of 11 findings');
    await page.selectOption('#filter select[name=severity]', 'info');
    await expect.poll(() => count.textContent()).toBe('No finding matches the filter.');
    expect(await visible()).toBe(0);
  });

  it('filters by node', async () => {
    const { page } = await open(scenario());

    await page.selectOption('#filter select[name=node]', 'worker-7.eu-central-1.compute.internal');

    await expect.poll(() => page.locator('.cause:visible').count()).toBe(1);
  });

  it('finds a finding that has no static row, and shows it', async () => {
    const { page } = await open(manySymptoms());
    await page.click('.cause summary:has-text("Explains 450 other findings")');

    await page.fill('#filter input[name=text]', 'code 431');

    await expect.poll(() => page.locator('.rows > li:visible').count()).toBe(1);
    expect(await page.locator('.rows > li:visible').innerText()).toContain(
      'Pod api-431 in namespace shop keeps restarting: container app exits with code 431.',
    );
  });

  it('renders the rest of a group on demand, worded as the static rows are', async () => {
    const { page } = await open(manySymptoms());
    await page.click('.cause summary:has-text("Explains 450 other findings")');
    const rows = page.locator('.group .rows > li');
    const shape = (text: string) => text.replace(/\d+/g, '#').replace(/\n+/g, '\n');

    expect(await rows.count()).toBe(200);
    await page.click('.group > button:has-text("Show 250 more")');
    expect(await rows.count()).toBe(400);
    await page.click('.group > button:has-text("Show 50 more")');
    expect(await rows.count()).toBe(450);
    expect(await page.locator('.group > button').isVisible()).toBe(false);
    expect(shape(await rows.nth(448).innerText())).toBe(shape(await rows.nth(198).innerText()));
  });

  it('renders causes beyond the static ones on demand, with their commands', async () => {
    const many = reportOf(Array.from({ length: 230 }, (_, index) => finding(`api-${index}`)));
    const { page, complaints } = await open(many);

    expect(await page.locator('.cause').count()).toBe(200);
    await page.click('button:has-text("Show 30 more")');
    const last = page.locator('.cause').last();

    expect(await page.locator('.cause').count()).toBe(230);
    expect(await last.locator('h3').innerText()).toContain(
      'Pod api-229 in namespace payments keeps restarting: container app exits with code 1.',
    );
    expect(await last.locator('.command code').innerText()).toBe(
      'kubectl logs -n payments api-229 -c app --previous',
    );
    expect(complaints).toEqual([]);
  });

  it('opens what a permalink leads to, folded or not', async () => {
    const { page } = await open(scenario(), { fragment: 'f-fp-api-6b7d-2' });

    expect(await page.locator('#f-fp-api-6b7d-2').isVisible()).toBe(true);
    await expect.poll(() => page.locator('#f-fp-api-6b7d-2').evaluate(isInView)).toBe(true);
  });

  it.each([
    ['a row', manySymptoms, 'f-fp-api-440', 'api-440'],
    [
      'a cause',
      () => reportOf(Array.from({ length: 230 }, (_, index) => finding(`api-${index}`))),
      'f-fp-api-229',
      'api-229',
    ],
  ])('makes %s a permalink leads to when it is not static', async (_, report, fragment, name) => {
    const { page } = await open(report(), { fragment });
    const target = page.locator(`#${fragment}`);

    expect(await target.isVisible()).toBe(true);
    expect(await target.innerText()).toContain(name);
  });

  it('follows links to analyzer pages and opens them', async () => {
    const { page } = await open(scenario());

    await page.click('a:has-text("About this finding: Data plane not connected")');

    expect(await page.locator('#page-kong-data-plane-not-connected pre').isVisible()).toBe(true);
  });

  it('copies a command as it must be typed', async () => {
    const { page } = await open(scenario(), { permissions: ['clipboard-read', 'clipboard-write'] });

    await page.locator('.summaries .command button').first().click();

    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toBe('kubectl describe node worker-7.eu-central-1.compute.internal');
  });

  it('completes a long table of facts on demand', async () => {
    const rows = Array.from({ length: 230 }, (_, index) => [`node-${index}`, index * 1000]);
    const columns = [
      { id: 'node', title: 'Node', tag: 'text' },
      { id: 'pods', title: 'Pods', tag: 'count' },
    ] as const;
    const { page } = await open(scenario({ facts: [{ id: 'n', title: 'Nodes', columns, rows }] }));
    await page.click('#facts summary');

    await page.click('#facts button:has-text("Show 30 more")');

    expect(await page.locator('#facts tbody tr').count()).toBe(230);
    expect(await page.locator('#facts tbody tr').last().innerText()).toBe('node-229\t229,000');
  });
});

/** Runs in the page. */
function isInView(node: Element): boolean {
  const { top } = node.getBoundingClientRect();
  return top >= 0 && top < innerHeight;
}
