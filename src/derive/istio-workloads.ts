import { type PodItem, pods } from '../artifacts/resources.ts';
import { daemonSets, deployments, replicaSets, statefulSets } from '../artifacts/workload-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { perItem } from '../model/per-item.ts';
import { istioSidecars } from './istio-sidecars.ts';
import { labelIndex } from './label-index.ts';
import { hasEnded } from './pod-readiness.ts';

type Labels = Readonly<Record<string, string>>;

/** What labels select: pods that have not ended, and workloads without a pod whose pods would be selected. */
export interface SelectedWorkloads {
  readonly pods: readonly PodItem[];
  readonly asleep: readonly ResourceIdentity[];
}

/** Pods and pod templates by label, as selectors of Istio's configuration ask for them. */
export interface IstioWorkloads {
  /** In a namespace; labels without a pair select all of it. */
  selected(namespace: string | undefined, labels: Labels): SelectedWorkloads;
  /** Pods with a proxy of Istio in any namespace. */
  proxiesAnywhere(labels: Labels): readonly PodItem[];
  /** Why not all pods of a namespace, or of the cluster, were seen. */
  gap(namespace?: string): Gap | undefined;
  /** The same, and why not all workloads of the namespace were: one may have no pods at the moment. */
  gapOfWorkloads(namespace: string | undefined): Gap | undefined;
}

interface Template {
  readonly metadata: { readonly namespace?: string; readonly labels: Labels };
  readonly item: ResourceIdentity;
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
  },
  derive(inputs): IstioWorkloads {
    const index = labelIndex(inputs.pods.items.filter((pod) => !hasEnded(pod)));
    const templates = labelIndex<Template>(
      [
        ...inputs.deployments.items,
        ...inputs.statefulSets.items,
        ...inputs.daemonSets.items,
        // Those of Deployments include every older revision.
        ...inputs.replicaSets.items.filter(
          ({ metadata }) => !metadata.ownerReferences?.some(({ kind }) => kind === 'Deployment'),
        ),
      ].map((item) => ({
        metadata: {
          ...(item.metadata.namespace === undefined ? {} : { namespace: item.metadata.namespace }),
          labels: item.spec?.template?.metadata?.labels ?? {},
        },
        item,
      })),
    );
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
    ];
    const { coverage } = inputs.pods;
    return {
      selected(namespace, labels) {
        const selector = { matchLabels: labels };
        const found = index.matching(namespace, selector);
        if (found.length > 0) return { pods: found, asleep: [] };
        return { pods: [], asleep: templates.matching(namespace, selector).map(({ item }) => item) };
      },
      proxiesAnywhere: (labels) => proxies.matching(undefined, { matchLabels: labels }).map(({ pod }) => pod),
      gap(namespace) {
        if (namespace === undefined) return coverage.gaps[0];
        const covered = coverage.covers(namespace);
        return covered === true ? undefined : covered;
      },
      gapOfWorkloads: (namespace) =>
        kinds.map((kind) => kind.coverage.covers(namespace)).find((covered) => covered !== true),
    };
  },
});

/** Pods of a namespace with the same labels are selected alike. */
export const podKind: (pod: PodItem) => string = perItem(
  ({ metadata }) => `${metadata.namespace} ${JSON.stringify(metadata.labels ?? {})}`,
);
