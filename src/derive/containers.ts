import type { PodItem } from '../artifacts/resources.ts';
import { perItem } from '../model/per-item.ts';

type Status = NonNullable<NonNullable<PodItem['status']>['containerStatuses']>[number];
type Spec = NonNullable<PodItem['spec']>['containers'][number];

/** One container of a pod: what was asked for and what became of it. */
export interface ContainerView {
  readonly name: string;
  readonly spec: Spec | undefined;
  readonly status: Status;
  /** JSON Pointer to the status inside the pod. */
  readonly pointer: string;
  readonly init: boolean;
  /** An init container with `restartPolicy: Always`: it runs beside the others and is never "stuck". */
  readonly sidecar: boolean;
}

/** The containers of a pod that have a status, init containers first. */
export const containersOf: (pod: PodItem) => readonly ContainerView[] = perItem(makeViews);

function makeViews(pod: PodItem): ContainerView[] {
  const views: ContainerView[] = [];
  for (const [field, init] of [
    ['initContainerStatuses', true],
    ['containerStatuses', false],
  ] as const) {
    const specs = (init ? pod.spec?.initContainers : pod.spec?.containers) ?? [];
    for (const [index, status] of (pod.status?.[field] ?? []).entries()) {
      const spec = specs.find((one) => one.name === status.name);
      const pointer = `/status/${field}/${index}`;
      const sidecar = init && spec?.restartPolicy === 'Always';
      views.push({ name: status.name, spec, status, pointer, init, sidecar });
    }
  }
  return views;
}

/** Since when the pod's condition of this type has had this status; undefined when it has not. */
export function conditionSince(
  pod: PodItem,
  type: string,
  status: 'True' | 'False' | 'Unknown',
): string | undefined {
  const found = pod.status?.conditions?.find((condition) => condition.type === type);
  return found?.status === status ? found.lastTransitionTime : undefined;
}
