import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

/** Every visible element with text of its own whose contrast to what lies behind it is below 4.5:1 (WCAG 2.2, 1.4.3). */
async function faintTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const parse = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (color: string) => {
      const [red = 0, green = 0, blue = 0] = parse(color).map((channel) => {
        const share = channel / 255;
        return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const backgroundOf = (start: Element) => {
      for (let node: Element | null = start; node; node = node.parentElement) {
        const color = getComputedStyle(node).backgroundColor;
        if (parse(color)[3] !== 0) return color;
      }
      return 'rgb(255, 255, 255)';
    };
    const faint: string[] = [];
    for (const node of document.querySelectorAll('body *')) {
      const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent?.trim());
      if (!own || !node.checkVisibility()) continue;
      const [a, b] = [luminance(getComputedStyle(node).color), luminance(backgroundOf(node))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5)
        faint.push(`${node.className || node.tagName} ${ratio.toFixed(2)}: ${node.textContent}`);
    }
    return faint;
  });
}

describe('the look', () => {
  it.each(['light', 'dark'] as const)(
    'keeps a contrast of 4.5 to 1 in the %s scheme',
    async (colorScheme) => {
      opened = await openReport(browser, scenario(), { colorScheme });
      await opened.page.click('#filter button:has-text("Open all")');

      expect(await faintTexts(opened.page)).toEqual([]);
    },
  );

  it('differs between light and dark', async () => {
    const paper = async (colorScheme: 'light' | 'dark') => {
      const { page, close } = await openReport(browser, scenario(), { colorScheme });
      const color = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      await close();
      return color;
    };

    expect([await paper('light'), await paper('dark')]).toEqual(['rgb(255, 255, 255)', 'rgb(23, 25, 28)']);
  });

  it('never says severity by colour alone', async () => {
    opened = await openReport(browser, scenario());

    const labels = await opened.page.$$eval('.severity', (nodes) =>
      nodes.map((node) => [node.textContent?.trim(), node.querySelectorAll('svg use').length] as const),
    );

    expect(labels.length).toBeGreaterThan(5);
    expect(labels.filter(([word, shapes]) => !word || shapes !== 1)).toEqual([]);
  });

  it('prints black on white, everything that matters open, without navigation', async () => {
    opened = await openReport(browser, scenario(), { colorScheme: 'dark', javaScriptEnabled: false });
    const { page } = opened;

    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const style = await page.evaluate(() => {
      const { backgroundColor, color } = getComputedStyle(document.body);
      return { backgroundColor, color };
    });
    const symptom = await page.locator('.cause .rows > li').first().boundingBox();

    expect(style).toEqual({ backgroundColor: 'rgb(255, 255, 255)', color: 'rgb(0, 0, 0)' });
    expect(symptom?.height).toBeGreaterThan(20);
    expect(await page.locator('.sections').isVisible()).toBe(false);
    expect((await page.pdf()).byteLength).toBeGreaterThan(10_000);
  });
});
