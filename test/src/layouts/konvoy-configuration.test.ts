import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addonNotDeployed } from '../../../analyzers/konvoy/addon-not-deployed.ts';
import { configurationDiffers } from '../../../analyzers/konvoy/configuration-differs.ts';
import { analyzeInputs } from '../../../src/analysis.ts';
import { ago } from '../../support/builders.ts';
import { bitFlips, cuts } from '../../support/damaged.ts';
import { konvoyArchive, konvoyCluster } from '../../support/konvoy-archive.ts';
import { CLUSTER_YAML, INVENTORY_YAML } from '../../support/konvoy-files.ts';
import { addon } from '../../support/release-builders.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';
import { read } from './layout-fixture.ts';

const addonResource = {
  group: 'kubeaddons.mesosphere.io',
  version: 'v1beta2',
  versions: ['v1beta2'],
  singular: '',
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: ['list'],
  subresources: [],
};

function put(content: string | Buffer, name: string): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, content);
  return file;
}

function artifactsOf({ seen }: Awaited<ReturnType<typeof read>>): unknown[] {
  return JSON.parse(JSON.stringify(seen));
}

describe('the configuration of Konvoy', () => {
  it.each([
    ['cluster.yaml', CLUSTER_YAML, 'konvoy-cluster'],
    ['inventory.yaml', INVENTORY_YAML, 'konvoy-inventory'],
    ['a copy of another name', CLUSTER_YAML, 'konvoy-cluster'],
  ])('is known by its content: %s', async (name, text, artifact) => {
    const found = await read(put(text, name));
    expect(found.reading.layout.id).toBe('konvoy-configuration');
    expect(JSON.stringify(artifactsOf(found))).toContain(artifact);
    expect(JSON.stringify(artifactsOf(found))).not.toMatch(/hunter2|abcdef0123456789/);
  });

  it('is none when it is of kubeadm, an object of the API, or another inventory', async () => {
    const kubeadm = 'apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\n';
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\n';
    for (const text of [kubeadm, pod])
      expect((await read(put(text, 'cluster.yaml'))).reading.layout.id).toBe('kubectl-get');
    await expect(read(put('web:\n  hosts:\n    a: {}\n', 'inventory.yaml'))).rejects.toThrow();
  });

  it.each([
    ['as inputs of their own', []],
    [
      'inside the archive',
      [
        ['cluster.yaml', CLUSTER_YAML],
        ['inventory.yaml', INVENTORY_YAML],
      ] as const,
    ],
  ])('is compared with the cluster, %s', async (_name, inside) => {
    const archive = konvoyArchive({
      'cluster-data': [...konvoyCluster(await troubledCluster(['shop'])), ...inside],
    });
    const inputs = [put(archive, 'bundle.tar.gz')];
    if (inside.length === 0)
      inputs.push(put(CLUSTER_YAML, 'cluster.yaml'), put(INVENTORY_YAML, 'inventory.yaml'));
    const report = await analyzeInputs(inputs, { analyzers: [configurationDiffers], collectors: [] });
    const told = report.findings.map(({ messageId, subject }) => `${messageId} ${subject.name}`);
    expect(told).toContain('nodeMissing 10.0.1.2');
    expect(JSON.stringify(report)).not.toMatch(/hunter2|abcdef0123456789/);
  });

  it('is compared with the addons of the archive, of which one is not ready', async () => {
    const resources = [
      ['Addon', 'addons'],
      ['ClusterAddon', 'clusteraddons'],
    ].map(([kind = '', plural = '']) => ({ ...addonResource, kind, plural }));
    const addons = [
      addon('traefik', { status: { ready: false, stage: 'deploying' } }),
      // The newest time in the archive tells when it was made.
      addon('newest', { metadata: { creationTimestamp: ago(0) } }),
    ];
    const archive = konvoyArchive({ 'cluster-data': konvoyCluster({ objects: addons, resources }) });
    const yaml = CLUSTER_YAML.replace('name: dex\n      enabled: false', 'name: dex\n      enabled: true');
    const report = await analyzeInputs([put(archive, '20260301T120000.tar.gz'), put(yaml, 'cluster.yaml')], {
      analyzers: [configurationDiffers, addonNotDeployed],
      collectors: [],
    });

    expect(report.findings.map(({ messageId, subject }) => `${messageId} ${subject.name}`).sort()).toEqual([
      'addonMissing dex',
      'notDeployed traefik',
    ]);
  });

  it('cut or damaged anywhere never stops the analysis of the rest', async () => {
    for (const text of [CLUSTER_YAML, INVENTORY_YAML]) {
      const whole = Buffer.from(text);
      for (const bytes of [...cuts(whole, 20), ...bitFlips(whole, 20)]) {
        const found = await read(put(bytes, 'damaged.yaml')).catch((error: Error) => error);
        if (found instanceof Error) expect(found.name).toBe('UserError');
      }
    }
  });
});
