import { type ItemOf, resources } from '../model/artifact.ts';
import type { Condition } from '../model/condition.ts';
import { CONDITIONS } from './resources.ts';

// Kinds of Cluster API (cluster.x-k8s.io, controlplane.cluster.x-k8s.io), which client-node has no types of.
// Fields as in api/core/v1beta1 and v1beta2 of kubernetes-sigs/cluster-api.

interface SevereCondition extends Condition {
  /** Up to v1beta1: `Error`, `Warning`, or `Info` for what is under way. */
  readonly severity?: string;
}

/** Controllers leave an object with this annotation alone, whatever its value. */
export const CAPI_PAUSED = 'cluster.x-k8s.io/paused';
const PAUSABLE = { annotations: { [CAPI_PAUSED]: true } } as const;

interface Pausable {
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Cluster {
  readonly metadata?: Pausable;
  readonly spec?: { readonly paused?: boolean };
  readonly status?: {
    readonly phase?: string;
    readonly failureMessage?: string;
    readonly conditions?: readonly SevereCondition[];
  };
}

interface Machine {
  readonly metadata?: Pausable;
  readonly spec?: { readonly clusterName?: string; readonly providerID?: string };
  readonly status?: {
    readonly phase?: string;
    readonly failureMessage?: string;
    readonly nodeRef?: { readonly name?: string };
    readonly conditions?: readonly SevereCondition[];
  };
}

interface KubeadmControlPlane {
  readonly metadata?: Pausable;
  readonly spec?: { readonly replicas?: number; readonly version?: string };
  readonly status?: {
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly failureMessage?: string;
    readonly conditions?: readonly SevereCondition[];
  };
}

const SEVERE = { ...CONDITIONS, severity: true } as const;

export const capiClusters = resources<Cluster>()('cluster.x-k8s.io', 'Cluster', {
  metadata: PAUSABLE,
  spec: { paused: true },
  status: { phase: true, failureMessage: true, conditions: SEVERE },
});

export const capiMachines = resources<Machine>()('cluster.x-k8s.io', 'Machine', {
  metadata: PAUSABLE,
  spec: { clusterName: true, providerID: true },
  status: { phase: true, failureMessage: true, nodeRef: { name: true }, conditions: SEVERE },
});
export type CapiMachineItem = ItemOf<typeof capiMachines>;

export const kubeadmControlPlanes = resources<KubeadmControlPlane>()(
  'controlplane.cluster.x-k8s.io',
  'KubeadmControlPlane',
  {
    metadata: PAUSABLE,
    spec: { replicas: true, version: true },
    status: { replicas: true, readyReplicas: true, failureMessage: true, conditions: SEVERE },
  },
);
