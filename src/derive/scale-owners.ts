import { scaledObjects } from '../artifacts/keda-resources.ts';
import { horizontalPodAutoscalers } from '../artifacts/policy-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';

/** Who sets the number of replicas of a workload beside its owner. */
export interface ScaleOwners {
  /** HorizontalPodAutoscalers and ScaledObjects that name the workload as their target. */
  of(workload: ResourceIdentity): readonly ResourceIdentity[];
}

/** Autoscalers by target. */
export const scaleOwners = defineDerived({
  id: 'scale-owners',
  title: 'Autoscalers by workload',
  needs: { autoscalers: optional(horizontalPodAutoscalers), scaledObjects: optional(scaledObjects) },
  derive({ autoscalers, scaledObjects: objects }): ScaleOwners {
    const byTarget = new Map<string, ResourceIdentity[]>();
    const note = (item: ResourceIdentity, target: { kind?: string; name: string } | undefined): void => {
      if (!target) return;
      // A ScaledObject that names no kind means a Deployment.
      const key = `${target.kind ?? 'Deployment'}/${item.metadata.namespace}/${target.name}`;
      getOrCreate(byTarget, key, () => []).push(item);
    };
    for (const item of objects.items) note(item, item.spec?.scaleTargetRef);
    for (const item of autoscalers.items) note(item, item.spec?.scaleTargetRef);
    return {
      of: ({ kind, metadata: { namespace, name } }) => byTarget.get(`${kind}/${namespace}/${name}`) ?? [],
    };
  },
});
