import { apiServerVersion } from '../../src/artifacts/api-server-version.ts';
import { type KonvoyCluster, konvoyCluster } from '../../src/artifacts/konvoy-cluster.ts';
import { konvoyInventory } from '../../src/artifacts/konvoy-inventory.ts';
import { clusterAddons } from '../../src/artifacts/konvoy-resources.ts';
import { nodes } from '../../src/artifacts/resources.ts';
import { konvoyAddons } from '../../src/derive/konvoy-addons.ts';
import { konvoyHosts, POOL_LABEL } from '../../src/derive/konvoy-hosts.ts';
import { parseKubernetesVersion } from '../../src/derive/kubernetes-version.ts';
import { ALL_NODES, lostDocuments } from '../../src/derive/machines.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type DocumentItem, type Inputs, optional } from '../../src/model/artifact.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { type ObjectRef, type Subject, subjectOf } from '../../src/model/subject.ts';

const COMPARED = { level: 'certain', reason: 'the files of Konvoy and the cluster are compared' } as const;
/** Versions change with this flag only; without it Konvoy fails, from 1.5 on it asks. */
const UPGRADE = ['konvoy', 'up', '--upgrade'] as const;
const RUN = {
  text: 'Bring the cluster to what the files say; `konvoy check` shows the difference without a change.',
  argv: ['konvoy', 'up'],
} as const;
const API_SERVER: Subject = { external: 'host', name: 'API server' };

const needs = {
  clusters: optional(konvoyCluster),
  inventories: optional(konvoyInventory),
  hosts: konvoyHosts,
  addons: optional(konvoyAddons),
  nodes,
  versions: optional(apiServerVersion),
};

