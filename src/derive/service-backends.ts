import { customResourceDefinitions } from '../artifacts/extension-resources.ts';
import { endpointSlices, endpoints, type ServiceItem } from '../artifacts/network-resources.ts';
import { type PodItem, pods } from '../artifacts/resources.ts';
import { daemonSets, deployments, replicaSets, statefulSets } from '../artifacts/workload-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { groupOf, type ObjectRef, subjectOf } from '../model/subject.ts';
import { distinctLabels } from './closest-labels.ts';
import { isPodOperatorKind } from './custom-workloads.ts';
import { matchesLabels } from './label-selector.ts';
import { hasEnded } from './pod-readiness.ts';

/** Addresses a Service sends traffic to, as EndpointSlices (else Endpoints) list them. */
export interface ListedEndpoints {
  readonly ready: number;
  readonly total: number;
  /** The slices, or the Endpoints object. */
  readonly items: readonly ResourceIdentity[];
  /** Names of pods with whether they are listed as ready, as the controller's own slices have them. */
  readonly pods?: ReadonlyMap<string, boolean>;
}

/** A workload with how many pods it wants. */
export interface WantedPods {
  readonly item: ResourceIdentity;
  readonly wanted: number;
  /** What people know it by: the item itself, or the custom object that owns the ReplicaSet. */
  readonly subject: ObjectRef;
}

/** What stands behind Services. */
export interface ServiceBackends {
  /** Pods of the Service's namespace that its selector matches, ended ones included. */
  podsOf(service: ServiceItem): readonly PodItem[];
  /** Pods of a namespace that have not ended, one for each set of labels. */
  labelledIn(namespace: string | undefined): readonly PodItem[];
  /** Undefined when neither kind was seen in the namespace. */
  endpointsOf(service: ServiceItem): ListedEndpoints | undefined;
  /** Built-in workloads whose pods the selector would match; undefined when not all were seen. */
  workloadsOf(service: ServiceItem): readonly WantedPods[] | undefined;
  /** Why not all workloads of the Service's namespace were seen. */
  workloadsGap(service: ServiceItem): Gap | undefined;
  /** Kinds of this cluster that run pods without a built-in workload between, so that their size is not seen. */
  readonly operatorKinds: readonly string[];
}

/** The slices that follow the pods; others are kept by people and by meshes of clusters. */
const SLICE_CONTROLLER = 'endpointslice-controller.k8s.io';
const MANAGED_LABEL = 'endpointslice.kubernetes.io/managed-by';
const SERVICE_LABEL = 'kubernetes.io/service-name';

/** Pods, endpoints and workloads by Service. */
export const serviceBackends = defineDerived({
  id: 'service-backends',
  title: 'Backends of Services',
  needs: {
    pods: optional(pods),
    endpointSlices: optional(endpointSlices),
    endpoints: optional(endpoints),
    deployments: optional(deployments),
    statefulSets: optional(statefulSets),
    daemonSets: optional(daemonSets),
    replicaSets: optional(replicaSets),
    definitions: optional(customResourceDefinitions),
  },
  derive(inputs): ServiceBackends {
    const selected = podIndex(inputs.pods.items);
    const slices = new Map<string, (typeof inputs.endpointSlices.items)[number][]>();
    for (const slice of inputs.endpointSlices.items) {
      const name = slice.metadata.labels?.[SERVICE_LABEL];
      if (name) getOrCreate(slices, `${slice.metadata.namespace}/${name}`, () => []).push(slice);
    }
    const workloads = indexWorkloads(inputs);
    const kinds = [inputs.deployments, inputs.statefulSets, inputs.daemonSets, inputs.replicaSets];
    return {
      podsOf: ({ metadata, spec }) => selected.matching(metadata.namespace, spec?.selector ?? {}),
      labelledIn: (namespace) => selected.labelled(namespace),
      endpointsOf({ metadata: { namespace, name } }) {
        if (inputs.endpointSlices.coverage.covers(namespace) === true)
          return countSlices(slices.get(`${namespace}/${name}`) ?? []);
        const listed = inputs.endpoints.lookup({ namespace, name });
        // The controller makes the object for every Service with a selector: without it nothing is known.
        return listed.state === 'present' ? countSubsets([listed.item]) : undefined;
      },
      workloadsOf({ metadata: { namespace }, spec }) {
        const seen = kinds.every((kind) => kind.coverage.covers(namespace) === true);
        const found = (workloads.get(namespace) ?? []).filter(({ labels }) =>
          matchesLabels(labels, spec?.selector ?? {}),
        );
        return seen || found.length > 0 ? found : undefined;
      },
      workloadsGap: ({ metadata: { namespace } }) =>
        kinds.map((kind) => kind.coverage.covers(namespace)).find((covered) => covered !== true),
      operatorKinds: inputs.definitions.items
        .filter(({ spec }) => isPodOperatorKind(spec?.group, spec?.names.kind))
        .map(({ spec }) => spec?.names.kind ?? '')
        .sort(),
    };
  },
});

type LabelledWorkload = WantedPods & { readonly labels: Labels };

