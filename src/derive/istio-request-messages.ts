import type { Messages } from '../model/message.ts';

const FAILING = {
  severity: ['warning', 'info'],
  confidence: { level: 'certain', reason: 'the access log of the proxies says so' },
  effect: 'connection-failing',
  key: ['upstream'],
  groupBy: ['upstream'],
} as const;
/** Half a sentence every text ends with: how many lines, until when, and where the last of them come from. */
const LOG = {
  text: 'See such lines with their details.',
  argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '-c', 'istio-proxy', '--since=1h'],
} as const;
const ENDPOINTS = {
  text: 'See which endpoints the proxy has for it, and whether it counts them as healthy.',
  argv: ['istioctl', 'proxy-config', 'endpoints', '{pod.name}.{pod.namespace}'],
} as const;
const ROUTES = {
  text: 'See the routes the proxy has.',
  argv: ['istioctl', 'proxy-config', 'routes', '{pod.name}.{pod.namespace}'],
} as const;
const CLUSTERS = {
  text: 'See the clusters the proxy has.',
  argv: ['istioctl', 'proxy-config', 'clusters', '{pod.name}.{pod.namespace}'],
} as const;

/** What requests fail by, one message per response flag of Envoy. */
export const REQUEST_MESSAGES = {
  noHealthyUpstream: {
    ...FAILING,
    text: 'Requests to {upstream:text} fail with {code:text} UH: no endpoint of it is healthy ({count:count} lines, last {last:time}, in {pod:object}).',
    remedy: [
      {
        text: 'Look first whether the Service, or the labels of the subset, select ready pods; then whether outlier detection has ejected them.',
      },
      ENDPOINTS,
    ],
  },
  upstreamUnreachable: {
    ...FAILING,
    text: 'Requests to {upstream:text} fail with {code:text} UF: no connection to its endpoints can be made{reason:text} ({count:count} lines, last {last:time}, in {pod:object}).',
    remedy: [
      {
        text: 'Look first whether the application listens on that port, and not on 127.0.0.1 only; then at network policies and at pods that have just ended.',
      },
      ENDPOINTS,
      LOG,
    ],
  },
  tlsFailed: {
    ...FAILING,
    text: 'Requests to {upstream:text} fail with {code:text} UF: the two sides do not agree on TLS{reason:text} ({count:count} lines, last {last:time}, in {pod:object}).',
    remedy: [
      {
        text: '`WRONG_VERSION_NUMBER`: one side speaks TLS and the other does not, so compare `tls.mode` of the DestinationRule with the PeerAuthentication of the other side and whether that has a proxy. `CERTIFICATE_VERIFY_FAILED`: they trust different roots.',
        argv: ['kubectl', 'get', 'peerauthentications,destinationrules', '-A'],
      },
      LOG,
    ],
  },
  inboundUnreachable: {
    ...FAILING,
    text: 'Requests that reach {pod:object} fail with {code:text} {flag:text}: its proxy cannot connect to the application on port {port:text}{reason:text} ({count:count} lines, last {last:time}).',
    remedy: [
      {
        text: 'Look whether the application listens on this port, on all addresses; up to Istio 1.9 on 127.0.0.1.',
        argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '--all-containers', '--tail=50'],
      },
      LOG,
    ],
    key: ['port'],
    groupBy: ['pod', 'port'],
  },
  connectionTerminated: {
    ...FAILING,
    text: 'Requests to {upstream:text} fail with {code:text} {flag:text}: the other side ends the connection before it has answered ({count:count} lines, last {last:time}, in {pod:object}).',
    remedy: [
      {
        text: 'Look first at restarts of the application; then at its keep-alive time, which must be longer than the idle time of the proxy (one hour unless a DestinationRule sets `idleTimeout`).',
      },
      LOG,
    ],
  },
  upstreamTimeout: {
    ...FAILING,
    text: 'Requests to {upstream:text} fail with {code:text} UT: it answers later than the timeout of the route ({count:count} lines, last {last:time}, in {pod:object}).',
    remedy: [
      {
        text: 'Look first at the load of the upstream, then at `timeout` and `perTryTimeout` of the VirtualService.',
      },
      ROUTES,
    ],
  },
  circuitOpen: {
    ...FAILING,
    text: 'Requests to {upstream:text} fail with {code:text} UO: limits of its connection pool are reached ({count:count} lines, last {last:time}, in {pod:object}).',
    remedy: [
      {
        text: 'Look at `connectionPool` of its DestinationRule (`http1MaxPendingRequests`, `maxConnections`) and at how long the upstream takes.',
        argv: ['kubectl', 'get', 'destinationrules', '-A'],
      },
      LOG,
    ],
  },
  retriesExhausted: {
    ...FAILING,
    text: 'Requests to {upstream:text} fail with {code:text} URX: the limit of retries or connection attempts is reached ({count:count} lines, last {last:time}, in {pod:object}).',
    remedy: [
      { text: 'What the attempts failed by stands in the log of the proxy on the other side.' },
      ENDPOINTS,
    ],
  },
  noRoute: {
    ...FAILING,
    text: 'Requests to {upstream:text} fail with {code:text} NR: the proxy has no route or filter chain for them{details:text} ({count:count} lines, last {last:time}, in {pod:object}).',
    remedy: [
      {
        text: '`route_not_found`: look at hosts and matches of the VirtualServices. `filter_chain_not_found`: a client without mutual TLS meets a PeerAuthentication that demands it, or the port or SNI is not known.',
      },
      ROUTES,
    ],
  },
  clusterMissing: {
    ...FAILING,
    text: 'Requests to {upstream:text} fail with {code:text} NC: the route leads to a cluster the proxy does not have ({count:count} lines, last {last:time}, in {pod:object}).',
    remedy: [
      {
        text: 'Look first whether a DestinationRule defines the subset and whether the host and port exist; then whether the proxy is in sync, and whether its Sidecar resource leaves the host out.',
      },
      CLUSTERS,
    ],
  },
  protocolDiffers: {
    ...FAILING,
    text: 'Requests to {upstream:text} fail with {code:text} UPE: it answers in another protocol than the port is declared with ({count:count} lines, last {last:time}, in {pod:object}).',
    remedy: [
      {
        text: 'Compare `appProtocol` or the name of the Service port with what the application speaks: HTTP/1.1, HTTP/2 or gRPC.',
      },
      CLUSTERS,
    ],
  },
  nameNotResolved: {
    ...FAILING,
    text: 'Requests to {upstream:text} fail with {code:text} DF: the proxy cannot resolve the name ({count:count} lines, last {last:time}, in {pod:object}).',
    remedy: [
      { text: 'Look at the ServiceEntry with `resolution: DNS` for this host, and at the cluster DNS.' },
      ENDPOINTS,
    ],
  },
  proxyOverloaded: {
    ...FAILING,
    text: 'Requests to {upstream:text} fail with {code:text} OM: the proxy of {pod:object} sheds load since it is short of memory or connections ({count:count} lines, last {last:time}).',
    remedy: [
      {
        text: 'Raise the limits of the proxy or spread its load over more pods.',
        argv: ['kubectl', 'top', 'pod', '{pod.name}', '-n', '{pod.namespace}', '--containers'],
      },
    ],
  },
} as const satisfies Messages;
