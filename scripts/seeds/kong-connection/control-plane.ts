import type { SeedCorrection, SeedRow } from '../seed-row.ts';

const KONG = 'kong/data-plane-not-connected';
const NO_CURL: SeedCorrection = {
  says: 'Kong’s open source images have no `curl`; kubecase asks through a port-forward.',
  page: KONG,
  quote: "Kong's open source images have no `curl`",
};

/** The list of the control plane and the way to it. */
export const controlPlaneRows: readonly SeedRow[] = [
  {
    lines: [67, 72],
    kind: 'step',
    says: 'The control plane is the source of truth: ask its Admin API who is connected.',
    answers: [{ collector: 'kong/clustering-status' }, { analyzer: KONG, check: 'registry' }],
    correction: {
      says: 'Being listed is not being connected: rows stay for 14 days, only their age tells.',
      page: KONG,
      quote: 'being listed is not "connected"',
    },
  },
  {
    lines: [74, 77],
    kind: 'command',
    says: 'Ask the Admin API at its address.',
    answers: [
      { command: 'kubecase collect --kong-admin-url <url>' },
      { collector: 'kong/clustering-status' },
    ],
  },
  {
    lines: [79, 82],
    kind: 'command',
    says: 'Ask the Admin API with curl inside the pod.',
    answers: [{ collector: 'kong/clustering-status' }],
    correction: NO_CURL,
  },
  {
    lines: [84, 99],
    kind: 'step',
    says: 'Read status, address, age, version and synchronisation of each data plane.',
    answers: [
      { facts: 'kong-planes' },
      {
        analyzer: KONG,
        message: ['staleRow', 'lateHeartbeat'],
      },
      { analyzer: 'kong/version-incompatible', message: ['refused', 'wouldBeRefused'] },
      { analyzer: 'kong/configuration-out-of-sync', message: ['pluginMissing', 'notApplied'] },
    ],
    correction: {
      says: 'The reply has another shape: no `status`, and `last_seen` is a time in Unix seconds.',
      page: KONG,
      quote: 'Neither has `status: healthy`, and a `last_seen` of 5 does not exist in Kong',
    },
  },
  {
    lines: 100,
    kind: 'question',
    says: 'Is the data plane missing from the list, or not healthy there?',
    answers: [
      {
        analyzer: KONG,
        message: ['notInRegistry', 'staleRow', 'controlPlaneNotRecording'],
      },
    ],
    correction: {
      says: 'Rows are matched by host name first: the address may be that of a load balancer.',
      page: KONG,
      quote: 'A row with the address of a load balancer',
    },
  },
  {
    lines: [104, 106],
    kind: 'question',
    says: 'Does the data plane reach the cluster port 8005?',
    answers: [
      { analyzer: KONG, check: 'tcp' },
      { analyzer: KONG, message: ['unreachable', 'serviceUnusable'] },
      { analyzer: 'network/policy-blocks-traffic' },
    ],
  },
  {
    lines: [108, 111],
    kind: 'command',
    says: 'Open a shell in the data plane.',
    answers: [{ collector: 'kubernetes/logs' }, { analyzer: KONG, check: 'tcp' }],
    correction: NO_CURL,
  },
  {
    lines: [113, 119],
    kind: 'command',
    says: 'Test the connection with nc or telnet.',
    answers: [
      { analyzer: KONG, check: 'tcp' },
      { analyzer: KONG, message: ['unreachable', 'serviceUnusable'] },
    ],
    correction: NO_CURL,
  },
  {
    lines: [121, 125],
    kind: 'command',
    says: 'Test the handshake with curl.',
    answers: [{ analyzer: KONG, check: 'tcp' }],
    correction: NO_CURL,
  },
  {
    lines: [126, 127],
    kind: 'question',
    says: '`Connected to`: what if the network is fine?',
    answers: [
      { analyzer: KONG, message: ['rejectedByControlPlane', 'wrongBackend'] },
      { analyzer: 'kong/version-incompatible', message: 'refused' },
    ],
  },
  {
    lines: 128,
    kind: 'question',
    says: '`SSL certificate problem`: is it the certificate?',
    answers: [{ analyzer: KONG, message: ['tlsUntrusted', 'tlsExpired', 'hostMismatch'] }],
    correction: {
      says: 'In shared mode the certificate is self-signed, so that curl always says so: it shows only that TCP works.',
      page: KONG,
      quote: 'always ends with a certificate problem in shared mode',
    },
  },
  {
    lines: 129,
    kind: 'question',
    says: '`Connection timed out`: is it a firewall?',
    answers: [{ analyzer: KONG, message: 'unreachable' }, { analyzer: 'network/policy-blocks-traffic' }],
  },
  {
    lines: 130,
    kind: 'question',
    says: '`Could not resolve host`: is it the name or the DNS?',
    answers: [
      { analyzer: KONG, message: 'dnsFailed' },
      { analyzer: 'network/dns-unhealthy' },
      { analyzer: 'network/service-name-unknown' },
    ],
  },
];
