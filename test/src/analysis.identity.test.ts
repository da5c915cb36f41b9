import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import { json } from '../../src/report/formats/json.ts';
import { collectBundle } from '../support/collect-bundle.ts';
import { fakeKube } from '../support/fake-kube.ts';
import { troubledCluster } from '../support/shop-cluster.ts';
import { writeTree } from '../support/unpack.ts';
import { temporaryFolder } from './bundle/bundle-fixture.ts';
import { TAR_END, tarEntry } from './bundle/tar-bytes.ts';

async function reportOf(...inputs: readonly string[]): Promise<string> {
  return json(await analyzeInputs(inputs, { analyzers, collectors }));
}

async function bundleOf(...namespaces: readonly string[]) {
  return collectBundle(fakeKube(await troubledCluster(namespaces)), collectors);
}

it('the same bundle gives the same report, whatever its name, folder and turn', async () => {
  const { file } = (await bundleOf('other', 'shop')).result;
  const copy = join(temporaryFolder(), 'another name.tgz');
  copyFileSync(file, copy);

  const first = await reportOf(file);
  await reportOf((await bundleOf('shop')).result.file);

  expect(await reportOf(file)).toBe(first);
  expect(await reportOf(copy)).toBe(first);
  expect(first).not.toContain(temporaryFolder().replace(/-[^-]*$/, ''));
});

it('a folder gives the findings, causes and results of the archive it was unpacked from', async () => {
  const bundle = await bundleOf('other', 'shop');
  const folder = writeTree(temporaryFolder(), bundle.entries);

  const packed = JSON.parse(await reportOf(bundle.result.file));
  const unpacked = JSON.parse(await reportOf(folder));

  for (const part of ['findings', 'results', 'diagnosis', 'facts', 'collection', 'unseen'])
    expect(unpacked[part], part).toEqual(packed[part]);
  expect(unpacked.bundles[0]).toMatchObject({ complete: true, size: 0, sha256: '' });
});

it('a bundle below another folder, and one packed again by another tool, give the same findings', async () => {
  const bundle = await bundleOf('other', 'shop');
  const outer = temporaryFolder();
  writeTree(join(outer, 'from-the-customer', 'kubecase'), bundle.entries);
  writeFileSync(join(outer, 'note.txt'), 'this is the bundle of our cluster');
  const packed = join(temporaryFolder(), 'again.tgz');
  const entries = [...bundle.entries].map(([path, text]) => tarEntry(`kubecase/${path}`, text));
  writeFileSync(packed, gzipSync(Buffer.concat([...entries, TAR_END])));
  const { findings } = JSON.parse(await reportOf(bundle.result.file));

  for (const input of [outer, packed]) {
    const report = JSON.parse(await reportOf(input));
    expect(report.bundles[0]).toMatchObject({ layout: 'kubecase', complete: true });
    expect(report.findings).toEqual(findings);
  }
});

it('the order of the registries does not show in the report', async () => {
  const { file } = (await bundleOf('shop')).result;
  const reversed = { analyzers: analyzers.toReversed(), collectors: collectors.toReversed() };

  const report = json(await analyzeInputs([file], reversed));

  expect(report).toBe(await reportOf(file));
});
