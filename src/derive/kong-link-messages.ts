import type { Explains, Message } from '../model/message.ts';
import type { LinkFailureClass } from './kong-link-failure.ts';

/** Default of the messages a log line explains: the registry shows that the link is down now. */
export const LOG_AND_REGISTRY = {
  level: 'certain',
  reason: 'the control plane has not heard of it, and its log names the error',
} as const;
/** Where no control plane could be asked. */
export const LOG_ONLY = {
  level: 'likely',
  reason: 'its log names the error up to the collection, but no control plane was asked',
} as const;

/** Where neither log nor list speak, but the way was tried. */
export const TRIED = {
  level: 'certain',
  reason: 'it was tried from its container',
} as const;

/** What follows from a lost or missing link: no changes arrive; one that was never configured is not ready. */
export const EXPLAINS_LINK: readonly Explains[] = [
  { effect: 'connection-failing', via: ['same-object'] },
  { effect: 'data-plane-configuration-old', via: ['same-object'] },
  { effect: 'pod-not-ready', via: ['same-object'] },
  { effect: 'workload-not-available', via: ['owned-by'] },
  { effect: 'service-without-endpoints', via: ['selected-by'] },
];

const LINK = {
  severity: 'critical',
  confidence: LOG_AND_REGISTRY,
  effect: 'data-plane-not-connected',
  explains: EXPLAINS_LINK,
} as const;
const SAME_ADDRESS = ['address'] as const;
const RESTART = {
  text: 'Restart control planes and data planes afterwards: Kong reads the cluster certificate at its start only.',
} as const;
const SHOW_ADDRESS = {
  text: 'See what the data plane is told.',
  argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
} as const;
const CONTROL_PLANE_SERVICES = {
  text: 'Compare `KONG_CLUSTER_CONTROL_PLANE` of the data plane with the Services there are: name, namespace, port 8005.',
  argv: ['kubectl', 'get', 'services', '--all-namespaces'],
} as const;

