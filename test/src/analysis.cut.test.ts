import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import { certificates } from '../../src/artifacts/certificates.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals } from '../../src/model/artifact.ts';
import type { Report } from '../../src/model/report.ts';
import { json } from '../../src/report/formats/json.ts';
import { collectBundle } from '../support/collect-bundle.ts';
import { fakeKube } from '../support/fake-kube.ts';
import { expectLess } from '../support/report-comparison.ts';
import { troubledCluster } from '../support/shop-cluster.ts';
import { troubleshootArchive } from '../support/troubleshoot-bundle.ts';
import { temporaryFolder } from './bundle/bundle-fixture.ts';

const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'));
const isReport = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** Analyzers that find nothing: whatever they are given, they pass once they have seen it all. */
const WITNESSES = [
  defineAnalyzer({
    meta: { ...texts('test/needs-documents'), messages: {} },
    needs: { certificates },
    analyze: () => undefined,
  }),
  defineAnalyzer({
    meta: { ...texts('test/needs-logs'), messages: {} },
    needs: { logs: logSignals({ component: {}, patterns: { panic: { any: ['panic: runtime'] } } }) },
    analyze: () => undefined,
  }),
];

function texts<const I extends string>(id: I) {
  return { id, title: 'A witness', description: 'Says whether everything was seen.', references: [] };
}

async function analyzed(file: string): Promise<Report> {
  return analyzeInputs([file], { analyzers, collectors });
}

function statuses({ results }: Report): string[] {
  return results.map(({ status }) => status);
}

/** Own, packed again as one member, without gzip, and of another tool. */
const BUNDLES = {
  'a bundle of ours': async () => ownBytes(),
  'a bundle of ours packed again': async () => gzipSync(gunzipSync(await ownBytes())),
  'a bundle of ours without gzip': async () => gunzipSync(await ownBytes()),
  'a troubleshoot support bundle': async () => troubleshootArchive(await troubledCluster(['other', 'shop'])),
};

async function ownBytes(): Promise<Buffer> {
  const bundle = await collectBundle(fakeKube(await troubledCluster(['other', 'shop'])), collectors);
  return readFileSync(bundle.result.file);
}

/** Lengths spread over the file, the border of each tar block of its beginning, and every byte of the end. */
function lengths(size: number, places: number): number[] {
  const spread = Array.from({ length: places }, (_, index) => 1 + Math.floor((index * (size - 60)) / places));
  const end = Array.from({ length: 60 }, (_, index) => size - 60 + index);
  return [...spread, ...end.filter((_, index) => index % 3 === 0 || index > 40)];
}

describe('an analysis of what is left of a cut bundle', () => {
  it.each(Object.entries(BUNDLES))('is a valid report, marked partial: %s', async (_name, make) => {
    const bytes = await make();
    const file = join(temporaryFolder(), 'cut');
    writeFileSync(file, bytes);
    const full = await analyzed(file);
    expect(full.bundles[0]?.complete).toBe(true);
    expect(full.findings.length).toBeGreaterThan(4);
    let most = 0;

    for (const length of lengths(bytes.length, 40)) {
      writeFileSync(file, bytes.subarray(0, length));
      const report = await analyzed(file);

      expect(isReport(JSON.parse(json(report))), JSON.stringify(isReport.errors)).toBe(true);
      expectLess(report, full);
      expect(statuses(report)).not.toContain('error');
      if (isWholeBut(bytes, length)) continue;
      expect(report.bundles[0], `cut at ${length} of ${bytes.length}`).toMatchObject({ complete: false });
      expect(report.bundles[0]?.incompleteReason).toMatch(/\w/);
      most = Math.max(most, report.findings.length);
    }
    expect(most).toBe(full.findings.length);
  });

  /** A tar may end after its two blocks of zeros, whatever its gzip says; padding behind them is no content. */
  function isWholeBut(bytes: Buffer, length: number): boolean {
    return bytes[0] !== 0x1f && bytes.subarray(length - 1024).every((byte) => byte === 0);
  }

  it('passes nothing that rests on logs or documents, since some of them may be lost', async () => {
    const bytes = await ownBytes();
    const file = join(temporaryFolder(), 'cut.tar.gz');
    const registries = { analyzers: WITNESSES, collectors };
    writeFileSync(file, bytes);
    expect(statuses(await analyzeInputs([file], registries))).toEqual(['pass', 'pass']);

    // The last entry and the footer stay out of it: with the manifest it is known that nothing is lost.
    for (const length of lengths(bytes.length - 300, 60)) {
      writeFileSync(file, bytes.subarray(0, length));
      const report = await analyzeInputs([file], registries);

      expect(statuses(report), `cut at ${length} of ${bytes.length}`).toEqual(['unknown', 'unknown']);
    }
  });
});