function indexWorkloads(inputs: {
  readonly deployments: { readonly items: readonly Replicated[] };
  readonly statefulSets: { readonly items: readonly Replicated[] };
  readonly replicaSets: { readonly items: readonly Replicated[] };
  readonly daemonSets: {
    readonly items: readonly (Templated & {
      readonly status?: { readonly desiredNumberScheduled?: number };
    })[];
  };
}): Map<string | undefined, LabelledWorkload[]> {
  const workloads = new Map<string | undefined, LabelledWorkload[]>();
  function note(item: Templated, wanted: number, subject: ObjectRef): void {
    const workload = { item, wanted, subject, labels: templateLabels(item) };
    getOrCreate(workloads, item.metadata.namespace, () => []).push(workload);
  }
  for (const item of [...inputs.deployments.items, ...inputs.statefulSets.items])
    note(item, item.spec?.replicas ?? 1, subjectOf(item));
  for (const item of inputs.daemonSets.items)
    note(item, item.status?.desiredNumberScheduled ?? 0, subjectOf(item));
  for (const item of inputs.replicaSets.items) {
    const owner = item.metadata.ownerReferences?.find((one) => one.controller);
    // A Deployment says itself what it wants; its ReplicaSets are ten of which nine are at zero.
    if (owner && groupOf(owner.apiVersion) === 'apps' && owner.kind === 'Deployment') continue;
    note(item, item.spec?.replicas ?? 1, owner ? ownerRef(item, owner) : subjectOf(item));
  }
  return workloads;
}

function ownerRef(
  { metadata }: ResourceIdentity,
  { apiVersion, kind, name }: { apiVersion: string; kind: string; name: string },
): ObjectRef {
  return { group: groupOf(apiVersion), kind, namespace: metadata.namespace, name };
}

type Labels = Readonly<Record<string, string>>;

interface Templated extends ResourceIdentity {
  readonly spec?: { readonly template?: { readonly metadata?: { readonly labels?: Labels } } };
}

interface Replicated extends Templated {
  readonly spec?: Templated['spec'] & { readonly replicas?: number };
}

function templateLabels({ spec }: Templated): Labels {
  return spec?.template?.metadata?.labels ?? {};
}

function podIndex(items: readonly PodItem[]) {
  const byNamespace = new Map<string | undefined, PodItem[]>();
  const byLabel = new Map<string, PodItem[]>();
  for (const pod of items) {
    const { namespace, labels = {} } = pod.metadata;
    getOrCreate(byNamespace, namespace, () => []).push(pod);
    for (const [label, value] of Object.entries(labels))
      getOrCreate(byLabel, `${namespace}/${label}=${value}`, () => []).push(pod);
  }
  const labelled = new Map<string | undefined, readonly PodItem[]>();
  return {
    labelled: (namespace: string | undefined): readonly PodItem[] =>
      getOrCreate(labelled, namespace, () => {
        const live = (byNamespace.get(namespace) ?? []).filter((pod) => !hasEnded(pod));
        return distinctLabels(live, (pod) => pod.metadata.labels);
      }),
    matching(namespace: string | undefined, selector: Labels): readonly PodItem[] {
      // The rarest pair first: a label that every pod of a namespace carries would cost a pass over all.
      const lists = Object.entries(selector).map(
        ([label, value]) => byLabel.get(`${namespace}/${label}=${value}`) ?? [],
      );
      const rarest = lists.reduce<readonly PodItem[] | undefined>(
        (least, list) => (least && least.length <= list.length ? least : list),
        undefined,
      );
      return (rarest ?? []).filter((pod) => matchesLabels(pod.metadata.labels, selector));
    },
  };
}

interface SliceShape extends ResourceIdentity {
  readonly metadata: ResourceIdentity['metadata'] & {
    readonly labels?: Readonly<Record<string, string | undefined>>;
  };
  readonly endpoints?: readonly {
    readonly addresses?: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
    readonly targetRef?: { readonly kind?: string; readonly name?: string };
  }[];
}

function countSlices(items: readonly SliceShape[]): ListedEndpoints {
  const all = items.flatMap((slice) => slice.endpoints ?? []);
  // A nil condition means ready (discovery/v1 EndpointConditions).
  const ready = all.filter((one) => one.conditions?.ready !== false);
  const listed = new Map<string, boolean>();
  for (const slice of items) {
    if ((slice.metadata.labels?.[MANAGED_LABEL] ?? SLICE_CONTROLLER) !== SLICE_CONTROLLER) continue;
    for (const { targetRef, conditions } of slice.endpoints ?? []) {
      if (targetRef?.kind !== 'Pod' || targetRef.name === undefined) continue;
      // Of a pod with an IPv4 and an IPv6 slice, either counts.
      listed.set(targetRef.name, listed.get(targetRef.name) === true || conditions?.ready !== false);
    }
  }
  return { ready: ready.length, total: all.length, items, pods: listed };
}

interface SubsetShape extends ResourceIdentity {
  readonly subsets?: readonly {
    readonly addresses?: readonly object[];
    readonly notReadyAddresses?: readonly object[];
  }[];
}

function countSubsets(items: readonly SubsetShape[]): ListedEndpoints {
  const subsets = items.flatMap((one) => one.subsets ?? []);
  const ready = subsets.reduce((sum, one) => sum + (one.addresses?.length ?? 0), 0);
  const notReady = subsets.reduce((sum, one) => sum + (one.notReadyAddresses?.length ?? 0), 0);
  return { ready, total: ready + notReady, items };
}