export const configurationDiffers = defineAnalyzer({
  meta: {
    id: 'konvoy/configuration-differs',
    title: 'Cluster differs from the files of Konvoy',
    description:
      'Addons, versions and machines of cluster.yaml and inventory.yaml that are not there, or are there otherwise.',
    messages: {
      addonMissing: {
        severity: 'warning',
        confidence: COMPARED,
        text: 'cluster.yaml enables {addon:object}, and the cluster does not have it.',
        remedy: [{ text: 'Deploy the addons.', argv: ['konvoy', 'deploy', 'addons'] }],
        check: 'addon',
      },
      addonLeft: {
        severity: 'info',
        confidence: COMPARED,
        text: 'cluster.yaml disables {addon:object}, and the cluster still has it.',
        remedy: [
          { text: 'Konvoy removes no addon by itself: delete the addon when nothing needs it any more.' },
        ],
        check: 'addon',
      },
      serverVersionDiffers: {
        severity: 'warning',
        confidence: COMPARED,
        text: 'cluster.yaml asks for Kubernetes {wanted:text}, and the API server is of {found:text}.',
        remedy: [
          {
            text: 'An upgrade that was not run, or not to its end: read the output of its last run, then run it again.',
            argv: UPGRADE,
          },
        ],
        check: 'serverVersion',
      },
      nodeVersionDiffers: {
        severity: 'info',
        confidence: COMPARED,
        text: 'cluster.yaml asks for Kubernetes {wanted:text}, and the kubelet of {node:object} is of {found:text}.',
        remedy: [{ text: 'Workers may be behind while an upgrade goes on; go on with it.', argv: UPGRADE }],
        groupBy: ['found'],
        check: 'nodeVersion',
      },
      nodeMissing: {
        severity: 'warning',
        confidence: COMPARED,
        text: 'inventory.yaml has {host:object} ({group:text}), and no node of the cluster is that machine.',
        remedy: [
          {
            text: 'A machine that is to be a node: see why it did not join. One that was replaced: take its line out of inventory.yaml.',
          },
          RUN,
        ],
        check: 'node',
      },
      nodeNotInInventory: {
        severity: 'info',
        confidence: COMPARED,
        text: '{node:object} is not in inventory.yaml: Konvoy neither checks nor upgrades it.',
        remedy: [
          {
            text: 'Nodes made by an autoscaler are none of the inventory. Otherwise add it, or remove the node that is left over.',
          },
        ],
        check: 'node',
      },
      poolShort: {
        severity: 'warning',
        confidence: COMPARED,
        text: 'cluster.yaml asks for {wanted:count} machines in pool `{pool:text}`, and the cluster has {found:count} nodes of it.',
        remedy: [
          {
            text: 'See which machines the cloud did not make or which did not join; another run makes those that are missing.',
            argv: RUN.argv,
          },
        ],
        key: ['pool'],
      },
    },
    checks: {
      addon: {
        checklist: 'check-addons',
        item: 'Addon is as in cluster.yaml',
        expected: 'there when enabled',
        found: 'there',
      },
      serverVersion: {
        checklist: 'check-kubernetes',
        item: 'Kubernetes version of cluster.yaml',
        expected: 'that of the API server',
        found: '{found:text}',
      },
      nodeVersion: {
        checklist: 'check-kubernetes',
        item: 'Kubernetes version of cluster.yaml',
        expected: 'that of the kubelet',
        found: '{found:text}',
      },
      node: {
        checklist: 'check-kubernetes',
        item: 'Machine of inventory.yaml is a node',
        expected: 'one node for each machine',
        found: 'node {name:text}',
      },
    },
    references: [
      'konvoy check kubernetes: nodes equal the inventory, versions equal cluster.yaml',
      'konvoy check addons: addons are as in cluster.yaml',
      'konvoy.mesosphere.io/v1alpha1 to v1beta2: ClusterProvisioner, ClusterConfiguration',
    ],
  },
  needs,
  appliesTo({ clusters, inventories }) {
    if (clusters.items.length + inventories.items.length > 0) return true;
    const lost = lostDocuments(clusters) ?? lostDocuments(inventories);
    if (lost) return { applies: 'unseen', gaps: [lost] };
    return { applies: false, reason: 'neither cluster.yaml nor inventory.yaml of Konvoy was given' };
  },
  analyze(inputs, context) {
    // Of the copy in an archive and a file given beside it the file has the word.
    const cluster = inputs.clusters.items.at(-1);
    if (cluster) {
      compareAddons(cluster, inputs, context);
      compareVersions(cluster, inputs, context);
      comparePools(cluster, inputs, context);
    }
    compareHosts(inputs, context);
    return undefined;
  },
});

type Given = Inputs<typeof needs>;
type Context = AnalyzeContext<
  typeof configurationDiffers.meta.messages,
  NonNullable<typeof configurationDiffers.meta.checks>
>;

function compareAddons(cluster: DocumentItem<KonvoyCluster>, { addons }: Given, context: Context): void {
  const [gap] = addons.gaps;
  for (const [index, { name, enabled }] of cluster.value.addons.entries()) {
    const known = addons.named(name);
    const addon: ObjectRef = known
      ? subjectOf(known.item)
      : { group: 'kubeaddons.mesosphere.io', kind: 'Addon', name };
    const own = context.at(cluster, `/addons/${index}`);
    if (enabled && known) context.looked({ check: 'addon', values: {}, subject: addon, evidence: [own] });
    else if (enabled && gap) context.looked({ check: 'addon', unseen: gap, subject: addon, evidence: [own] });
    else if (enabled) {
      const absent = context.absent({ artifact: clusterAddons, scope: CLUSTER_SCOPE, name });
      context.report({ message: 'addonMissing', values: { addon }, subject: addon, evidence: [own, absent] });
    } else if (known) {
      const evidence = [own, context.at(known.item)] as const;
      context.report({ message: 'addonLeft', values: { addon }, subject: addon, evidence });
    }
  }
}

