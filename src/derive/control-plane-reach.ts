import type { Explains } from '../model/message.ts';

const CLUSTER = ['cluster-wide'] as const;

/** What a fault of etcd explains: it reaches whatever waits for the API server's storage. */
export const ETCD_DOWN_REACHES = [
  { effect: 'etcd-unavailable', via: CLUSTER },
  { effect: 'api-server-unreachable', via: CLUSTER },
  { effect: 'api-server-degraded', via: CLUSTER },
  { effect: 'controllers-not-running', via: CLUSTER },
  { effect: 'scheduler-not-running', via: CLUSTER },
] as const satisfies readonly Explains[];

/** What a slow etcd explains: elections, slow requests, leases not renewed in time. */
export const ETCD_SLOW_REACHES = [
  { effect: 'etcd-slow', via: CLUSTER },
  { effect: 'api-server-degraded', via: CLUSTER },
  { effect: 'controllers-not-running', via: CLUSTER },
  { effect: 'scheduler-not-running', via: CLUSTER },
] as const satisfies readonly Explains[];

/** What elections and slow requests of etcd explain; they are signs of a slow etcd themselves. */
export const API_SLOWED_REACHES = [
  { effect: 'api-server-degraded', via: CLUSTER },
  { effect: 'controllers-not-running', via: CLUSTER },
  { effect: 'scheduler-not-running', via: CLUSTER },
] as const satisfies readonly Explains[];

/** What an API server that is slow or fails explains: components that live from it lose their leases. */
export const API_DEGRADED_REACHES = [
  { effect: 'controllers-not-running', via: CLUSTER },
  { effect: 'scheduler-not-running', via: CLUSTER },
] as const satisfies readonly Explains[];

/** What stays undone while no controller-manager leads: nothing is created, bound, scaled, published or removed. */
export const CONTROLLERS_DOWN_REACHES = [
  { effect: 'endpoints-stale', via: CLUSTER },
  { effect: 'pods-not-created', via: CLUSTER },
  { effect: 'workload-not-available', via: CLUSTER },
  { effect: 'autoscaling-failing', via: CLUSTER },
  { effect: 'volume-not-bound', via: CLUSTER },
  { effect: 'volume-not-attached', via: CLUSTER },
  { effect: 'object-not-deleted', via: CLUSTER },
] as const satisfies readonly Explains[];

/** What stays undone while no scheduler leads. */
export const SCHEDULER_DOWN_REACHES = [
  { effect: 'pod-not-considered', via: CLUSTER },
] as const satisfies readonly Explains[];

/** What stays undone while no cloud-controller-manager leads: load balancers have no address. */
export const CLOUD_CONTROLLERS_DOWN_REACHES = [
  { effect: 'load-balancer-missing', via: CLUSTER },
] as const satisfies readonly Explains[];
