import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import type { Subject } from '../../src/model/subject.ts';
import { finding, logEvidence, report, reportOf } from '../support/report-builder.ts';
import { scenario } from '../support/report-scenario.ts';
import { launch, type OpenReport, openReport } from './chromium.ts';

const PAYLOADS = [
  '<script>document.title="owned"</script>',
  '</script><script>document.title="owned"</script>',
  '"><img src=x onerror="document.title=\'owned\'">',
  '<style>body{display:none}</style>',
  "javascript:alert('owned')",
  'a\u2028</pre><iframe src="https://kubecase.invalid/"></iframe>',
];

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

function hostile(payload: string): Report {
  const findings = Array.from({ length: 230 }, (_, index) => {
    const subject: Subject = { group: '', kind: 'Pod', namespace: payload, name: `${payload}${index}` };
    const evidence = logEvidence(`logs/${payload}/app.log`);
    const excerpt = { startLine: 1, mark: 0, lines: [payload, `${payload} again`] };
    return finding(`x-${index}`, {
      subject,
      values: { pod: subject, container: payload, code: index },
      evidence: [{ ...evidence, excerpt } as typeof evidence],
    });
  });
  return reportOf(findings, { cluster: { ...report().cluster, name: payload } });
}

describe('the page with scripts off', () => {
  it('still says causes, evidence, steps, what was not seen, checklists and facts', async () => {
    opened = await openReport(browser, scenario(), { javaScriptEnabled: false });
    const { page } = opened;
    const visible = [
      '.summaries > li:first-child .command',
      '#unseen .command >> nth=0',
      '#causes .excerpt >> nth=0',
      '#causes .steps >> nth=0',
      '#checklists td.state-bad',
      '#facts .bar >> nth=0',
      '#collection table >> nth=0',
      '#appendix table >> nth=0',
    ];

    const shown = await Promise.all(visible.map((selector) => page.locator(selector).isVisible()));

    expect(shown).toEqual(visible.map(() => true));
    expect(await page.locator('#filter').isVisible()).toBe(false);
    expect(await page.locator('button').count()).toBe(0);
  });

  it('unfolds symptoms by itself', async () => {
    opened = await openReport(browser, scenario(), { javaScriptEnabled: false });

    await opened.page.click('.cause summary:has-text("Explains 4 other findings")');

    expect(await opened.page.locator('.rows > li').first().isVisible()).toBe(true);
  });
});

describe('a payload in names and log lines', () => {
  it.each(PAYLOADS)('%j does nothing, in static and in made rows', async (payload) => {
    opened = await openReport(browser, hostile(payload));
    const { page, complaints, requests } = opened;

    await page.click('button:has-text("Show 30 more")');
    await page.click('#filter button:has-text("Open all")');
    await page.waitForTimeout(100);

    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
    expect(await page.title()).toMatch(/^kubecase report: /);
    expect(await page.locator('img, iframe, main script, main style').count()).toBe(0);
    expect(await page.locator('h1').isVisible()).toBe(true);
    expect(await page.locator('.cause').last().locator('h3').innerText()).toContain(
      payload.replace('\u2028', '\\u2028'),
    );
  });
});

describe('what the policy forbids', () => {
  it('does not run, even for a script that got into the page', async () => {
    opened = await openReport(browser, scenario());

    const ran = await opened.page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "owned"';
      document.body.append(script);
      return document.title === 'owned';
    });

    expect(ran).toBe(false);
    expect(opened.complaints.join('\n')).toContain('Content Security Policy');
  });

  it('is not loaded', async () => {
    opened = await openReport(browser, scenario());

    await opened.page.evaluate(() => {
      const image = document.createElement('img');
      image.src = 'http://127.0.0.1:9/x.png';
      document.body.append(image);
    });
    await opened.page.waitForTimeout(100);

    expect(opened.complaints.join('\n')).toContain('Content Security Policy');
  });
});