function compareVersions(
  cluster: DocumentItem<KonvoyCluster>,
  { versions, nodes: collection }: Given,
  context: Context,
): void {
  const wanted = cluster.value.kubernetesVersion;
  if (wanted === undefined) return;
  const own = context.at(cluster, '/kubernetesVersion');
  for (const document of versions.items) {
    const found = document.value.gitVersion;
    const subject = API_SERVER;
    if (isSame(wanted, found)) context.looked({ check: 'serverVersion', values: { found }, subject });
    else {
      const evidence = [own, context.at(document, '/gitVersion')] as const;
      context.report({ message: 'serverVersionDiffers', values: { wanted, found }, subject, evidence });
    }
  }
  for (const node of collection.items) {
    const found = node.status?.nodeInfo?.kubeletVersion;
    const subject = subjectOf(node);
    if (found === undefined) continue;
    if (isSame(wanted, found)) context.looked({ check: 'nodeVersion', values: { found }, subject });
    else {
      const evidence = [own, context.at(node, '/status/nodeInfo/kubeletVersion')] as const;
      const values = { wanted, found, node: subject };
      context.report({ message: 'nodeVersionDiffers', values, subject, evidence });
    }
  }
}

/** `1.18` without a patch is any of that minor; what cannot be read is not accused. */
function isSame(wanted: string, found: string): boolean {
  const [a, b] = [parseKubernetesVersion(wanted), parseKubernetesVersion(found)];
  if (!a || !b) return !b || found.replace(/^v/, '').startsWith(`${wanted.replace(/^v/, '')}.`);
  return a.major === b.major && a.minor === b.minor && a.patch === b.patch;
}

/** Machines by pool, where the cloud makes them and all nodes bear Konvoy's label. */
function comparePools(
  cluster: DocumentItem<KonvoyCluster>,
  { nodes: collection }: Given,
  context: Context,
): void {
  if (!collection.coverage.complete) return;
  const counts = new Map<string, number>();
  for (const { metadata } of collection.items) {
    const pool = metadata.labels?.[POOL_LABEL];
    if (pool === undefined) return;
    counts.set(pool, (counts.get(pool) ?? 0) + 1);
  }
  for (const [index, { name: pool, count: wanted }] of cluster.value.pools.entries()) {
    const found = counts.get(pool);
    // A pool without a node at all is one of machines that are none (bastions), or was removed.
    if (found === undefined || wanted === undefined || found >= wanted) continue;
    const absent = context.absent({ artifact: nodes, scope: CLUSTER_SCOPE });
    context.report({
      message: 'poolShort',
      values: { pool, wanted, found },
      subject: ALL_NODES,
      evidence: [context.at(cluster, `/pools/${index}`), absent],
    });
  }
}

function compareHosts({ hosts, nodes: collection, inventories }: Given, context: Context): void {
  if (!hosts) return;
  const found = new Set<object>();
  for (const { host, document, pointer, node } of hosts) {
    if (node) found.add(node);
    const subject: Subject = node ? subjectOf(node) : { external: 'machine', name: host.name };
    const evidence = [context.at(document, pointer)] as const;
    const [gap] = collection.coverage.gaps;
    if (node) {
      context.looked({ check: 'node', values: { name: node.metadata.name }, subject, evidence });
    } else if (gap) {
      context.looked({ check: 'node', unseen: gap, subject, evidence });
    } else {
      const absent = context.absent({ artifact: nodes, scope: CLUSTER_SCOPE, name: host.name });
      const values = { host: subject, group: host.group };
      context.report({ message: 'nodeMissing', values, subject, evidence: [...evidence, absent] });
    }
  }
  const inventory = inventories.items.at(-1);
  for (const node of collection.items) {
    if (found.has(node) || !inventory) continue;
    const subject = subjectOf(node);
    const evidence = [context.at(node, '/status/addresses'), context.at(inventory)] as const;
    context.report({ message: 'nodeNotInInventory', values: { node: subject }, subject, evidence });
  }
}
