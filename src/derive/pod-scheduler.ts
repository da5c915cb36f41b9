import { type LeaseItem, leases, type PodItem, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { hasEnded } from './pod-readiness.ts';

/** What the bundle shows of the scheduler of one name. */
export interface SchedulerInstances {
  /** Pods that are this scheduler by their arguments, labels or name. */
  readonly pods: readonly PodItem[];
  /** Whether all pods were seen: only then does an empty list mean that there are none. */
  readonly complete: boolean;
  /** The lease of the same name. */
  readonly lease?: LeaseItem;
}

/** Finds schedulers other than the default one by the name pods ask for. */
export const podSchedulers = defineDerived({
  id: 'pod-schedulers',
  title: 'Schedulers by name',
  needs: { pods: optional(pods), leases: optional(leases) },
  derive({ pods: podCollection, leases: leaseCollection }): (name: string) => SchedulerInstances {
    const known = new Map<string, SchedulerInstances>();
    return (name) =>
      getOrCreate(known, name, () => {
        const lease = leaseCollection.items.find((item) => item.metadata.name === name);
        return {
          pods: podCollection.items.filter((pod) => pod.spec?.nodeName && isScheduler(pod, name)),
          complete: podCollection.coverage.complete,
          ...(lease ? { lease } : {}),
        };
      });
  },
});

const NAME_LABELS = ['app', 'component', 'k8s-app', 'app.kubernetes.io/name', 'app.kubernetes.io/component'];

function isScheduler(pod: PodItem, name: string): boolean {
  if (hasEnded(pod) || pod.metadata.deletionTimestamp) return false;
  const { labels = {} } = pod.metadata;
  if (NAME_LABELS.some((label) => labels[label] === name)) return true;
  // A pod of the workload `name`: `name-<hash>-<suffix>`, or the static pod `name-<node>`.
  if (pod.metadata.name.startsWith(`${name}-`)) return true;
  return (pod.spec?.containers ?? []).some(({ command = [], args = [] }) =>
    [...command, ...args].some((one) => one === name || one.endsWith(`=${name}`)),
  );
}
