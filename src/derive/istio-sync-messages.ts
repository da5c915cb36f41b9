import type { Messages } from '../model/message.ts';

const CONFIGURATION = {
  effect: 'data-plane-configuration-old',
  explains: [
    { effect: 'connection-failing', via: ['same-object'] },
    { effect: 'route-broken', via: ['same-object'] },
    { effect: 'pod-not-ready', via: ['same-object'] },
  ],
} as const;
const BY_SYNC = {
  level: 'certain',
  reason: 'istiod lists what it sent and what the proxy confirmed',
} as const;
const COMPARE = {
  text: 'Compare what the proxy has with what istiod would give it.',
  argv: ['istioctl', 'proxy-status', '{pod.name}.{pod.namespace}'],
} as const;
const COMPARE_ALL = {
  text: 'See which proxies have what they were sent.',
  argv: ['istioctl', 'proxy-status'],
} as const;
const FILTERS = {
  text: 'Correct what adds this piece: mostly an EnvoyFilter, or a host or port that appears twice.',
  argv: ['kubectl', 'get', 'envoyfilters', '-A'],
} as const;

/** How a proxy's configuration is not that of its control plane. */
export const SYNC_MESSAGES = {
  notConnected: {
    severity: 'warning',
    confidence: { level: 'likely', reason: 'all replicas were asked within a moment, and none lists it' },
    text: 'The Istio proxy of {pod:object} is connected to no replica of its control plane {plane:object}: it keeps the configuration and endpoints it has.',
    remedy: [
      {
        text: 'Read why it cannot connect.',
        argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '-c', 'istio-proxy', '--tail=100'],
      },
      COMPARE,
    ],
    effect: 'data-plane-not-connected',
    explains: CONFIGURATION.explains,
    groupBy: ['plane'],
  },
  rejected: {
    ...CONFIGURATION,
    severity: 'warning',
    confidence: BY_SYNC,
    text: 'The Istio proxy of {pod:object} refuses its {type:text} configuration and keeps the one before: `{detail:text}`.',
    remedy: [FILTERS, COMPARE],
    key: ['type'],
    groupBy: ['detail'],
  },
  filterRefused: {
    severity: 'warning',
    confidence: { level: 'likely', reason: 'the words of the refusal name what comes from this EnvoyFilter' },
    text: '{filter:object} adds what Envoy does not take (Istio proxies that refuse it: {count:count}). Those that run keep the {type:text} configuration before it, new ones do not become ready: `{detail:text}`.',
    remedy: [
      {
        text: 'Correct it, or delete it until it is correct: the proxies take the rest within seconds.',
        argv: ['kubectl', 'edit', 'envoyfilter', '{filter.name}', '-n', '{filter.namespace}'],
      },
      COMPARE_ALL,
    ],
    explains: [{ effect: 'data-plane-configuration-old', via: ['same-object'] }],
    key: ['type'],
  },
  stale: {
    ...CONFIGURATION,
    severity: ['warning', 'info'],
    confidence: BY_SYNC,
    text: 'The Istio proxy of {pod:object} has not confirmed its {type:text} configuration, {when:text}.',
    remedy: [
      {
        text: 'A proxy that does not answer is busy, hangs, or its connection is dead: look at its CPU and log, and at the load of istiod.',
        argv: ['kubectl', 'top', 'pod', '{pod.name}', '-n', '{pod.namespace}', '--containers'],
      },
      COMPARE,
    ],
    key: ['type'],
  },
  notSent: {
    ...CONFIGURATION,
    severity: 'critical',
    confidence: BY_SYNC,
    text: 'istiod has sent no {type:text} configuration to the Istio proxy of {pod:object} since it connected.',
    remedy: [
      {
        text: 'Read the log of istiod for this proxy: it is overloaded, waits for its caches, or failed to make the configuration.',
        argv: ['kubectl', 'logs', '{replica.name}', '-n', '{replica.namespace}', '--tail=200'],
      },
      { text: 'The replica it is connected to is {replica:object}.' },
    ],
    key: ['type'],
  },
  listenerRefused: {
    ...CONFIGURATION,
    severity: 'warning',
    confidence: { level: 'certain', reason: 'the configuration dump of the proxy says so' },
    text: 'Envoy in {pod:object} did not take the listener `{listener:text}` and {consequence:text}: `{detail:text}`.',
    remedy: [FILTERS, COMPARE],
    key: ['listener'],
    groupBy: ['detail'],
  },
} as const satisfies Messages;
