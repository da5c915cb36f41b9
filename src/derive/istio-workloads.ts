import { workloadEntries, workloadGroups } from '../artifacts/istio-workload-resources.ts';
import { type PodItem, pods } from '../artifacts/resources.ts';
import {
  cronJobs,
  daemonSets,
  deployments,
  replicaSets,
  statefulSets,
} from '../artifacts/workload-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Coverage, Gap } from '../model/coverage.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { perItem } from '../model/per-item.ts';
import { CLUSTER_SCOPE } from '../model/scope.ts';
import { istioMesh } from './istio-mesh.ts';
import { istioSidecars } from './istio-sidecars.ts';
import { labelIndex } from './label-index.ts';
import { hasEnded } from './pod-readiness.ts';

type Labels = Readonly<Record<string, string>>;

/** What labels select. */
export interface SelectedWorkloads {
  /** Pods that have not ended. */
  readonly pods: readonly PodItem[];
  /** Where there is no pod: workloads and CronJobs whose pods would be selected. */
  readonly asleep: readonly ResourceIdentity[];
  /** WorkloadEntries, and groups of them: machines of the mesh outside of Kubernetes. */
  readonly machines: readonly ResourceIdentity[];
}

/** Pods and pod templates by label, as selectors of Istio's configuration ask for them. */
export interface IstioWorkloads {
  /** In a namespace; labels without a pair select all of it. */
  selected(namespace: string | undefined, labels: Labels): SelectedWorkloads;
  /** Pods with a proxy of Istio in any namespace. */
  proxiesAnywhere(labels: Labels): readonly PodItem[];
  /** Workloads in any namespace whose pods would have these labels. */
  templatesAnywhere(labels: Labels): readonly ResourceIdentity[];
  /** Why not all pods of a namespace, or of the cluster, were seen. */
  gap(namespace?: string): Gap | undefined;
  /** The same, and why not all workloads were: one may have no pods at the moment, or be in another cluster. */
  gapOfWorkloads(namespace?: string): Gap | undefined;
}

interface Template {
  readonly metadata: { readonly namespace?: string; readonly labels: Labels };
  readonly item: ResourceIdentity;
}

/** Selectors are for the pods of all clusters of a mesh, and those of the others are in no list of this one. */
const ELSEWHERE: Gap = {
  artifact: pods.id,
  scope: CLUSTER_SCOPE,
  outcome: 'skipped',
  reason: 'the mesh takes in other clusters, whose pods are not in this bundle',
};

function gapIn(coverage: Coverage, namespace: string | undefined): Gap | undefined {
  if (namespace === undefined) return coverage.gaps[0];
  const covered = coverage.covers(namespace);
  return covered === true ? undefined : covered;
}

function templateOf(item: ResourceIdentity, ...labels: readonly (Labels | undefined)[]): Template {
  const { namespace } = item.metadata;
  return {
    metadata: { ...(namespace === undefined ? {} : { namespace }), labels: Object.assign({}, ...labels) },
    item,
  };
}

/** Pods by label, with the workloads that have none at the moment. */
export const istioWorkloads = defineDerived({
  id: 'istio-workloads',
  title: 'Workloads by label',
  needs: {
    pods,
    sidecars: istioSidecars,
    deployments: optional(deployments),
    statefulSets: optional(statefulSets),
    daemonSets: optional(daemonSets),
    replicaSets: optional(replicaSets),
    cronJobs: optional(cronJobs),
    entries: optional(workloadEntries),
    groups: optional(workloadGroups),
    mesh: istioMesh,
  },
  derive(inputs): IstioWorkloads {
    const index = labelIndex(inputs.pods.items.filter((pod) => !hasEnded(pod)));
    const made = [
      ...inputs.deployments.items,
      ...inputs.statefulSets.items,
      ...inputs.daemonSets.items,
      // Those of Deployments include every older revision.
      ...inputs.replicaSets.items.filter(
        ({ metadata }) => !metadata.ownerReferences?.some(({ kind }) => kind === 'Deployment'),
      ),
    ].map((item) => templateOf(item, item.spec?.template?.metadata?.labels));
    const jobs = inputs.cronJobs.items.map((item) =>
      templateOf(item, item.spec?.jobTemplate?.spec?.template?.metadata?.labels),
    );
    const templates = labelIndex([...made, ...jobs]);
    const anywhere = labelIndex(
      made.map(({ metadata: { labels }, item }) => ({ metadata: { labels }, item })),
    );
    const machines = labelIndex([
      ...inputs.entries.items.map((item) => templateOf(item, item.metadata.labels, item.spec?.labels)),
      ...inputs.groups.items.map((item) =>
        templateOf(item, item.spec?.metadata?.labels, item.spec?.template?.labels),
      ),
    ]);
    const proxies = labelIndex(
      inputs.sidecars.proxies.map(({ pod }) => ({
        metadata: { labels: pod.metadata.labels ?? {} },
        pod,
      })),
    );
    const kinds = [
      inputs.pods,
      inputs.deployments,
      inputs.statefulSets,
      inputs.daemonSets,
      inputs.replicaSets,
      inputs.cronJobs,
      inputs.entries,
      inputs.groups,
    ];
    const { coverage } = inputs.pods;
    return {
      selected(namespace, labels) {
        const selector = { matchLabels: labels };
        const found = index.matching(namespace, selector);
        const asleep = found.length > 0 ? [] : templates.matching(namespace, selector);
        return {
          pods: found,
          asleep: asleep.map(({ item }) => item),
          machines: machines.matching(namespace, selector).map(({ item }) => item),
        };
      },
      proxiesAnywhere: (labels) => proxies.matching(undefined, { matchLabels: labels }).map(({ pod }) => pod),
      templatesAnywhere: (labels) =>
        anywhere.matching(undefined, { matchLabels: labels }).map(({ item }) => item),
      gap: (namespace) => gapIn(coverage, namespace),
      gapOfWorkloads(namespace) {
        if (inputs.mesh.hasOtherRegistries) return ELSEWHERE;
        return kinds.map((kind) => gapIn(kind.coverage, namespace)).find((one) => one !== undefined);
      },
    };
  },
});

/** Pods of a namespace with the same labels are selected alike. */
export const podKind: (pod: PodItem) => string = perItem(
  ({ metadata }) => `${metadata.namespace} ${JSON.stringify(metadata.labels ?? {})}`,
);
