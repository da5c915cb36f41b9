import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import {
  csiNodes,
  persistentVolumeClaims,
  persistentVolumes,
} from '../../src/artifacts/storage-resources.ts';
import { waitsForVolumes } from '../../src/derive/claim-users.ts';
import { conditionSince } from '../../src/derive/containers.ts';
import { claimRef, type PodClaim, podClaims } from '../../src/derive/pod-claims.ts';
import { hasEnded, isReady } from '../../src/derive/pod-readiness.ts';
import { storageDrivers } from '../../src/derive/storage-drivers.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Collection, Input, ItemOf } from '../../src/model/artifact.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** A node that has just come registers its drivers within this time. */
const REGISTERED_SECONDS = 120;

const FARGATE_DRIVER = 'efs.csi.aws.com';

const WAITS = {
  severity: 'critical',
  effect: 'volume-not-attached',
  explains: [{ effect: 'pod-not-starting', via: ['used-by', 'same-object'] }],
  key: ['driver'],
  groupBy: ['driver', 'node'],
} as const;
const BY_NODE = { level: 'certain', reason: 'the CSINode of the node lacks the driver' } as const;

export const csiDriverMissing = defineAnalyzer({
  meta: {
    id: 'storage/csi-driver-missing',
    title: 'Storage driver missing on a node',
    description: 'Nodes with pods whose volumes need a CSI driver that is not registered or not ready there.',
    messages: {
      notInstalled: {
        ...WAITS,
        confidence: BY_NODE,
        text: '{pod:object} waits on {node:object} for a volume of the driver `{driver:text}`, which is not registered there; no pod of the driver runs on that node.',
        remedy: [
          {
            text: 'See why the DaemonSet of the driver has no pod there: node selector, tolerations, or an image for this architecture. If the driver is not installed at all, install it.',
            argv: ['kubectl', 'get', 'csinode', '{node.name}', '-o', 'yaml'],
          },
        ],
      },
      pluginNotReady: {
        ...WAITS,
        confidence: {
          level: 'likely',
          reason: 'the pod is known as the node plugin by the path it registers',
        },
        text: '{pod:object} waits on {node:object} for a volume of the driver `{driver:text}`, whose pod there is not ready ({plugin:object}).',
        remedy: [
          {
            text: 'Mend the pod of the driver on that node.',
            argv: ['kubectl', 'describe', 'pod', '{plugin.name}', '-n', '{plugin.namespace}'],
          },
        ],
      },
      notRegistered: {
        ...WAITS,
        confidence: BY_NODE,
        text: '{pod:object} waits on {node:object} for a volume of the driver `{driver:text}`, which is not registered there.',
        remedy: [
          {
            text: 'Look at the node-driver-registrar container of the driver on that node: its socket path has to lie below the root directory of the kubelet (`--root-dir`).',
            argv: ['kubectl', 'get', 'csinode', '{node.name}', '-o', 'yaml'],
          },
        ],
      },
      lostWhileInUse: {
        severity: 'warning',
        confidence: BY_NODE,
        text: '{count:count} running pods on {node:object} use volumes of the driver `{driver:text}`, which is no longer registered there: they run on, but cannot be ended or started anew.',
        remedy: [
          {
            text: 'Let the node plugin of the driver run on that node again before its pods are moved or restarted.',
            argv: ['kubectl', 'get', 'csinode', '{node.name}', '-o', 'yaml'],
          },
        ],
        key: ['driver'],
        explains: [{ effect: 'pod-not-terminating', via: ['runs'] }],
      },
    },
    checks: {
      registered: {
        item: 'Driver of the volumes is registered',
        expected: 'named in the CSINode',
        found: '`{driver:text}` on `{node:text}`',
      },
    },
    references: [
      'https://kubernetes-csi.github.io/docs/csi-node-object.html',
      'kubernetes/kubernetes pkg/volume/csi: driver name … not found in the list of registered CSI drivers',
    ],
  },
  needs: {
    pods,
    csiNodes,
    volumes: persistentVolumes,
    claims: persistentVolumeClaims,
    drivers: storageDrivers,
  },
  analyze(inputs, context) {
    for (const { driver, node, users } of demands(inputs)) {
      const found = inputs.csiNodes.lookup({ name: node });
      if (found.state === 'unseen') continue;
      const item = found.state === 'present' ? found.item : undefined;
      const registered = item?.spec.drivers?.some(({ name }) => name === driver) === true;
      const waiting = users.filter((pod) => waitsForVolumes(pod) && isSettled(pod, context));
      const shown = item
        ? context.at(item, '/spec')
        : context.absent({ artifact: csiNodes, scope: CLUSTER_SCOPE, name: node });
      const plugin = inputs.drivers.get(driver).nodePlugins.find((pod) => pod.spec?.nodeName === node);
      if (registered && (!plugin || isReady(plugin) || waiting.length === 0)) {
        const subject = nodeRef(node);
        context.looked({ check: 'registered', values: { driver, node }, subject });
      } else if (waiting.length > 0) {
        for (const pod of waiting) reportWaiting(pod, { driver, plugin, shown }, { inputs, context });
      } else if (item && isRegisteredElsewhere(driver, inputs.csiNodes.items))
        reportInUse(users, { driver, node, shown }, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof csiDriverMissing.meta.messages,
  NonNullable<typeof csiDriverMissing.meta.checks>
>;
interface Sources {
  readonly pods: Input<typeof pods>;
  readonly volumes: Collection<ItemOf<typeof persistentVolumes>>;
  readonly claims: Collection<ItemOf<typeof persistentVolumeClaims>>;
  readonly drivers: Input<typeof storageDrivers>;
}
interface Demand {
  readonly driver: string;
  readonly node: string;
  readonly users: PodItem[];
}

/** Which drivers the pods of each node need. */
function demands(sources: Sources): Iterable<Demand> {
  const found = new Map<string, Demand>();
  for (const pod of sources.pods.items) {
    const node = pod.spec?.nodeName;
    if (!node || hasEnded(pod)) continue;
    for (const driver of new Set(driversOf(pod, sources))) {
      getOrCreate(found, `${node} ${driver}`, () => ({ driver, node, users: [] })).users.push(pod);
    }
  }
  return found.values();
}

function driversOf(pod: PodItem, sources: Sources): string[] {
  const inline = (pod.spec?.volumes ?? []).flatMap(({ csi }) => (csi ? [csi.driver] : []));
  const claimed = podClaims(pod).map((claim) => driverOf(claim, sources));
  return [...inline, ...claimed.filter((driver) => driver !== undefined)];
}

function driverOf(ref: PodClaim, { volumes, claims }: Sources): string | undefined {
  const claim = claims.lookup(ref);
  const name = claim.state === 'present' ? claim.item.spec?.volumeName : undefined;
  const volume = name ? volumes.lookup({ name }) : undefined;
  return volume?.state === 'present' ? volume.item.spec?.csi?.driver : undefined;
}

/**
 * Where no node registers a driver, it serves its volumes without. Fargate's nodes mount EFS by themselves
 * and never register its driver (https://docs.aws.amazon.com/eks/latest/userguide/efs-csi.html).
 */
function isRegisteredElsewhere(driver: string, all: readonly ItemOf<typeof csiNodes>[]): boolean {
  return (
    driver !== FARGATE_DRIVER && all.some(({ spec }) => spec.drivers?.some(({ name }) => name === driver))
  );
}

function isSettled(pod: PodItem, { age }: Context): boolean {
  const since = conditionSince(pod, 'PodScheduled', 'True') ?? pod.metadata.creationTimestamp;
  return isOlder(age(since, pod), REGISTERED_SECONDS) === true;
}

function nodeRef(name: string): ObjectRef {
  return { group: '', kind: 'Node', name };
}

function reportWaiting(
  pod: PodItem,
  { driver, plugin, shown }: { driver: string; plugin: PodItem | undefined; shown: EvidenceRef },
  { inputs, context }: { inputs: Sources; context: Context },
): void {
  const node = nodeRef(pod.spec?.nodeName ?? '');
  const values = { pod: subjectOf(pod), node, driver };
  const claim = podClaims(pod).find((one) => driverOf(one, inputs) === driver);
  const since = conditionSince(pod, 'PodScheduled', 'True');
  const common = {
    // The claim rather than the pod: what ails the pod would seem to explain this, and not the reverse.
    subject: claim ? claimRef(claim) : values.pod,
    evidence: [shown, context.at(pod, '/spec/volumes')] as const,
    related: [node, ...(plugin ? [subjectOf(plugin)] : [])],
    ...(since ? { since } : {}),
  };
  if (plugin && !isReady(plugin)) {
    const said = { ...values, plugin: subjectOf(plugin) };
    context.report({ message: 'pluginNotReady', values: said, ...common });
  } else {
    const message = !plugin && inputs.drivers.complete ? 'notInstalled' : 'notRegistered';
    context.report({ message, values, ...common });
  }
}

function reportInUse(
  users: readonly PodItem[],
  { driver, node, shown }: { driver: string; node: string; shown: EvidenceRef },
  context: Context,
): void {
  const running = users.filter((pod) => pod.status?.phase === 'Running');
  const [first] = running;
  if (!first) return;
  context.report({
    message: 'lostWhileInUse',
    values: { count: running.length, node: nodeRef(node), driver },
    subject: nodeRef(node),
    evidence: [shown, context.at(first, '/spec/volumes')],
    related: running.slice(0, 20).map((pod) => subjectOf(pod)),
  });
}
