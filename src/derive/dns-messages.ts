import type { Messages } from '../model/message.ts';

const SAID = { level: 'certain', reason: 'the server says so and is not ready' } as const;
const DOWN = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the pods of the DNS say so' },
  effect: 'dns-failing',
  explains: [{ effect: 'connection-failing', via: ['cluster-wide'] }],
  check: 'serving',
} as const;
/** What a server says of itself: the reason why it crashes or is not ready, and so why the DNS is down. */
const SERVER = {
  severity: 'critical',
  confidence: SAID,
  // No effect: it is the reason why the pod crashes or is not ready, and not something that follows from that.
  explains: [
    { effect: 'pod-crashing', via: ['same-object'] },
    { effect: 'pod-not-ready', via: ['same-object'] },
    { effect: 'service-without-endpoints', via: ['selected-by'] },
    { effect: 'dns-failing', via: ['selected-by'] },
  ],
  groupBy: ['namespace'],
} as const;
const EDIT_COREFILE = {
  text: 'Correct the Corefile and let the servers start again; on OpenShift and RKE2 change the operator or the chart values instead.',
  argv: ['kubectl', 'get', 'configmap', 'coredns', '-n', '{namespace}', '-o', 'yaml'],
} as const;
const LOGS = {
  text: 'Read what the server says.',
  argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '--tail=50'],
} as const;

/** What can be said of the cluster's DNS, from its servers, its Service and its clients. */
export const DNS_MESSAGES = {
  noServerReady: {
    ...DOWN,
    text: 'No name resolves in the cluster: none of the {count:count} pods of its DNS in namespace `{namespace:text}` is ready.',
    remedy: [
      {
        text: 'Find out why the pods are not ready.',
        argv: ['kubectl', 'get', 'pods', '-n', '{namespace}', '-l', 'k8s-app=kube-dns', '-o', 'wide'],
      },
    ],
  },
  noServer: {
    ...DOWN,
    text: 'No name resolves in the cluster: {service:object} has no pod.',
    remedy: [
      {
        text: 'See what should run the DNS and scale it up; two replicas are usual.',
        argv: ['kubectl', 'get', 'deployments,daemonsets', '-n', '{service.namespace}'],
      },
    ],
  },
  noService: {
    ...DOWN,
    text: 'No name resolves in the cluster: the DNS runs {count:count} pods in namespace `{namespace:text}`, but no Service leads to them.',
    remedy: [
      {
        text: 'Make the Service `kube-dns` again with the address that stands in `clusterDNS` of the kubelets (the tenth of the Service range with kubeadm: `kubeadm init phase addon coredns`).',
      },
    ],
  },
  forwardingLoop: {
    ...SERVER,
    text: 'The DNS in namespace `{namespace:text}` forwards questions to itself: {pod:object} stops each time it notices.',
    remedy: [
      {
        text: 'The resolv.conf of the node names a local stub such as 127.0.0.53: set `resolvConf: /run/systemd/resolve/resolv.conf` in the configuration of the kubelet, restart it and delete the pod.',
      },
    ],
  },
  noNameservers: {
    ...SERVER,
    text: 'The DNS does not start in {pod:object}: the resolv.conf it gets from its node names no server (namespace `{namespace:text}`).',
    remedy: [
      {
        text: 'Give the node a name server in the file `resolvConf` of its kubelet names, then delete the pod.',
      },
    ],
  },
  corefileInvalid: {
    ...SERVER,
    text: 'The DNS does not start in {pod:object}: its Corefile cannot be read (namespace `{namespace:text}`).',
    remedy: [EDIT_COREFILE],
  },
  apiServerOutOfReach: {
    ...SERVER,
    text: 'The DNS is not ready in {pod:object}: it does not reach the API server through its Service address (namespace `{namespace:text}`).',
    remedy: [
      {
        text: 'The rules for Services or the pod network on its node are at fault: look at kube-proxy and at the network plugin there.',
      },
      LOGS,
    ],
  },
  upstreamFails: {
    severity: 'warning',
    confidence: { level: 'likely', reason: 'the log of the server says so; answers were not tried' },
    text: 'The DNS gets no answer from {server:text} for names outside the cluster: {count:count} questions failed in {pod:object}, the last for `{name:text}`.',
    remedy: [
      {
        text: 'Test the upstream server from the node of the pod: UDP and TCP port 53, firewall, security group.',
      },
      LOGS,
    ],
    effect: 'dns-failing',
    groupBy: ['server'],
  },
  clientsFail: {
    severity: 'warning',
    confidence: {
      level: 'likely',
      reason: 'programs of several namespaces say so; the servers are ready',
    },
    text: '{pod:object} gets no answer from the DNS ({server:object}) though its servers are ready, and so do {count:count} other pods, in the namespaces {namespaces:text}.',
    remedy: [
      {
        text: 'Ask from one of these pods. If only some nodes are concerned, kube-proxy or the network plugin of those nodes is at fault; if all are, the servers are overloaded or a NetworkPolicy stands before them.',
        argv: ['kubectl', 'get', 'pods', '-A', '-o', 'wide', '-l', 'k8s-app=kube-dns'],
      },
    ],
    effect: 'dns-failing',
    explains: [
      { effect: 'connection-failing', via: ['same-object'] },
      { effect: 'pod-crashing', via: ['same-object'] },
      { effect: 'pod-not-ready', via: ['same-object'] },
    ],
    groupBy: ['server'],
  },
} as const satisfies Messages;
