import type { Check, Message } from '../model/message.ts';
import { EXPLAINS_LINK } from './kong-link-messages.ts';

const LISTED = { level: 'certain', reason: 'the list of the control plane says so' } as const;
const OBJECT = { level: 'certain', reason: 'the API object says so' } as const;
const NOT_CONNECTED = 'data-plane-not-connected';

const READ_LOG = {
  text: 'Read what it writes of its link.',
  argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '--all-containers', '--since=15m'],
} as const;
const COMPARE_LOGS = {
  text: 'Compare the logs of data plane and control plane from that time on; at log level debug both name each step.',
} as const;

/** What the list of the control plane shows. */
const REGISTRY_MESSAGES = {
  staleRow: {
    severity: 'critical',
    confidence: LISTED,
    text: '{pod:object} has lost its control plane: {controlPlane:object} last heard of it {age:duration} before it was asked. A data plane reports every 30 s.',
    remedy: [READ_LOG, COMPARE_LOGS],
    effect: NOT_CONNECTED,
    explains: EXPLAINS_LINK,
    check: 'registry',
  },
  notInRegistry: {
    severity: 'critical',
    confidence: LISTED,
    text: '{pod:object} has never connected to its control plane: {controlPlane:object} does not list it.',
    remedy: [
      {
        text: 'Compare `KONG_CLUSTER_CONTROL_PLANE` and `KONG_CLUSTER_CERT` of the pod with one that is connected.',
        argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
      },
      READ_LOG,
    ],
    effect: NOT_CONNECTED,
    explains: EXPLAINS_LINK,
    check: 'registry',
  },
  lateHeartbeat: {
    severity: 'warning',
    confidence: LISTED,
    text: '{pod:object} is about to lose its control plane: {controlPlane:object} last heard of it {age:duration} before it was asked, and both sides give up after 45 s.',
    remedy: [READ_LOG, COMPARE_LOGS],
    effect: NOT_CONNECTED,
    check: 'registry',
  },
  controlPlaneNotRecording: {
    severity: 'critical',
    confidence: {
      level: 'likely',
      reason: 'all data planes fell silent within a minute, while none of their logs names a failing link',
    },
    text: '{controlPlane:object} records no data plane any more: it last heard of each of its {count:count} data planes {age:duration} or more before it was asked, all at about the same time.',
    remedy: [
      {
        text: 'Look for `unable to update clustering data plane status` in its log, and at its database: the links may be up, only their record is not written.',
      },
      { text: 'Mend the control plane first; the data planes serve their last configuration meanwhile.' },
    ],
    effect: NOT_CONNECTED,
  },
} as const satisfies Readonly<Record<string, Message>>;

/** What the log alone shows, where no control plane was asked. */
const LOG_MESSAGES = {
  waitsForConfiguration: {
    severity: 'warning',
    confidence: {
      level: 'likely',
      reason: 'it says so itself and is not ready, but no control plane was asked',
    },
    text: '{pod:object} has not received a configuration: {detail:text}.',
    remedy: [READ_LOG, COMPARE_LOGS],
    effect: NOT_CONNECTED,
    explains: EXPLAINS_LINK,
    check: 'logs',
  },
  foreignWords: {
    severity: 'warning',
    confidence: {
      level: 'possible',
      reason: 'no version of Kong as open source writes these words, and no control plane was asked',
    },
    text: 'The log of {pod:object} speaks of a failing link in words that are not those of Kong itself: `{detail:text}`.',
    remedy: [
      { text: 'Find out what writes the line: a plugin, a wrapper script or another edition.' },
      READ_LOG,
    ],
    effect: NOT_CONNECTED,
    check: 'logs',
  },
} as const satisfies Readonly<Record<string, Message>>;

