import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import { analyzeStore, artifactsOf } from '../../src/analyze/analyze.ts';
import { readInputs } from '../../src/analyze/read-inputs.ts';
import { certificates } from '../../src/artifacts/certificates.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals } from '../../src/model/artifact.ts';
import type { Report } from '../../src/model/report.ts';
import { json } from '../../src/report/formats/json.ts';
import { certificatePem } from '../support/certificates.ts';
import { collectBundle } from '../support/collect-bundle.ts';
import { fakeKube } from '../support/fake-kube.ts';
import { expectLess } from '../support/report-comparison.ts';
import { troubledCluster } from '../support/shop-cluster.ts';
import { troubleshootArchive } from '../support/troubleshoot-bundle.ts';
import { temporaryFolder } from './bundle/bundle-fixture.ts';

const TEXTS = {
  title: 'A witness',
  description: 'Says whether all was seen.',
  references: ['none'],
} as const;

const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'));
const isReport = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** Analyzers that find nothing: whatever they are given, they pass once they have seen it all. */
const WITNESSES = [
  defineAnalyzer({
    meta: { id: 'test/needs-documents', ...TEXTS, messages: {} },
    needs: { certificates },
    analyze: () => undefined,
  }),
  defineAnalyzer({
    meta: { id: 'test/needs-logs', ...TEXTS, messages: {} },
    needs: {
      logs: logSignals({ component: { id: 'any' }, patterns: { panic: { any: ['panic: runtime'] } } }),
    },
    analyze: () => undefined,
  }),
];

async function analyzed(file: string): Promise<Report> {
  return analyzeInputs([file], { analyzers, collectors });
}

function statuses({ results }: Pick<Report, 'results'>): string[] {
  return results.map(({ status }) => status);
}

async function witnessed(file: string): Promise<string[]> {
  const { store } = await readInputs([file], artifactsOf(WITNESSES));
  return statuses(analyzeStore(store, WITNESSES));
}

/** Own, packed again as one member, without gzip, and of another tool. */
const BUNDLES = {
  'a bundle of ours': async () => ownBytes(),
  'a bundle of ours packed again': async () => gzipSync(gunzipSync(await ownBytes())),
  'a bundle of ours without gzip': async () => gunzipSync(await ownBytes()),
  'a troubleshoot support bundle': async () => troubleshootArchive(await troubledCluster(['other', 'shop'])),
};

async function ownBytes(): Promise<Buffer> {
  const chain = [await certificatePem('cluster.test', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')];
  const kube = fakeKube({ ...(await troubledCluster(['other', 'shop'])), handshake: { chain } });
  const bundle = await collectBundle(kube, collectors);
  return readFileSync(bundle.result.file);
}

/** Whether a bundle without a footer of ours has lost nothing but padding or the checksum of its gzip. */
function isAllThere(bytes: Buffer, length: number): boolean {
  if (readsAsOurs(bytes)) return false;
  const left = bytes.subarray(0, length);
  const tar = bytes[0] === 0x1f ? gunzipSync(left, { finishFlush: constants.Z_SYNC_FLUSH }) : left;
  return tar.subarray(-1024).every((byte) => byte === 0);
}

function readsAsOurs(bytes: Buffer): boolean {
  return bytes.subarray(-42).includes('KC');
}

/** Lengths spread over the file, with more of its last bytes, where manifest, footer and checksum are. */
function lengths(size: number, places: number): number[] {
  const spread = Array.from({ length: places }, (_, index) => 1 + Math.floor((index * (size - 60)) / places));
  const end = Array.from({ length: 60 }, (_, index) => size - 60 + index);
  return [...spread, ...end.filter((_, index) => index % 6 === 0 || index > 55)];
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

    for (const length of lengths(bytes.length, 24)) {
      writeFileSync(file, bytes.subarray(0, length));
      const report = await analyzed(file);

      expect(isReport(JSON.parse(json(report))), JSON.stringify(isReport.errors)).toBe(true);
      expectLess(report, full);
      expect(statuses(report)).not.toContain('error');
      if (isAllThere(bytes, length)) continue;
      expect(report.bundles[0], `cut at ${length} of ${bytes.length}`).toMatchObject({ complete: false });
      expect(report.bundles[0]?.incompleteReason).toMatch(/\w/);
      most = Math.max(most, report.findings.length);
    }
    // Some findings need the whole of what the manifest covers, and it stands at the end.
    expect(most).toBeGreaterThan(full.findings.length / 2);
  });

  it('is what stands before the damage when a byte in the middle is another one', async () => {
    const bytes = await ownBytes();
    const file = join(temporaryFolder(), 'damaged.tar.gz');
    writeFileSync(file, bytes);
    const full = await analyzed(file);

    for (const share of [0.3, 0.5, 0.8]) {
      const damaged = Buffer.from(bytes);
      damaged.fill(0xff, Math.floor(bytes.length * share), Math.floor(bytes.length * share) + 8);
      writeFileSync(file, damaged);
      const report = await analyzed(file);

      expect(isReport(JSON.parse(json(report))), JSON.stringify(isReport.errors)).toBe(true);
      expect(report.bundles[0]).toMatchObject({ layout: 'kubecase', complete: false });
      expect(report.bundles[0]?.incompleteReason).toMatch(/damaged|is missing|ends early/);
      expectLess(report, full);
    }
  });

  it('passes nothing that rests on logs or documents, since some of them may be lost', async () => {
    const bytes = await ownBytes();
    const file = join(temporaryFolder(), 'cut.tar.gz');
    writeFileSync(file, bytes);
    expect(await witnessed(file)).toEqual(['pass', 'pass']);

    // The last entry and the footer stay out of it: with the manifest it is known that nothing is lost.
    for (const length of lengths(bytes.length - 300, 24)) {
      writeFileSync(file, bytes.subarray(0, length));

      expect(await witnessed(file), `cut at ${length} of ${bytes.length}`).toEqual(['unknown', 'unknown']);
    }
  });
});
