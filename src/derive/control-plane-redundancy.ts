import type { NodeItem } from '../artifacts/resources.ts';
import {
  CONTROL_PLANE_COMPONENTS,
  type ComponentInstance,
  type ControlPlane,
  type ControlPlaneComponent,
} from './control-plane.ts';

/** Flags that name the node or its peers, or that differ while an upgrade is under way. */
const OF_THE_NODE =
  /^(?:advertise-address|etcd-servers|name|node-name|bind-address|initial-.*|listen-.*|.*advertise.*|snapshot-count|feature-gates|experimental-.*|peer-.*|client-cert-auth|watch-progress-notify-interval|.*-file|.*-dir)$/;

/** Flags by which the instances of a component differ. */
export function differingFlags(plane: ControlPlane): {
  readonly component: ControlPlaneComponent;
  readonly flags: readonly string[];
  readonly instance: ComponentInstance;
}[] {
  return CONTROL_PLANE_COMPONENTS.flatMap((component) => {
    // Another version brings other flags: that is said of the versions.
    const instances = plane.of(component).filter(({ pod, flags }) => pod && flags.size > 0);
    const [first, ...others] = instances;
    if (!first || others.length === 0 || new Set(instances.map(({ version }) => version)).size > 1) return [];
    const names = new Set(instances.flatMap(({ flags }) => [...flags.keys()]));
    const flags = [...names]
      .filter((name) => !OF_THE_NODE.test(name))
      .filter((name) => others.some((one) => one.flags.get(name) !== first.flags.get(name)))
      .sort();
    return flags.length === 0
      ? []
      : [{ component, flags: flags.map((name) => `--${name}`), instance: first }];
  });
}

/** Instances that work without an election, beside others of the same component. */
export function electionOff(
  plane: ControlPlane,
): { readonly instance: ComponentInstance; readonly count: number }[] {
  return (['kube-controller-manager', 'kube-scheduler'] as const).flatMap((component) => {
    const instances = plane.of(component).filter(({ pod }) => pod);
    if (instances.length < 2) return [];
    return instances
      .filter(({ flags }) => flags.get('leader-elect') === 'false')
      .map((instance) => ({ instance, count: instances.length }));
  });
}

/** The node whose address or name is the address of the whole control plane, from kubeadm's ClusterConfiguration. */
export function endpointOfOneNode(
  configuration: string,
  nodes: readonly NodeItem[],
): { readonly endpoint: string; readonly node: NodeItem } | undefined {
  const endpoint = /^controlPlaneEndpoint:\s*["']?([^"'\s#]+)/m.exec(configuration)?.[1];
  if (endpoint === undefined) return undefined;
  const host = endpoint.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  const node = nodes.find(
    ({ metadata, status }) =>
      metadata.name === host || status?.addresses?.some(({ address }) => address === host),
  );
  return node && { endpoint, node };
}
