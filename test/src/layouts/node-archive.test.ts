import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { certificates } from '../../../collectors/certificate/certificates.ts';
import { resources } from '../../../collectors/kubernetes/resources.ts';
import { analyzeInputs } from '../../../src/analysis.ts';
import type { Report } from '../../../src/model/report.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { apiResource, COMMON_KINDS, fakeKube } from '../../support/fake-kube.ts';
import { unpackTar } from '../../support/node-archive-folder.ts';
import {
  createNodeRoot,
  NODE_NAMED_SECRET,
  NODE_SECRETS,
  type NodeRoot,
  runNodeScript,
} from '../../support/node-root.ts';

let root: NodeRoot;
const folder = mkdtempSync(join(tmpdir(), 'kubecase-archive-'));
const archive = join(folder, 'cp-1.tar.gz');

beforeAll(async () => {
  root = await createNodeRoot();
  expect(runNodeScript(['--output', archive], { root: root.path }).code).toBe(0);
});

afterAll(() => rmSync(folder, { recursive: true }));

function analyze(...inputs: string[]): Promise<Report> {
  return analyzeInputs(inputs, { analyzers, collectors: [] });
}

describe('a node archive', () => {
  it('is analyzed alone, under its node, at its own time', async () => {
    const report = await analyze(archive);

    expect(report.bundles).toMatchObject([{ layout: 'node-archive', name: 'node cp-1', complete: true }]);
    expect(report.cluster.observed).toMatchObject({ source: 'collector', errorSeconds: 180 });
    const status = new Map(report.results.map((one) => [one.analyzerId, one.status]));
    expect([...status.values()]).not.toContain('error');
    expect(status.get('workload/crash-loop')).toBe('unknown');
    const accused = report.findings.map(({ subject }) => ('external' in subject ? '' : subject.name));
    expect(accused.filter((name) => name !== '' && name !== 'cp-1' && name !== 'etcd-cp-1')).toEqual([]);
  });

  it('has its gaps from its own record', async () => {
    const report = await analyze(archive);

    expect(report.collection.rows).toContainEqual(
      expect.objectContaining({
        artifact: 'node-containers',
        scope: { type: 'node', node: 'cp-1' },
        outcome: 'not-found',
      }),
    );
  });

  it('shows no secret in the report', async () => {
    const text = JSON.stringify(await analyze(archive));

    for (const secret of [...Object.values(NODE_SECRETS), NODE_NAMED_SECRET, ...root.keyLines])
      expect(text).not.toContain(secret);
  });

  it('unpacked to a folder gives the same findings', async () => {
    const [packed, unpacked] = await Promise.all([analyze(archive), analyze(unpackTar(archive))]);

    expect(unpacked.findings.map(({ id }) => id)).toEqual(packed.findings.map(({ id }) => id));
    expect(unpacked.cluster.observed).toEqual(packed.cluster.observed);
  });

  it('joins others and the bundle of the cluster', async () => {
    const second = join(folder, 'w-1.tar.gz');
    const other = await createNodeRoot();
    runNodeScript(['--output', second, '--node', 'w-1'], { root: other.path });
    const nodes = apiResource('', 'Node', 'nodes', { namespaced: false });
    const names = ['cp-1', 'w-1'];
    const objects = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'cluster-1' } },
      ...names.map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, uid: name } })),
    ];
    const kube = fakeKube({ resources: [...COMMON_KINDS, nodes], objects });
    const { result } = await collectBundle(kube, [resources, certificates]);

    const report = await analyze(archive, result.file, second);

    expect(report.bundles.map(({ layout }) => layout)).toEqual(['node-archive', 'kubecase', 'node-archive']);
    expect(report.cluster).toMatchObject({ id: 'cluster-1' });
    const gaps = report.results.flatMap(({ unseen }) => unseen ?? []);
    expect(JSON.stringify(gaps)).not.toContain('a node archive holds files of one node only');
  });
});
