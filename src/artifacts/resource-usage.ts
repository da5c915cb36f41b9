import { type ItemOf, resources } from '../model/artifact.ts';

/** Quantities by resource: `{"cpu": "12m", "memory": "71Mi"}`. */
interface Usage {
  readonly cpu?: string;
  readonly memory?: string;
}

/** NodeMetrics of metrics.k8s.io, which client-node lists by calls of its own only. */
interface NodeMetrics {
  /** End of the window that was measured. */
  readonly timestamp?: string;
  /** E.g. `20.05s`. */
  readonly window?: string;
  readonly usage?: Usage;
}

/** PodMetrics of metrics.k8s.io. */
interface PodMetrics {
  readonly timestamp?: string;
  readonly window?: string;
  readonly containers?: readonly { readonly name: string; readonly usage?: Usage }[];
}

/** Group of the API that metrics-server serves. */
export const USAGE_GROUP = 'metrics.k8s.io';

/** What each node used of processors and memory in the last window. */
export const nodeMetrics = resources<NodeMetrics>()(
  USAGE_GROUP,
  'NodeMetrics',
  { timestamp: true, window: true, usage: true },
  { title: 'Usage of nodes', namespaced: false },
);

/** What each container used of processors and memory in the last window. */
export const podMetrics = resources<PodMetrics>()(
  USAGE_GROUP,
  'PodMetrics',
  { timestamp: true, window: true, containers: { name: true, usage: true } },
  { title: 'Usage of pods' },
);
export type PodMetricsItem = ItemOf<typeof podMetrics>;
