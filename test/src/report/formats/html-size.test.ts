import { describe, expect, it } from 'vitest';
import type { Report } from '../../../../src/model/report.ts';
import { html } from '../../../../src/report/formats/html.ts';
import { type LargeShape, largeReport } from '../../../support/large-report.ts';

const MEGABYTE = 1_000_000;

function cpuSeconds(report: Report): number {
  const before = process.cpuUsage();
  html(report);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

describe('html of 50,000 findings', () => {
  it.each<LargeShape>(['standing alone', 'symptoms of one cause'])('stays under 10 MB when %s', (shape) => {
    const page = html(largeReport(50_000, shape));

    expect(Buffer.byteLength(page) / MEGABYTE).toBeLessThan(10);
  });

  it('takes time in proportion to their number', () => {
    const small = largeReport(10_000, 'standing alone');
    const large = largeReport(50_000, 'standing alone');
    html(small);

    // Five times as many; a square law would take twenty-five times as long.
    expect(cpuSeconds(large) / cpuSeconds(small)).toBeLessThan(12);
  });
});
