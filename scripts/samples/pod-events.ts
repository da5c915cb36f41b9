import { eventAbout, type Parts } from './object.ts';
import type { ApiObject } from './scenario.ts';

/** What happened, and when: seconds before the moment of the samples. */
export interface Happening {
  readonly reason: string;
  readonly message: string;
  readonly age: number;
  readonly first?: number;
  readonly count?: number;
  readonly type?: 'Normal' | 'Warning';
  /** The container it is about. */
  readonly container?: string;
  /** It is an init container. */
  readonly init?: boolean;
}

/** An event the kubelet of the pod's node writes; a Warning unless said. */
export function fromKubelet(
  pod: ApiObject,
  { container, init, type = 'Warning', ...what }: Happening,
): ApiObject {
  const { nodeName } = pod.spec as { readonly nodeName?: string };
  const list = init ? 'initContainers' : 'containers';
  return eventAbout(pod, {
    ...what,
    type,
    source: { component: 'kubelet', host: nodeName },
    ...(container === undefined ? {} : { fieldPath: `spec.${list}{${container}}` }),
  });
}

/** The event of a pod that found its node. */
export function scheduled(pod: ApiObject, age: number): ApiObject {
  const { namespace, name } = pod.metadata;
  const { nodeName } = pod.spec as { readonly nodeName?: string };
  return eventAbout(pod, {
    reason: 'Scheduled',
    message: `Successfully assigned ${namespace}/${name} to ${nodeName}`,
    age,
    source: { component: 'default-scheduler' },
  });
}

/** An event of a controller or the scheduler about any object; a Warning unless said. */
export function from(
  component: string,
  about: ApiObject,
  { type = 'Warning', ...what }: Happening,
): ApiObject {
  return eventAbout(about, { ...what, type, source: { component } });
}

/** The condition of a pod the scheduler finds no node for. */
export function unschedulable(message: string, since: string): Parts {
  return {
    conditions: [
      { type: 'PodScheduled', status: 'False', lastTransitionTime: since, reason: 'Unschedulable', message },
    ],
  };
}
