import { type PodItem, pods } from '../artifacts/resources.ts';
import { daemonSets, deployments, jobs, statefulSets } from '../artifacts/workload-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { type ObjectRef, subjectKey, subjectOf } from '../model/subject.ts';
import { hasEnded } from './pod-readiness.ts';
import { podOwner } from './pod-siblings.ts';

/** What a pod names beside its volumes and its environment. */
interface PodNames {
  readonly serviceAccountName?: string;
  readonly priorityClassName?: string;
  readonly runtimeClassName?: string;
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

/** An object that makes pods, or a pod by itself, with what its pods name. */
export interface PodMaker {
  readonly item: ResourceIdentity;
  /** What people know it by. */
  readonly subject: ObjectRef;
  readonly names: PodNames;
  /** JSON Pointer to the pod spec inside the item. */
  readonly pointer: string;
  /** How many pods it wants, 0 when it is scaled down or suspended. */
  readonly wanted: number;
  /** How many it has by its own count. */
  readonly existing: number;
}

/** Everything that makes pods, each once: workloads by their template, other owners by one of their pods. */
export const podMakers = defineDerived({
  id: 'pod-makers',
  title: 'Templates of pods',
  needs: {
    pods,
    deployments: optional(deployments),
    statefulSets: optional(statefulSets),
    daemonSets: optional(daemonSets),
    jobs: optional(jobs),
  },
  derive(inputs): readonly PodMaker[] {
    const makers = [
      ...inputs.deployments.items.map((item) =>
        fromTemplate(item, item.spec?.replicas ?? 1, item.status?.replicas),
      ),
      ...inputs.statefulSets.items.map((item) =>
        fromTemplate(item, item.spec?.replicas ?? 1, item.status?.replicas),
      ),
      ...inputs.daemonSets.items.map((item) =>
        fromTemplate(item, item.status?.desiredNumberScheduled ?? 0, item.status?.currentNumberScheduled),
      ),
      // A Job that has ended makes no pod any more; its CronJob's next one has a template of its own.
      ...inputs.jobs.items
        .filter(({ status }) => status?.completionTime === undefined && !hasFailed(status?.conditions))
        .map((item) => fromTemplate(item, item.spec?.suspend ? 0 : 1, item.status?.active)),
    ];
    const known = new Set(makers.map(({ subject }) => subjectKey(subject)));
    for (const pod of inputs.pods.items) {
      if (hasEnded(pod) || pod.metadata.deletionTimestamp) continue;
      const subject = podOwner(pod);
      const key = subjectKey(subject);
      if (known.has(key)) continue;
      known.add(key);
      makers.push(fromPod(pod, subject));
    }
    return makers;
  },
});

function fromTemplate(
  item: ResourceIdentity & { readonly spec?: { readonly template?: { readonly spec?: PodNames } } },
  wanted: number,
  existing = 0,
): PodMaker {
  const names = item.spec?.template?.spec ?? {};
  return { item, subject: subjectOf(item), names, pointer: '/spec/template/spec', wanted, existing };
}

function fromPod(pod: PodItem, subject: ObjectRef): PodMaker {
  const isMirror = pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
  // A static pod is made by the kubelet, whatever the API server holds.
  const names = isMirror || !pod.spec ? {} : pod.spec;
  return { item: pod, subject, names, pointer: '/spec', wanted: 1, existing: 1 };
}

function hasFailed(
  conditions: readonly { readonly type: string; readonly status: string }[] | undefined,
): boolean {
  return conditions?.some(({ type, status }) => type === 'Failed' && status === 'True') ?? false;
}
