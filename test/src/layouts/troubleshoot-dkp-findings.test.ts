import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { collectors } from '../../../collectors/index.ts';
import { analyzeInputs } from '../../../src/analysis.ts';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { convertBundles } from '../../../src/bundle/convert.ts';
import type { Report } from '../../../src/model/report.ts';
import { subjectKey } from '../../../src/model/subject.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { bitFlips, cuts } from '../../support/damaged.ts';
import {
  CRICTL_TABLE,
  collectorPod,
  type DkpExtras,
  dkpArchive,
  dkpFiles,
  expirationTable,
} from '../../support/dkp-bundle.ts';
import { type FakeCluster, fakeKube } from '../../support/fake-kube.ts';
import { expectLess } from '../../support/report-comparison.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';

function analyze(bytes: Buffer): Promise<Report> {
  const file = join(temporaryFolder(), 'support-bundle.tar.gz');
  writeFileSync(file, bytes);
  return analyzeInputs([file], { analyzers, collectors });
}

function dkp(cluster: FakeCluster, extras?: DkpExtras): Promise<Report> {
  return analyze(dkpArchive(dkpFiles(cluster, extras)));
}

async function own(cluster: FakeCluster): Promise<Report> {
  const { result } = await collectBundle(fakeKube(cluster), collectors);
  return analyzeInputs([result.file], { analyzers, collectors });
}

function findingsOf({ findings }: Report, left: ReadonlySet<string> = new Set()) {
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

describe('the same cluster as a DKP bundle', () => {
  it.each(['pod-logs', 'allPodLogs'])('gives the same findings, with its logs in %s', async (logs) => {
    const cluster = await troubledCluster(['other', 'shop']);

    const [ours, theirs] = [await own(cluster), await dkp(cluster, { logs })];

    const left = withoutNeeds(theirs);
    expect(theirs.bundles[0]).toMatchObject({ layout: 'troubleshoot', complete: true });
    expect(findingsOf(theirs, left)).toEqual(findingsOf(ours, left));
    expect(findingsOf(theirs, left).length).toBeGreaterThan(4);
    expectLess(theirs, ours);
  });

  it('quotes the log of a container under the names of its pod', async () => {
    const { findings } = await dkp(await troubledCluster(['shop']));

    const crash = findings.find(({ analyzerId }) => analyzerId === 'workload/crash-loop');
    expect(JSON.stringify(crash)).toContain('panic: runtime error: no database');
  });

  it('gives the same findings once it became a bundle of ours', async () => {
    const file = join(temporaryFolder(), 'support-bundle.tar.gz');
    writeFileSync(file, dkpArchive(dkpFiles(await troubledCluster(['shop']))));

    const converted = await convertBundles({
      inputs: [file],
      outputFile: join(temporaryFolder(), 'converted.tar.gz'),
      redaction: builtInRedaction(),
      tool: { name: 'kubecase', version: '0.0.0' },
      contentTypes: new Map(),
      now: () => new Date('2030-01-01T00:00:00Z'),
    });

    const [before, after] = [
      await analyzeInputs([file], { analyzers, collectors }),
      await analyzeInputs([converted.file], { analyzers, collectors }),
    ];
    expect(findingsOf(after)).toEqual(findingsOf(before));
    expect(JSON.stringify(after.findings)).toContain('panic: runtime error: no database');
  });

  it('damaged anywhere is analyzed without an error of ours', async () => {
    const nodes = { 'node-1/data/containers_crictl': CRICTL_TABLE, 'node-1/data/dmesg': '[1.0] x\n' };
    const bytes = dkpArchive(dkpFiles(await troubledCluster(['shop']), { nodes }));

    for (const damaged of bitFlips(bytes, 12)) {
      const report = await analyze(damaged).catch((error: unknown) => error as Error);
      if (report instanceof Error) expect(report).toMatchObject({ name: 'UserError' });
      else expect(report.results.filter(({ status }) => status === 'error')).toEqual([]);
    }
  });

  it('cut anywhere accuses nothing more', async () => {
    const bytes = dkpArchive(dkpFiles(await troubledCluster(['shop'])));
    const whole = await analyze(bytes);

    for (const cut of cuts(bytes, 4).slice(0, 3)) expectLess(await analyze(cut), whole);
  });
});

describe('files of nodes in a DKP bundle', () => {
  const dmesg =
    '[812345.678901] EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm kubelet: reading directory lblock 0\n[812346.000000] Buffer I/O error on dev sda1, logical block 0, lost async page write\n';

  it.each([
    ['by the name of the Node', 'node-1'],
    ['by its address, as SSH has it', '10.0.0.1_22'],
  ])('are judged, %s', async (_name, folder) => {
    const cluster = await troubledCluster(['shop']);
    const addresses = [{ type: 'InternalIP', address: '10.0.0.1' }];
    const objects = (cluster.objects ?? []).map((one) =>
      one.kind === 'Node' ? { ...one, status: { ...(one.status as object), addresses } } : one,
    );
    const nodes = {
      [`${folder}/data/dmesg`]: dmesg,
      [`${folder}/data/certs_expiration_kubeadm`]: expirationTable({ apiserver: 'Mar 03, 2026 12:00 UTC' }),
    };

    const report = await dkp({ ...cluster, objects }, { nodes });

    const said = findingsOf(report).map(({ messageId, subject }) => `${messageId} ${subject}`);
    expect(said).toContain('toldExpiresSoon /Node//node-1');
    expect(said.filter((line) => line.includes('10.0.0.1'))).toEqual([]);
    expect(report.findings.some(({ analyzerId }) => analyzerId === 'node/disk-errors')).toBe(true);
    expect(report.results.filter(({ status }) => status === 'error')).toEqual([]);
  });

  it('that are missing are one finding about the collection, with what helps', async () => {
    const waiting = { reason: 'ErrImagePull', message: 'dial tcp: lookup registry: no such host' };
    const status = { name: 'collector', image: 'registry/collector:v1', state: { waiting } };
    const nodes = {
      'node-1/file-copy-error.txt': '[now] failed to copy data from the pod container pause: not found',
      'node-1/pod-collector.json': collectorPod({ initContainerStatuses: [status] }),
    };

    const report = await dkp(await troubledCluster(['shop']), { nodes });

    const about = report.findings.filter(
      ({ analyzerId, values }) =>
        analyzerId === 'collection/incomplete' && /node|kubeadm/.test(String(values.what)),
    );
    expect(about.map(({ messageId, values }) => [messageId, values.what])).toEqual([
      ['failed', ['node-files']],
    ]);
    expect(JSON.stringify(about[0]?.values.reasons)).toContain('registry/collector:v1 could not be pulled');
  });
});
