import type { FirstCause } from '../first-causes.ts';

/** Requests that do not arrive though pods run. */
export const firstCauses: readonly FirstCause[] = [
  {
    sample: 'selector-matches-nothing',
    cause: 'network/service-without-endpoints#labelsDiffer',
    subject: 'Service/shop/api',
    symptoms: [],
  },
  {
    sample: 'target-port-not-served',
    cause: 'network/service-port-unserved#nobodyListens',
    subject: 'Service/shop/api',
    symptoms: [],
  },
  {
    sample: 'ingress-backend-missing',
    cause: 'network/route-broken#backendMissing',
    subject: 'Ingress/shop/shop',
    symptoms: [],
  },
  {
    sample: 'coredns-loop',
    cause: 'network/dns-unhealthy#forwardingLoop',
    subject: 'Pod/kube-system/coredns-66bc5c9577-4xzlq',
    symptoms: [
      'network/dns-unhealthy#noServerReady',
      'network/service-without-endpoints#noneReady',
      'workload/crash-loop#exits',
      'workload/rollout-stuck#notAvailable',
    ],
  },
];
