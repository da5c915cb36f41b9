import type { Explains } from '../model/message.ts';

/**
 * What a pod that does not run is the cause of. `same-object` asks that the symptom names the pod: a node
 * names its network agent, a control plane its static pod.
 */
export const POD_SYMPTOMS = [
  { effect: 'service-without-endpoints', via: ['selected-by', 'same-object'] },
  { effect: 'service-unreachable', via: ['selected-by', 'same-object'] },
  { effect: 'dns-failing', via: ['selected-by', 'owned-by', 'same-object'] },
  { effect: 'workload-not-available', via: ['owned-by', 'same-object'] },
  { effect: 'job-failed', via: ['owned-by', 'same-object'] },
  { effect: 'telemetry-stale', via: ['same-object', 'owned-by'] },
  { effect: 'not-reconciled', via: ['owned-by', 'same-object'] },
  { effect: 'pod-not-ready', via: ['same-object'] },
  { effect: 'data-plane-not-connected', via: ['same-object'] },
  { effect: 'node-network-not-ready', via: ['same-object'] },
  { effect: 'volume-not-bound', via: ['same-object'] },
  { effect: 'volume-not-attached', via: ['same-object'] },
  { effect: 'scheduler-not-running', via: ['same-object'] },
  { effect: 'controllers-not-running', via: ['same-object'] },
  { effect: 'etcd-unavailable', via: ['same-object'] },
  { effect: 'api-server-unreachable', via: ['same-object'] },
] as const satisfies readonly Explains[];