/** Why a data plane is not connected, one message for each class of link failure. All take `pod`, `address`, `detail`. */
export const LINK_MESSAGES = {
  dnsFailed: {
    ...LINK,
    text: '{pod:object} cannot reach its control plane: the name in `{address:text}` does not resolve ({detail:text}).',
    remedy: [
      CONTROL_PLANE_SERVICES,
      {
        text: 'If the name is right, look at the cluster DNS and at NetworkPolicies that keep the pod from it.',
        argv: ['kubectl', 'get', 'pods', '-n', 'kube-system', '-l', 'k8s-app=kube-dns', '-o', 'wide'],
      },
    ],
    groupBy: SAME_ADDRESS,
    check: ['logs', 'registry', 'service', 'dns'],
  },
  unreachable: {
    ...LINK,
    text: '{pod:object} cannot open a connection to its control plane at `{address:text}`: {detail:text}.',
    remedy: [
      {
        text: 'Refused: see whether the control plane runs and listens on that port (`KONG_CLUSTER_LISTEN`), and whether its Service has ready endpoints.',
        argv: ['kubectl', 'get', 'endpointslices', '--all-namespaces'],
      },
      {
        text: 'Timeout or no route: look for a NetworkPolicy, a firewall or a security group between the two.',
        argv: ['kubectl', 'get', 'networkpolicies', '--all-namespaces'],
      },
    ],
    groupBy: SAME_ADDRESS,
    check: ['logs', 'registry', 'service', 'tcp'],
  },
  tlsExpired: {
    ...LINK,
    text: '{pod:object} refuses its control plane at `{address:text}`: the certificate it is shown has expired ({detail:text}).',
    remedy: [
      {
        text: 'Issue a new cluster certificate (`kong hybrid gen_cert`, or the issuer in PKI mode) and put it into the Secrets of both sides. If these hold a valid one already, only the restart is missing.',
      },
      RESTART,
    ],
    groupBy: SAME_ADDRESS,
    check: ['logs', 'registry', 'service', 'tls'],
  },
  tlsUntrusted: {
    ...LINK,
    text: '{pod:object} does not trust the certificate of its control plane at `{address:text}`: {detail:text}.',
    remedy: [
      {
        text: 'With `KONG_CLUSTER_MTLS=shared`, the default, put the very same certificate and key into the Secrets of both sides.',
      },
      {
        text: 'With `KONG_CLUSTER_MTLS=pki`, let `KONG_CLUSTER_CA_CERT` of the data plane hold the CA that issued the certificate of the control plane.',
      },
      RESTART,
    ],
    groupBy: SAME_ADDRESS,
    check: ['logs', 'registry', 'service', 'tls'],
  },
  tlsChain: {
    ...LINK,
    text: '{pod:object} cannot build the chain of the certificate of its control plane at `{address:text}`: {detail:text}.',
    remedy: [
      {
        text: '`certificate chain too long`: raise `KONG_LUA_SSL_VERIFY_DEPTH` of the data plane (default 1; an intermediate CA needs 2).',
      },
      {
        text: '`unable to get issuer certificate`: let `KONG_CLUSTER_CA_CERT` hold the intermediates and the root; an issuer may put the root into `ca.crt` and the intermediates into `tls.crt`.',
      },
      RESTART,
    ],
    groupBy: SAME_ADDRESS,
    check: ['logs', 'registry', 'service', 'tls'],
  },
  hostMismatch: {
    ...LINK,
    text: '{pod:object} refuses its control plane at `{address:text}`: the certificate it is shown has another name ({detail:text}).',
    remedy: [
      {
        text: 'In shared mode the name asked for is always `kong_clustering`: a certificate that has any DNS name must have that one too.',
      },
      {
        text: 'In PKI mode set `KONG_CLUSTER_SERVER_NAME` of the data plane to a name of the control plane certificate.',
      },
    ],
    groupBy: SAME_ADDRESS,
    check: ['logs', 'registry', 'service', 'tls'],
  },
  tlsFailed: {
    ...LINK,
    text: 'The TLS handshake of {pod:object} with its control plane at `{address:text}` breaks off: {detail:text}.',
    remedy: [
      {
        text: 'Check what answers on that port: a service mesh, a proxy or a load balancer that ends TLS must pass port 8005 through untouched.',
      },
      SHOW_ADDRESS,
    ],
    groupBy: SAME_ADDRESS,
    check: ['logs', 'registry', 'service', 'tls'],
  },
  rejectedByControlPlane: {
    ...LINK,
    text: 'The control plane at `{address:text}` turns {pod:object} away after the TLS handshake: {detail:text}.',
    remedy: [
      {
        text: 'Read the log of the control plane at that time: it names the reason, most often a client certificate that is not its own (shared) or not of its CA (PKI, at log level info).',
      },
      {
        text: 'With `KONG_CLUSTER_MTLS=shared`, the default, put the very same certificate and key into the Secrets of both sides.',
      },
      RESTART,
    ],
    check: ['logs', 'registry', 'service', 'tls'],
  },
  wrongBackend: {
    ...LINK,
    text: 'What answers {pod:object} at `{address:text}` is no cluster listener of a control plane: {detail:text}.',
    remedy: [
      {
        text: 'Let the address lead to port 8005 of the control plane (`KONG_CLUSTER_LISTEN`), through TCP only: an HTTP proxy in between answers by itself.',
      },
      SHOW_ADDRESS,
    ],
    groupBy: SAME_ADDRESS,
    check: ['logs', 'registry', 'service', 'tls'],
  },
  proxyFailed: {
    ...LINK,
    text: '{pod:object} cannot reach its control plane at `{address:text}` through its proxy: {detail:text}.',
    remedy: [
      {
        text: 'Check `KONG_PROXY_SERVER` and that the proxy allows CONNECT to that host and port; or switch `KONG_CLUSTER_USE_PROXY` off.',
      },
      SHOW_ADDRESS,
    ],
    groupBy: SAME_ADDRESS,
    check: ['logs', 'registry', 'service', 'tcp'],
  },
  payloadTooBig: {
    ...LINK,
    text: '{pod:object} loses its link to `{address:text}` whenever the configuration comes: it is larger than one message may be ({detail:text}).',
    remedy: [
      { text: 'Raise `KONG_CLUSTER_MAX_PAYLOAD` on both sides, or make the configuration smaller.' },
      SHOW_ADDRESS,
    ],
    groupBy: SAME_ADDRESS,
    check: ['logs', 'registry', 'service'],
  },
  interrupted: {
    ...LINK,
    text: 'The link of {pod:object} to its control plane at `{address:text}` keeps breaking: {detail:text}.',
    remedy: [
      {
        text: 'Look for what cuts idle or long connections: load balancer and NAT timeouts, proxies, a control plane that restarts or lacks CPU.',
      },
      {
        text: 'Compare with the log of the control plane at the same time.',
      },
    ],
    check: ['logs', 'registry', 'service'],
  },
} as const satisfies Readonly<Record<LinkFailureClass, Message>>;
