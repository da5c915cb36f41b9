import { type NodeManifest, nodeManifests } from '../artifacts/node-manifests.ts';
import { nodeServices } from '../artifacts/node-services.ts';
import { type NodeItem, nodes, type PodItem, pods } from '../artifacts/resources.ts';
import type { Applicability } from '../model/analyzer.ts';
import { defineDerived, logSignals, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { LogOwner } from '../model/log-signals.ts';
import { CLUSTER_SCOPE, type Scope } from '../model/scope.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { clusterIdentity, type Flavour } from './cluster-identity.ts';
import { parseImage } from './image-reference.ts';

/** The components every cluster has once per control-plane node. */
export const CONTROL_PLANE_COMPONENTS = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'etcd',
] as const;
export type ControlPlaneComponent = (typeof CONTROL_PLANE_COMPONENTS)[number];

/** One instance of a component: a static pod, its manifest on a node alone, or a systemd unit. */
export interface ComponentInstance {
  readonly component: ControlPlaneComponent;
  readonly node?: string;
  readonly pod?: PodItem;
  /** Name of the systemd unit, when it runs as one. */
  readonly unit?: string;
  /** From the image's tag, e.g. `v1.34.1`, `3.5.15-0`; undefined for a digest and for units. */
  readonly version?: string;
  /** Flags of its command, without the dashes; empty when they are not in the pod. */
  readonly flags: ReadonlyMap<string, string>;
  /** The pod, also where only its manifest was seen; or the node of the unit. */
  readonly subject: ObjectRef;
}

/** What the bundle shows of the control plane. */
export interface ControlPlane {
  readonly flavour?: Flavour;
  /** Nodes with the role `control-plane` or, before Kubernetes 1.24, `master`. */
  readonly nodes: readonly NodeItem[];
  readonly instances: readonly ComponentInstance[];
  of(component: ControlPlaneComponent): readonly ComponentInstance[];
  /** Whether a question about this component can be asked of this cluster at all. */
  applies(component: ControlPlaneComponent): Applicability;
  /** Why not every pod of kube-system was seen: instances may be missing here that run. */
  readonly unseenPods?: Gap;
}

/** Providers that show nothing of the control plane but the API (facts: control-plane-and-nodes.md §7.8). */
const MANAGED: Partial<Record<Flavour, string>> = { eks: 'EKS', gke: 'GKE', aks: 'AKS' };
/** Namespaces of the operators' static pods. */
const OPENSHIFT_NAMESPACES: Readonly<Record<string, string>> = {
  'kube-apiserver': 'openshift-kube-apiserver',
  'kube-controller-manager': 'openshift-kube-controller-manager',
  'kube-scheduler': 'openshift-kube-scheduler',
  etcd: 'openshift-etcd',
};
const UNITS = /^(?<component>kube-apiserver|kube-controller-manager|kube-scheduler|etcd)(?:\.service)?$/;

/** Units that are components themselves; their logs show that they run on a node. */
const componentUnits = logSignals({ component: { id: 'control-plane-units', unit: UNITS }, patterns: {} });

/** Which components the cluster runs, where and how. */
export const controlPlane = defineDerived({
  id: 'control-plane',
  title: 'Control plane',
  needs: {
    identity: clusterIdentity,
    pods: optional(pods),
    nodes: optional(nodes),
    units: optional(componentUnits),
    services: optional(nodeServices),
    manifests: optional(nodeManifests),
  },
  derive(inputs): ControlPlane {
    const { flavour } = inputs.identity;
    const services = inputs.services.items.flatMap(({ value, scope }) =>
      value.filter(({ load }) => load === 'loaded').map(({ unit }) => ({ node: nodeIn(scope), unit })),
    );
    const instances = distinct([
      ...inputs.pods.items.flatMap(instanceOf),
      ...inputs.manifests.items.flatMap(({ value, scope }) =>
        value.flatMap((one) => manifestInstance(one, nodeIn(scope))),
      ),
      ...[...inputs.units.units(), ...services].flatMap(unitInstance),
    ]).sort(byNode);
    const byComponent = new Map<ControlPlaneComponent, ComponentInstance[]>();
    for (const one of instances) getOrCreate(byComponent, one.component, () => []).push(one);
    const ownNodes = inputs.nodes.items.filter(isControlPlaneNode);
    const covered = inputs.pods.coverage.covers('kube-system');
    return {
      ...(flavour === undefined ? {} : { flavour }),
      nodes: ownNodes,
      instances,
      ...(covered === true ? {} : { unseenPods: covered }),
      of: (component) => byComponent.get(component) ?? [],
      applies(component) {
        if (byComponent.has(component)) return true;
        const provider = flavour && MANAGED[flavour];
        if (provider) return hidden(`${provider} runs the control plane; it shows no ${component}`);
        if (flavour === 'k3s') return hidden(`k3s runs ${component} inside its own process, not in a pod`);
        if (covered !== true) return { applies: 'unseen', gaps: [covered] };
        if (ownNodes.length === 0 && instances.length === 0) {
          return hidden('no control-plane component is visible: the provider runs the control plane');
        }
        return { applies: 'unseen', gaps: [outside(component)] };
      },
    };
  },
});

