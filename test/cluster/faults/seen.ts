import type { CommandResult } from '../control-plane.ts';
import type { KubernetesObject } from '../workload/object.ts';

/** Kinds the faults look at while they wait, as kubectl names them. */
const KINDS = [
  'pods',
  'events',
  'replicasets.apps',
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'horizontalpodautoscalers.autoscaling',
  'persistentvolumeclaims',
  'resourcequotas',
  'endpointslices.discovery.k8s.io',
  'poddisruptionbudgets.policy',
  'namespaces',
  'nodes',
  'persistentvolumes',
  'apiservices.apiregistration.k8s.io',
] as const;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

interface SeenObject extends KubernetesObject {
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly conditions?: readonly Condition[];
    readonly [field: string]: unknown;
  };
  readonly reason?: string;
  readonly message?: string;
}

/** The objects of one namespace, and those of no namespace, at one moment. */
export interface Seen {
  of(kind: string): readonly SeenObject[];
  /** Whether an event of this reason has this text in its message. */
  event(reason: string, text?: string): boolean;
  /** Whether some object of the kind has this condition, `True` unless said otherwise. */
  condition(kind: string, type: string, status?: string): boolean;
}

/** Asks for everything once; a fault waits on its own part of the answer. */
export async function lookAround(
  kubectl: (args: readonly string[]) => Promise<CommandResult>,
): Promise<(namespace: string) => Seen> {
  const { stdout, stderr } = await kubectl(['get', KINDS.join(','), '-A', '-o', 'json']);
  if (stdout === '') throw new Error(`kubectl saw nothing: ${stderr.trim()}`);
  const { items } = JSON.parse(stdout) as { items: SeenObject[] };
  return (namespace) => partOf(items, namespace);
}

function partOf(items: readonly SeenObject[], namespace: string): Seen {
  const own = items.filter(({ metadata }) => (metadata.namespace ?? namespace) === namespace);
  const of = (kind: string): SeenObject[] => own.filter((item) => item.kind === kind);
  return {
    of,
    event: (reason, text = '') =>
      of('Event').some((event) => event.reason === reason && (event.message ?? '').includes(text)),
    condition: (kind, type, status = 'True') =>
      of(kind).some(({ status: state }) =>
        state?.conditions?.some((one) => one.type === type && one.status === status),
      ),
  };
}