/** What the cluster's objects show. */
const OBJECT_MESSAGES = {
  notRunning: {
    severity: 'critical',
    confidence: OBJECT,
    text: '{pod:object} is not connected, since its container `{container:text}` does not run: {state:text}.',
    remedy: [
      {
        text: 'See why the container does not run.',
        argv: ['kubectl', 'describe', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
      },
    ],
    effect: NOT_CONNECTED,
    explains: EXPLAINS_LINK,
    check: ['pod', 'registry'],
  },
  notReady: {
    severity: 'info',
    confidence: OBJECT,
    text: 'Container `{container:text}` of {pod:object} runs but is not ready: Services send it no traffic{reason:text}. A data plane that only lost its control plane stays ready.',
    remedy: [
      {
        text: 'Ask its readiness endpoint (`/status/ready`, port 8100 in the chart); a 503 names the reason.',
        argv: ['kubectl', 'port-forward', '-n', '{pod.namespace}', 'pod/{pod.name}', '8100'],
      },
    ],
    check: 'pod',
  },
  serviceUnusable: {
    severity: ['critical', 'warning'],
    confidence: OBJECT,
    text: '{pod:object} is told to reach its control plane at `{address:text}`, but {problem:text}.',
    remedy: [
      {
        text: 'Let `KONG_CLUSTER_CONTROL_PLANE` name the cluster Service of the control plane, with its port (8005).',
        argv: ['kubectl', 'get', 'services', '--all-namespaces'],
      },
      { text: 'A Service without ready endpoints: see why the control plane pods are not ready.' },
    ],
    groupBy: ['address', 'problem'],
    effect: NOT_CONNECTED,
    explains: EXPLAINS_LINK,
    check: ['service', 'registry'],
  },
  policyBlocks: {
    severity: 'critical',
    confidence: {
      level: 'likely',
      reason: 'it cannot connect, and no NetworkPolicy allows it to; policies of other kinds were not read',
    },
    text: '{pod:object} cannot connect to its control plane at `{address:text}`: {policy:object} restricts {direction:text} {selected:object}, and nothing allows this connection.',
    remedy: [
      {
        text: 'Allow TCP to the cluster listener (8005): egress of the data planes, ingress of the control plane. Policies add to each other: one more that allows it is enough.',
        argv: ['kubectl', 'describe', 'networkpolicy', '{policy.name}', '-n', '{policy.namespace}'],
      },
    ],
    groupBy: ['address', 'policy'],
    effect: NOT_CONNECTED,
    explains: EXPLAINS_LINK,
    check: ['policy', 'logs', 'registry', 'tcp'],
  },
} as const satisfies Readonly<Record<string, Message>>;

/** Everything but the classes of link failure. */
export const PLANE_MESSAGES = { ...REGISTRY_MESSAGES, ...LOG_MESSAGES, ...OBJECT_MESSAGES } as const;

const ROW = { checklist: 'kong-data-plane' } as const;

/** Rows of the checklist about the pod, its link and the way to the control plane. */
export const PLANE_CHECKS = {
  pod: {
    ...ROW,
    item: 'Infrastructure: pod',
    expected: '`Running` and ready',
    found: '`Running`, ready, {restarts:count} restarts',
  },
  logs: {
    ...ROW,
    item: 'Log: link to the control plane',
    expected: 'no failure of the link to the control plane',
    found: '{signals:text}',
  },
  registry: {
    ...ROW,
    item: 'Control plane: list of data planes',
    expected: 'heard of within 45 s',
    found: 'heard of {age:duration} before it was asked, {status:text}',
  },
  dns: {
    ...ROW,
    item: 'Network: name of the control plane',
    expected: 'it resolves',
    found: '{detail:text}',
  },
  tcp: {
    ...ROW,
    item: 'Network: port of the control plane',
    expected: 'it can be connected to',
    found: '{detail:text}',
  },
  tls: {
    ...ROW,
    item: 'Network: TLS with the control plane',
    expected: 'the handshake is completed; a self-signed certificate is normal',
    found: '{detail:text}',
  },
  service: {
    ...ROW,
    item: 'Network: Service of the control plane',
    expected: 'it offers the port, leads to the cluster listener and has ready endpoints',
    found: '{path:text}',
  },
  policy: {
    ...ROW,
    item: 'Network: NetworkPolicies',
    expected: 'none in the way',
    found: '{detail:text}',
  },
} as const satisfies Readonly<Record<string, Check>>;
