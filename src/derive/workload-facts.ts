import { daemonSets, deployments, statefulSets } from '../artifacts/workload-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { ResourceIdentity } from '../model/json.ts';
import type { Value } from '../model/message.ts';
import { subjectOf } from '../model/subject.ts';

/** Deployments, StatefulSets and DaemonSets: wanted against ready. */
export const workloadFacts = defineDerived({
  id: 'workload-facts',
  title: 'Workloads',
  needs: {
    deployments: optional(deployments),
    statefulSets: optional(statefulSets),
    daemonSets: optional(daemonSets),
  },
  derive(inputs): readonly (readonly Value[])[] {
    return [
      ...inputs.deployments.items.map((item) =>
        row(item, item.spec?.replicas ?? 1, item.status?.readyReplicas, item.spec?.template),
      ),
      ...inputs.statefulSets.items.map((item) =>
        row(item, item.spec?.replicas ?? 1, item.status?.readyReplicas, item.spec?.template),
      ),
      ...inputs.daemonSets.items.map((item) =>
        row(item, item.status?.desiredNumberScheduled ?? 0, item.status?.numberReady, item.spec?.template),
      ),
    ];
  },
  table: (rows) => ({
    id: 'workloads',
    title: 'Workloads',
    columns: [
      { id: 'workload', title: 'Workload', tag: 'object' },
      { id: 'wanted', title: 'Wanted', tag: 'count' },
      { id: 'ready', title: 'Ready', tag: 'count' },
      { id: 'images', title: 'Images', tag: 'text' },
    ],
    rows,
  }),
});

interface Template {
  readonly spec?: { readonly containers?: readonly { readonly image?: string }[] };
}

function row(
  item: ResourceIdentity,
  wanted: number,
  ready: number | undefined,
  template: Template | undefined,
): Value[] {
  const images = (template?.spec?.containers ?? []).map((container) => container.image ?? '');
  return [subjectOf(item), wanted, ready ?? 0, images];
}
