import { type ItemOf, resources } from '../model/artifact.ts';
import { CONDITIONS } from './resources.ts';

// Kinds of Cluster API (cluster.x-k8s.io, controlplane.cluster.x-k8s.io), which client-node has no types of.
// Fields as in api/core/v1beta1 and v1beta2 of kubernetes-sigs/cluster-api.

interface Condition {
  readonly type: string;
  readonly status: string;
  /** Up to v1beta1: `Error`, `Warning`, or `Info` for what is under way. */
  readonly severity?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

interface Cluster {
  readonly spec?: { readonly paused?: boolean };
  readonly status?: {
    readonly phase?: string;
    readonly failureMessage?: string;
    readonly conditions?: readonly Condition[];
  };
}

interface Machine {
  readonly spec?: { readonly clusterName?: string; readonly providerID?: string };
  readonly status?: {
    readonly phase?: string;
    readonly failureMessage?: string;
    readonly nodeRef?: { readonly name?: string };
    readonly conditions?: readonly Condition[];
  };
}

interface KubeadmControlPlane {
  readonly spec?: { readonly replicas?: number; readonly version?: string };
  readonly status?: {
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly failureMessage?: string;
    readonly conditions?: readonly Condition[];
  };
}

const SEVERE = { ...CONDITIONS, severity: true } as const;

export const capiClusters = resources<Cluster>()('cluster.x-k8s.io', 'Cluster', {
  spec: { paused: true },
  status: { phase: true, failureMessage: true, conditions: SEVERE },
});
export type CapiClusterItem = ItemOf<typeof capiClusters>;

export const capiMachines = resources<Machine>()('cluster.x-k8s.io', 'Machine', {
  spec: { clusterName: true, providerID: true },
  status: { phase: true, failureMessage: true, nodeRef: { name: true }, conditions: SEVERE },
});
export type CapiMachineItem = ItemOf<typeof capiMachines>;

export const kubeadmControlPlanes = resources<KubeadmControlPlane>()(
  'controlplane.cluster.x-k8s.io',
  'KubeadmControlPlane',
  {
    spec: { replicas: true, version: true },
    status: { replicas: true, readyReplicas: true, failureMessage: true, conditions: SEVERE },
  },
);
export type KubeadmControlPlaneItem = ItemOf<typeof kubeadmControlPlanes>;
