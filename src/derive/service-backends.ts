import { endpointSlices, endpoints, type ServiceItem } from '../artifacts/network-resources.ts';
import { type PodItem, pods } from '../artifacts/resources.ts';
import { daemonSets, deployments, statefulSets } from '../artifacts/workload-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { distinctLabels } from './closest-labels.ts';
import { matchesLabels } from './label-selector.ts';
import { hasEnded } from './pod-readiness.ts';

/** Addresses a Service sends traffic to, as EndpointSlices (else Endpoints) list them. */
export interface ListedEndpoints {
  readonly ready: number;
  readonly total: number;
  /** The slices, or the Endpoints object. */
  readonly items: readonly ResourceIdentity[];
}

/** A workload with how many pods it wants. */
export interface WantedPods {
  readonly item: ResourceIdentity;
  readonly wanted: number;
}

/** What stands behind Services. */
export interface ServiceBackends {
  /** Pods of the Service's namespace that its selector matches, ended ones included. */
  podsOf(service: ServiceItem): readonly PodItem[];
  /** Pods of a namespace that have not ended, one for each set of labels. */
  labelledIn(namespace: string | undefined): readonly PodItem[];
  /** Undefined when neither kind was seen in the namespace. */
  endpointsOf(service: ServiceItem): ListedEndpoints | undefined;
  /** Deployments, StatefulSets and DaemonSets whose pods the selector would match; undefined when not all were seen. */
  workloadsOf(service: ServiceItem): readonly WantedPods[] | undefined;
}

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
  },
  derive(inputs): ServiceBackends {
    const selected = podIndex(inputs.pods.items);
    const slices = new Map<string, (typeof inputs.endpointSlices.items)[number][]>();
    for (const slice of inputs.endpointSlices.items) {
      const name = slice.metadata.labels?.[SERVICE_LABEL];
      if (name) getOrCreate(slices, `${slice.metadata.namespace}/${name}`, () => []).push(slice);
    }
    const workloads = new Map<string | undefined, (WantedPods & { labels: Labels })[]>();
    const kinds = [inputs.deployments, inputs.statefulSets];
    for (const item of kinds.flatMap((kind) => kind.items)) {
      const wanted = { item, wanted: item.spec?.replicas ?? 1, labels: templateLabels(item) };
      getOrCreate(workloads, item.metadata.namespace, () => []).push(wanted);
    }
    for (const item of inputs.daemonSets.items) {
      const wanted = { item, wanted: item.status?.desiredNumberScheduled ?? 0, labels: templateLabels(item) };
      getOrCreate(workloads, item.metadata.namespace, () => []).push(wanted);
    }
    return {
      podsOf: ({ metadata, spec }) => selected.matching(metadata.namespace, spec?.selector ?? {}),
      labelledIn: (namespace) => selected.labelled(namespace),
      endpointsOf({ metadata: { namespace, name } }) {
        if (inputs.endpointSlices.coverage.covers(namespace) === true)
          return countSlices(slices.get(`${namespace}/${name}`) ?? []);
        const listed = inputs.endpoints.lookup({ namespace, name });
        if (listed.state === 'unseen') return undefined;
        return countSubsets(listed.state === 'present' ? [listed.item] : []);
      },
      workloadsOf({ metadata: { namespace }, spec }) {
        const seen = [...kinds, inputs.daemonSets].every((kind) => kind.coverage.covers(namespace) === true);
        const found = (workloads.get(namespace) ?? []).filter(({ labels }) =>
          matchesLabels(labels, spec?.selector ?? {}),
        );
        return seen || found.length > 0 ? found : undefined;
      },
    };
  },
});

type Labels = Readonly<Record<string, string>>;

interface Templated {
  readonly spec?: { readonly template?: { readonly metadata?: { readonly labels?: Labels } } };
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
  readonly endpoints?: readonly {
    readonly addresses?: readonly string[];
    readonly conditions?: { readonly ready?: boolean };
  }[];
}

function countSlices(items: readonly SliceShape[]): ListedEndpoints {
  const all = items.flatMap((slice) => slice.endpoints ?? []);
  // A nil condition means ready (discovery/v1 EndpointConditions).
  const ready = all.filter((one) => one.conditions?.ready !== false);
  return { ready: ready.length, total: all.length, items };
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
