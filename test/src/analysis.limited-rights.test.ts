import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import { requiredArtifacts } from '../../src/analyze/inputs.ts';
import type { Artifact } from '../../src/model/artifact.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { collectBundle } from '../support/collect-bundle.ts';
import { type FakeCluster, fakeKube } from '../support/fake-kube.ts';
import { limitedTo, SHOP_KINDS, troubledCluster } from '../support/shop-cluster.ts';

const NAMESPACES = ['kong', 'other', 'shop'];

async function analyzed(cluster: FakeCluster, namespaces: readonly string[] = []): Promise<Report> {
  const bundle = await collectBundle(fakeKube(cluster), collectors, { options: { namespaces } });
  return analyzeInputs([bundle.result.file], { analyzers, collectors });
}

/** What they are about is told by what this user sees: webhooks and namespaces, files given beside the bundle. */
const SEEN_ANYWAY = ['istio/sidecar-not-injected', 'konvoy/configuration-differs'];

/**
 * Analyzers that cannot do without objects of a kind the limited user may not list. Those of an extension
 * the cluster does not serve (Istio, Flux) are left out: that it is not there is seen without any right.
 */
const NEEDY = analyzers
  .filter(({ needs }) => {
    const required = requiredArtifacts(needs);
    return required.some(isServed) && !required.some(isOfExtension);
  })
  .map(({ meta }) => meta.id as string)
  .filter((id) => !SEEN_ANYWAY.includes(id));

/** Custom resources: groups with a domain other than Kubernetes' own. */
function isOfExtension(artifact: Artifact): boolean {
  return (
    artifact.type === 'resources' &&
    /\.(?!k8s\.io$)[^.]+\.[^.]+$/.test(`.${artifact.group}`) &&
    !isServed(artifact)
  );
}

function isServed(artifact: Artifact): boolean {
  return (
    artifact.type === 'resources' &&
    artifact.kind !== 'Namespace' &&
    SHOP_KINDS.some(({ group, kind }) => group === artifact.group && kind === artifact.kind)
  );
}

function namespaceOf({ subject }: Finding): string | undefined {
  return 'external' in subject ? undefined : subject.namespace;
}

function pathsOf({ evidence }: Finding): string[] {
  return evidence.flatMap((one) => (one.type === 'absent' ? one.searched.entries : [one.path]));
}

function accusations({ findings }: Report): Finding[] {
  return findings.filter(({ analyzerId }) => !analyzerId.startsWith('collection/'));
}

describe('a bundle taken with every right', () => {
  it('has findings in each namespace, so that the cases below can fail', async () => {
    const report = await analyzed(await troubledCluster(NAMESPACES));

    const found = new Set(accusations(report).map(namespaceOf));
    expect([...NAMESPACES, 'kube-system'].filter((namespace) => !found.has(namespace))).toEqual([]);
    expect(report.results.filter(({ status }) => status === 'error')).toEqual([]);
  });
});

describe.each([
  ['a bundle taken with rights to one namespace of many', true, []],
  ['the same without the right to list namespaces', false, []],
  ['a bundle of one namespace on request', true, ['shop']],
])('%s', (_name, mayListNamespaces, namespaces) => {
  async function limited(): Promise<Report> {
    const cluster = await troubledCluster(NAMESPACES);
    return analyzed(limitedTo(cluster, 'shop', { mayListNamespaces }), namespaces);
  }

  it('accuses nothing it could not see', async () => {
    const report = await limited();

    const found = accusations(report);
    expect(found.map(({ analyzerId }) => analyzerId)).toContain('workload/crash-loop');
    for (const finding of found) {
      expect(finding).toMatchObject({ subject: { namespace: 'shop' } });
      expect(pathsOf(finding).join(' ')).not.toMatch(/\/(other|kong|kube-system)[./]/);
    }
  });

  it('passes nothing it did not see and says what is missing', async () => {
    const report = await limited();

    const needy = report.results.filter(({ analyzerId }) => NEEDY.includes(analyzerId));
    expect(needy).toHaveLength(NEEDY.length);
    for (const { analyzerId, status, unseen } of needy) {
      expect(['fail', 'unknown'], `${analyzerId} is ${status}`).toContain(status);
      expect(unseen.length, analyzerId).toBeGreaterThan(0);
    }
  });

  it('names no object of another namespace as seen and fine', async () => {
    const report = await limited();

    for (const { tables } of report.checklists) {
      for (const { rows } of tables) {
        for (const { subject, state } of rows) {
          if (state === 'unseen' || 'external' in subject) continue;
          expect(subject.namespace).toBe('shop');
        }
      }
    }
  });
});
