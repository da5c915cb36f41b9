import { type PodItem, pods } from '../artifacts/resources.ts';
import { daemonSets, deployments, jobs, replicaSets, statefulSets } from '../artifacts/workload-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Gap, Lookup } from '../model/coverage.ts';
import { podOwner, podSiblings } from './pod-siblings.ts';

/**
 * How the owner of a pod that is gone fares now: `well`, all its pods are ready, or it wants none; `unwell`;
 * `alone`, nobody replaces the pod; `unknown`, with what was not seen unless its kind is a strange one.
 */
export type OwnerWellness =
  | { readonly state: 'well' | 'unwell' | 'alone' }
  | { readonly state: 'unknown'; readonly gap?: Gap };

interface Replicated {
  readonly spec?: { readonly replicas?: number };
}

const WELL = { state: 'well' } as const;
const UNWELL = { state: 'unwell' } as const;

/** Asks how owners fare, to tell leftovers from faults. */
export interface OwnerWellnesses {
  of(pod: PodItem): OwnerWellness;
}

/** Owners of pods, judged by their other pods and by what they want. */
export const ownerWellness = defineDerived({
  id: 'owner-wellness',
  title: 'State of the owners of pods',
  needs: {
    siblings: podSiblings,
    pods: optional(pods),
    deployments: optional(deployments),
    replicaSets: optional(replicaSets),
    statefulSets: optional(statefulSets),
    daemonSets: optional(daemonSets),
    jobs: optional(jobs),
  },
  derive(inputs): OwnerWellnesses {
    /** What an owner without any pod wants, as far as it was seen. */
    function withoutPods(kind: string, ref: { namespace?: string; name: string }): OwnerWellness {
      const replicated = {
        Deployment: inputs.deployments,
        ReplicaSet: inputs.replicaSets,
        StatefulSet: inputs.statefulSets,
      }[kind]?.lookup(ref);
      if (replicated) return judge<Replicated>(replicated, ({ spec }) => spec?.replicas === 0);
      if (kind === 'DaemonSet') {
        return judge(inputs.daemonSets.lookup(ref), ({ status }) => !status?.desiredNumberScheduled);
      }
      if (kind !== 'Job') return { state: 'unknown' };
      return judge(inputs.jobs.lookup(ref), ({ spec, status }) => {
        const complete = status?.conditions?.find(({ type }) => type === 'Complete');
        return spec?.suspend === true || complete?.status === 'True';
      });
    }
    return {
      of(pod) {
        const owner = podOwner(pod);
        if (owner.kind === 'Pod') return { state: 'alone' };
        const { live, ready } = inputs.siblings.ofOwner(pod);
        if (live > ready) return UNWELL;
        if (live > 0) return WELL;
        const covered = inputs.pods.coverage.covers(pod.metadata.namespace);
        return covered === true ? withoutPods(owner.kind, owner) : { state: 'unknown', gap: covered };
      },
    };
  },
});

/** An owner that is gone wants nothing either. */
function judge<T>(found: Lookup<T>, wantsNone: (item: T) => boolean): OwnerWellness {
  if (found.state === 'unseen') return { state: 'unknown', gap: found.gap };
  return found.state === 'absent' || wantsNone(found.item) ? WELL : UNWELL;
}
