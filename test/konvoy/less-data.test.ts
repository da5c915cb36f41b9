import { expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { createOwners } from '../../src/analyze/identity.ts';
import { createInputs } from '../../src/analyze/inputs.ts';
import { runAnalyzer } from '../../src/analyze/run-analyzer.ts';
import type { Store } from '../../src/analyze/store.ts';
import { apiServerVersion } from '../../src/artifacts/api-server-version.ts';
import { etcdStatus } from '../../src/artifacts/etcd-status.ts';
import { memberListBody } from '../../src/artifacts/etcdctl-text.ts';
import { nodeFirewall } from '../../src/artifacts/node-firewall.ts';
import { SEVERITIES } from '../../src/model/message.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { subjectKey } from '../../src/model/subject.ts';
import { ago, anyObject, condition, deployment, node, pod } from '../support/builders.ts';
import { storeOf } from '../support/given.ts';
import { clusterFile, inventoryFile } from '../support/konvoy-files.ts';
import { nodeFile } from '../support/node-builders.ts';
import { withHalf, withHalfTheLogs, withoutArtifact } from '../support/reduced-store.ts';
import { addon, helmSecret, requires } from '../support/release-builders.ts';

const UNITS =
  /^konvoy\/|^kubernetes\/(?:helm|flux|managed)|^node\/(?:address|packet|processes|runtime-not|service-not)/;
const units = analyzers.filter(({ meta }) => UNITS.test(meta.id));
const FLUX = 'helm.toolkit.fluxcd.io/v2';
const failed = [condition('Ready', 'False', { reason: 'UpgradeFailed', lastTransitionTime: ago(3600) })];
const deploying = { status: { ready: false, stage: 'deploying' } };

function shown(name: string, image: string, ready: 'True' | 'False') {
  return pod(name, {
    metadata: { namespace: 'kubeaddons' },
    spec: { containers: [{ name: 'app', image }] },
    status: { conditions: [condition('Ready', ready, { lastTransitionTime: ago(3600) })] },
  });
}

function log(name: string, line: string) {
  const text = `${ago(60).replace('Z', '.0Z')} ${line}\n`.repeat(20);
  return { namespace: 'kubeaddons', pod: name, container: 'app', text };
}

const MEMBERS =
  '1d021ffdd096a804, started, cp-1, https://10.0.7.7:2380, https://10.0.7.7:2379\n40fd14fa28910cab, started, cp-2, https://10.0.1.5:2380, https://10.0.1.5:2379\n';

const store = storeOf(units, {
  objects: [
    addon('cert-manager', deploying),
    addon('traefik', { spec: requires('cert-manager'), ...deploying }),
    addon('kibana'),
    ...['web', 'api'].flatMap((name) => [helmSecret(name, 1, 'failed'), helmSecret(name, 2, 'deployed')]),
    helmSecret('db', 1, 'deployed'),
    helmSecret('db', 2, 'failed'),
    anyObject(FLUX, 'HelmRelease', 'traefik', 'kommander', { status: { conditions: failed } }),
    anyObject(FLUX, 'HelmRelease', 'dex', 'kommander', {
      spec: { dependsOn: [{ name: 'traefik' }] },
      status: { conditions: failed },
    }),
    anyObject('apps.kommander.d2iq.io/v1alpha3', 'AppDeployment', 'dex', 'kommander', {
      spec: { appRef: { kind: 'ClusterApp', name: 'dex-1.0.0' } },
    }),
    anyObject('apps.kommander.d2iq.io/v1alpha3', 'ClusterApp', 'dex-1.0.0', null),
    deployment('traefik', { metadata: { labels: { release: 'db' } }, status: { readyReplicas: 0 } }),
    ...['cp-1', 'cp-2', 'w-1'].map((name, index) =>
      node(name, {
        status: {
          addresses: [{ type: 'InternalIP', address: `10.0.1.${index + 2}` }],
          nodeInfo: { kubeletVersion: 'v1.18.10' },
        },
      }),
    ),
    shown('elasticsearch-0', 'docker.elastic.co/elasticsearch/elasticsearch:7.9.0', 'True'),
    shown('elasticsearch-1', 'docker.elastic.co/elasticsearch/elasticsearch:7.9.0', 'False'),
    shown('fluentbit-a', 'fluent/fluent-bit:1.5.6', 'True'),
    shown('kibana-a', 'docker.elastic.co/kibana/kibana:7.9.0', 'False'),
  ],
  documents: [
    clusterFile(),
    inventoryFile(),
    { artifact: apiServerVersion, scope: CLUSTER_SCOPE, bytes: JSON.stringify({ gitVersion: 'v1.18.10' }) },
    {
      artifact: etcdStatus,
      scope: { type: 'node', node: '10.0.1.2' },
      bytes: new TextDecoder().decode(memberListBody(new TextEncoder().encode(MEMBERS))),
    },
    nodeFile(nodeFirewall, '*filter\n:FORWARD DROP [1:2]\nCOMMIT\n', '10.0.1.4'),
  ],
  logs: [
    log('elasticsearch-0', 'flood stage disk watermark [95%] exceeded'),
    log('elasticsearch-1', 'started'),
    log('fluentbit-a', 'failed to flush chunk'),
  ],
});

function outcomes(of: Store) {
  const engine = { store: of, inputs: createInputs(of), owners: createOwners(of) };
  return new Map(units.map((unit) => [unit.meta.id, runAnalyzer(unit, engine)] as const));
}

const base = outcomes(store);

/** What is accused with less data that was not before, and what passes or errs that may not. */
function violations(less: Store): string[] {
  return [...outcomes(less)].flatMap(([id, { result, findings }]) => {
    const before = base.get(id)!;
    const rank = (severity: (typeof SEVERITIES)[number]) => SEVERITIES.indexOf(severity);
    const accused = findings
      .filter((one) => {
        const key = subjectKey(one.subject);
        return !before.findings.some(
          (known) => subjectKey(known.subject) === key && rank(known.severity) <= rank(one.severity),
        );
      })
      .map((one) => `${id}: new ${one.messageId} ${subjectKey(one.subject)}`);
    const kept = result.status === before.result.status || result.status === 'unknown';
    return kept ? accused : [...accused, `${id}: ${before.result.status} became ${result.status}`];
  });
}

it('nothing new is found with less of a Konvoy cluster', () => {
  const found: string[] = [];
  for (const id of [...store.resources.keys(), ...store.documents.keys(), 'logs']) {
    found.push(...violations(withoutArtifact(store, id)).map((one) => `without ${id}, ${one}`));
    if (store.resources.has(id))
      found.push(...violations(withHalf(store, id)).map((one) => `with half of ${id}, ${one}`));
  }
  found.push(...violations(withHalfTheLogs(store)).map((one) => `with half the logs, ${one}`));

  expect(found).toEqual([]);
  expect([...base.values()].filter(({ findings }) => findings.length > 0).length).toBeGreaterThan(6);
});
