import type { NodeContainer, nodeContainers } from '../artifacts/node-containers.ts';
import type { NodeService, nodeServices } from '../artifacts/node-services.ts';
import type { pods } from '../artifacts/resources.ts';
import type { DocumentItem, Input } from '../model/artifact.ts';
import type { ObjectRef } from '../model/subject.ts';
import { subjectOf } from '../model/subject.ts';
import {
  type ComponentInstance,
  type ControlPlane,
  type ControlPlaneComponent,
  isReady,
} from './control-plane.ts';

/** A control-plane node that lacks a component another one runs as a pod. */
export interface MissingInstance {
  readonly node: ObjectRef;
  readonly component: ControlPlaneComponent;
  readonly sibling: ComponentInstance;
}

// etcd may run on some control-plane nodes only, or on machines of its own.
const EVERYWHERE = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** Components that a Ready control-plane node does not run, where all pods of the namespace were seen. */
export function missingInstances(plane: ControlPlane, collection: Input<typeof pods>): MissingInstance[] {
  return EVERYWHERE.flatMap((component) => {
    const sibling = plane.of(component).find(({ pod }) => pod);
    if (!sibling || collection.coverage.covers(sibling.subject.namespace) !== true) return [];
    const taken = new Set(plane.of(component).map(({ node }) => node));
    return plane.nodes
      .filter(({ metadata, status }) => {
        const ready = status?.conditions?.find(({ type }) => type === 'Ready');
        return !taken.has(metadata.name) && ready?.status === 'True';
      })
      .map((node) => ({ node: subjectOf(node), component, sibling }));
  });
}

const COMPONENT_UNIT = /^(?:kube-apiserver|kube-controller-manager|kube-scheduler|etcd)(?:\.service)?$/;

/** Units of components that failed, or that systemd starts again and again. */
export function failedUnits(services: Input<typeof nodeServices>) {
  return services.items.flatMap((document) =>
    document.value.flatMap((service, index) => {
      if (!COMPONENT_UNIT.test(service.unit) || document.scope.type !== 'node') return [];
      const state = failureOf(service);
      if (state === undefined) return [];
      const subject = { group: '', kind: 'Node', name: document.scope.node };
      return [{ subject, unit: service.unit, document, index, state }];
    }),
  );
}

function failureOf({ active, sub, result, restarts, exitStatus }: NodeService): string | undefined {
  if (active !== 'failed' && !(active === 'activating' && sub === 'auto-restart')) return undefined;
  const parts = [
    result && result !== 'success' ? result : active,
    exitStatus ? `exit status ${exitStatus}` : '',
    restarts ? `${restarts} automatic restarts` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Static pods whose container has exited on the node, where no pod status tells that they run. */
export function exitedOn(plane: ControlPlane, containers: Input<typeof nodeContainers>) {
  return plane.instances.flatMap((instance) => {
    if (instance.unit !== undefined || isReady(instance) !== undefined) return [];
    const document = containers.items.find(
      ({ scope }) => scope.type === 'node' && scope.node === instance.node,
    );
    const last = document && lastRun(document, instance.component);
    if (!document || last?.container.state !== 'exited') return [];
    return [{ instance, document, index: last.index, attempt: last.container.attempt }];
  });
}

function lastRun(
  { value }: DocumentItem<readonly NodeContainer[]>,
  component: string,
): { container: NodeContainer; index: number } | undefined {
  return value
    .map((container, index) => ({ container, index }))
    .filter(({ container }) => container.name === component && container.namespace === 'kube-system')
    .sort(
      (a, b) =>
        Number(b.container.state === 'running') - Number(a.container.state === 'running') ||
        b.container.attempt - a.container.attempt,
    )[0];
}