function hidden(reason: string): Applicability {
  return { applies: false, reason };
}

function outside(component: string): Gap {
  return {
    artifact: 'logs',
    scope: CLUSTER_SCOPE,
    outcome: 'absent-from-layout',
    reason: `no pod runs ${component}, and no log of a unit of that name is in the bundle: it runs outside`,
  };
}

/** Whose log an instance writes. */
export function logOwnerOf({ component, node, subject, unit }: ComponentInstance): LogOwner {
  if (unit !== undefined) return { node: node ?? '', unit };
  return { namespace: subject.namespace ?? '', pod: subject.name, container: component };
}

/** Whether the instance's pod says that it is ready; undefined when no pod was seen. */
export function isReady({ pod }: ComponentInstance): boolean | undefined {
  return pod && pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
}

function nodeIn(scope: Scope): string {
  return scope.type === 'node' ? scope.node : '';
}

/** One instance of a component per node: the pod goes before its manifest, the manifest before a unit. */
function distinct(all: readonly ComponentInstance[]): ComponentInstance[] {
  const found = new Map<string, ComponentInstance>();
  for (const one of all) {
    const key = one.node === undefined ? one.subject.name : `${one.component} ${one.node}`;
    getOrCreate(found, key, () => one);
  }
  return [...found.values()];
}

function byNode(a: ComponentInstance, b: ComponentInstance): number {
  const [first, second] = [a.node ?? '', b.node ?? ''];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** Whether the node carries the role of a control-plane node. */
export function isControlPlaneNode(node: NodeItem): boolean {
  const labels = node.metadata.labels ?? {};
  return 'node-role.kubernetes.io/control-plane' in labels || 'node-role.kubernetes.io/master' in labels;
}

/** kubeadm and RKE2 label their static pods; OpenShift has a namespace for each component. */
function instanceOf(pod: PodItem): ComponentInstance[] {
  const { namespace = '', labels } = pod.metadata;
  const container = pod.spec?.containers.find((one) => isComponent(one.name));
  if (!container) return [];
  const own =
    namespace === 'kube-system'
      ? labels?.component === container.name || labels?.tier === 'control-plane'
      : namespace === OPENSHIFT_NAMESPACES[container.name];
  if (!own || pod.status?.phase === 'Succeeded') return [];
  const version = parseImage(container.image ?? '')?.tag;
  return [
    {
      component: container.name as ControlPlaneComponent,
      ...(pod.spec?.nodeName === undefined ? {} : { node: pod.spec.nodeName }),
      pod,
      ...(version === undefined ? {} : { version }),
      flags: flagsOf([...(container.command ?? []), ...(container.args ?? [])]),
      subject: subjectOf(pod),
    },
  ];
}

/** A static pod the kubelet is told of; its name is that of the file's pod and the node. */
function manifestInstance(manifest: NodeManifest, node: string): ComponentInstance[] {
  const container = manifest.containers.find((one) => isComponent(one.name));
  if (!container || !isComponent(container.name)) return [];
  const version = parseImage(container.image ?? '')?.tag;
  const { namespace = 'kube-system', name = container.name } = manifest;
  return [
    {
      component: container.name,
      node,
      ...(version === undefined ? {} : { version }),
      flags: flagsOf(container.command),
      subject: { group: '', kind: 'Pod', namespace, name: `${name}-${node}` },
    },
  ];
}

function isComponent(name: string): name is ControlPlaneComponent {
  return (CONTROL_PLANE_COMPONENTS as readonly string[]).includes(name);
}

function unitInstance({ node, unit }: { node: string; unit: string }): ComponentInstance[] {
  const component = UNITS.exec(unit)?.groups?.component;
  if (component === undefined) return [];
  return [
    {
      component: component as ControlPlaneComponent,
      node,
      unit,
      flags: new Map(),
      subject: { group: '', kind: 'Node', name: node },
    },
  ];
}

function flagsOf(words: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  for (const word of words) {
    const match = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(word);
    if (match) flags.set(match[1]!, match[2] ?? 'true');
  }
  return flags;
}
