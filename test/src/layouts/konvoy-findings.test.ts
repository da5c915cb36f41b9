import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { collectors } from '../../../collectors/index.ts';
import { analyzeInputs } from '../../../src/analysis.ts';
import type { Report } from '../../../src/model/report.ts';
import { subjectKey } from '../../../src/model/subject.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { cuts } from '../../support/damaged.ts';
import { type FakeCluster, fakeKube } from '../../support/fake-kube.ts';
import {
  type KonvoyArchives,
  konvoyArchive,
  konvoyCluster,
  konvoyNode,
  status,
} from '../../support/konvoy-archive.ts';
import { expectLess } from '../../support/report-comparison.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';

function analyze(...bundles: Buffer[]): Promise<Report> {
  const inputs = bundles.map((bytes) => {
    const file = join(temporaryFolder(), '20260301T120000.tar.gz');
    writeFileSync(file, bytes);
    return file;
  });
  return analyzeInputs(inputs, { analyzers, collectors });
}

async function own(cluster: FakeCluster): Promise<Report> {
  const { result } = await collectBundle(fakeKube(cluster), collectors);
  return analyzeInputs([result.file], { analyzers, collectors });
}

function findingsOf({ findings }: Report, left: ReadonlySet<string>) {
  return findings
    .filter(({ analyzerId }) => !left.has(analyzerId) && !analyzerId.startsWith('collection/'))
    .map(({ analyzerId, messageId, severity, fingerprint, subject }) => ({
      analyzerId,
      messageId,
      severity,
      fingerprint,
      subject: subjectKey(subject),
    }));
}

function withoutNeeds({ results }: Report): Set<string> {
  const missing = results.filter(({ unseen }) => unseen.some((gap) => gap.outcome === 'absent-from-layout'));
  return new Set(missing.map(({ analyzerId }) => analyzerId));
}

describe('the same cluster as a Konvoy diagnostic archive', () => {
  it('gives the same findings, except what the layout cannot hold', async () => {
    const cluster = await troubledCluster(['other', 'shop']);

    const [ours, theirs] = [
      await own(cluster),
      await analyze(konvoyArchive({ 'cluster-data': konvoyCluster(cluster) })),
    ];

    const left = withoutNeeds(theirs);
    expect(theirs.bundles[0]).toMatchObject({ layout: 'konvoy', complete: true });
    expect(findingsOf(theirs, left)).toEqual(findingsOf(ours, left));
    expect(findingsOf(theirs, left).length).toBeGreaterThan(4);
    expectLess(theirs, ours);
  });

  it('cut anywhere accuses nothing more', async () => {
    const cluster = await troubledCluster(['shop']);
    const bytes = konvoyArchive({ 'cluster-data': konvoyCluster(cluster) });
    const whole = await analyze(bytes);

    for (const cut of cuts(bytes, 5).slice(0, 4)) expectLess(await analyze(cut), whole);
  });
});

/** Nodes of AWS are named by a host name, the archive by the address. */
const NAMES = { 'ip-10-0-0-3.test': '10.0.0.3', 'ip-10-0-0-4.test': '10.0.0.4' };

function troubledNodes(): KonvoyArchives {
  const [sound = [], troubled = []] = Object.entries(NAMES).map(([name, address], index) => {
    const files = konvoyNode(name, address);
    if (index === 0) return Object.entries(files);
    const facts = { ...JSON.parse(files['ansible_facts.json']!), swaptotal_mb: 2047 };
    return Object.entries({
      ...files,
      'ansible_facts.json': JSON.stringify(facts),
      'timedatectl.txt': files['timedatectl.txt']!.replace('synchronized: yes', 'synchronized: no'),
      'kubelet.service.status.txt': status(
        'kubelet',
        'activating (auto-restart) (Result: exit-code)',
      ).replace('24h ago', '6s ago'),
      'kubelet.service.log': `${files['kubelet.service.log']}Mar 01 11:59:49 ${name} kubelet[2112]: E0301 11:59:49.120334    2112 server.go:292] "Failed to run kubelet" err="failed to run Kubelet: running with swap on is not supported, please disable swap or set --fail-swap-on flag to false"\n`,
      'dmesg.txt': `${files['dmesg.txt']}[812345.678901] EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm kubelet: reading directory lblock 0\n[812346.000000] Buffer I/O error on dev sda1, logical block 0, lost async page write\n`,
    });
  });
  return { 'master_10.0.0.3': sound, 'worker_10.0.0.4': troubled };
}

function clusterOf(ready: boolean) {
  const items = Object.entries(NAMES).map(([name, address]) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: name, creationTimestamp: '2026-02-01T00:00:00Z' },
    status: {
      addresses: [{ type: 'InternalIP', address }],
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'Unknown',
          reason: ready ? 'KubeletReady' : 'NodeStatusUnknown',
          lastHeartbeatTime: '2026-03-01T11:59:00Z',
          lastTransitionTime: '2026-02-28T12:00:00Z',
        },
      ],
    },
  }));
  return [['api-resources/nodes.yaml', JSON.stringify({ apiVersion: 'v1', kind: 'List', items })]] as const;
}

describe('node files of a Konvoy diagnostic archive', () => {
  it.each([
    ['alone, under the names their facts tell', troubledNodes()],
    [
      'with the cluster, under the names of the Nodes',
      { ...troubledNodes(), 'cluster-data': clusterOf(false) },
    ],
  ])('are judged %s', async (_name, archives) => {
    const report = await analyze(konvoyArchive(archives));

    const said = report.findings.map(({ analyzerId, messageId, subject }) => {
      const name = 'external' in subject ? `external ${subject.name}` : `${subject.kind} ${subject.name}`;
      return `${analyzerId} ${messageId}: ${name}`;
    });
    expect(said).toEqual(
      expect.arrayContaining([
        'node/settings-unsuitable swapOn: Node ip-10-0-0-4.test',
        'node/service-restarting kubeletDown: Node ip-10-0-0-4.test',
      ]),
    );
    const down = report.findings.find(({ messageId }) => messageId === 'kubeletDown');
    expect(down?.values.detail).toContain('running with swap on is not supported');
    expect(said.filter((line) => /10\.0\.0\.\d/.test(line))).toEqual([]);
    expect(said.filter((line) => line.startsWith('node/') && line.includes('ip-10-0-0-3'))).toEqual(
      said.filter((line) => line.startsWith('node/not-ready') && line.includes('ip-10-0-0-3')),
    );
    expect(report.results.filter((one) => one.status === 'error')).toEqual([]);
  });
});
