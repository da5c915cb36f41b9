import type { Check, Message } from '../model/message.ts';
import { EXPLAINS_SIGNS } from './kong-link-messages.ts';

const LISTED = { level: 'certain', reason: 'the list of the control plane says so' } as const;
const OBJECT = { level: 'certain', reason: 'the API object says so' } as const;
const LOG = { level: 'certain', reason: 'its log says so' } as const;
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
  versionIncompatible: {
    severity: 'critical',
    confidence: LISTED,
    text: '{pod:object} is turned away by its control plane because of its version: data plane {version:text}, control plane {expected:text}.',
    remedy: [
      {
        text: 'Run data planes of the same major version and of no newer minor version than the control plane; upgrade the control plane first.',
      },
    ],
    effect: NOT_CONNECTED,
    check: 'registry',
  },
  pluginsIncompatible: {
    severity: 'warning',
    confidence: LISTED,
    text: '{pod:object} is connected but gets no configuration: its control plane has it as `{status:text}`.',
    remedy: [
      {
        text: 'Install the same plugins and filters in the same versions on both sides, or remove from the configuration what the data plane lacks.',
      },
      {
        text: 'Find the one in question in the log of the control plane: `unable to send updated configuration`.',
      },
    ],
    check: 'registry',
  },
  neverConfigured: {
    severity: 'critical',
    confidence: LISTED,
    text: '{pod:object} is connected but runs without a configuration: it reports an empty configuration hash to {controlPlane:object}.',
    remedy: [
      {
        text: 'Look for `unable to update running config` in its log and for `unable to export config` or `payload too big` in the log of the control plane.',
        argv: READ_LOG.argv,
      },
    ],
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
    explains: EXPLAINS_SIGNS,
  },
  unheard: {
    severity: 'warning',
    confidence: LISTED,
    text: '{controlPlane:object} last heard of {pod:object} {age:duration} before it was asked.',
    remedy: [COMPARE_LOGS],
    effect: 'data-plane-link-down',
    check: 'registry',
  },
  unlisted: {
    severity: 'warning',
    confidence: LISTED,
    text: '{controlPlane:object} does not list {pod:object}.',
    remedy: [COMPARE_LOGS],
    effect: 'data-plane-link-down',
    check: 'registry',
  },
} as const satisfies Readonly<Record<string, Message>>;

/** What the log alone shows. */
const LOG_MESSAGES = {
  linkBroken: {
    severity: 'warning',
    confidence: LOG,
    text: 'The log of {pod:object} ends with failures of its link to the control plane, last {last:time}: {detail:text}.',
    remedy: [READ_LOG],
    effect: 'data-plane-link-down',
    check: 'logs',
  },
  refusedToStart: {
    severity: 'critical',
    confidence: LOG,
    text: 'Kong in {pod:object} refuses to start as a data plane: {detail:text}.',
    remedy: [
      {
        text: 'Set `KONG_CLUSTER_CERT` and `KONG_CLUSTER_CERT_KEY` to files of a mounted Secret, `KONG_CLUSTER_CA_CERT` too in PKI mode, and `KONG_DATABASE=off`.',
        argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
      },
    ],
    explains: [
      { effect: 'pod-crashing', via: ['same-object'] },
      { effect: NOT_CONNECTED, via: ['same-object'] },
    ],
    check: 'logs',
  },
  waitsForConfiguration: {
    severity: 'warning',
    confidence: {
      level: 'likely',
      reason: 'its log and its readiness say so, but no control plane was asked',
    },
    text: '{pod:object} has not received a configuration: {detail:text}.',
    remedy: [READ_LOG, COMPARE_LOGS],
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
    explains: EXPLAINS_SIGNS,
    check: 'pod',
  },
  notReady: {
    severity: 'info',
    confidence: OBJECT,
    text: 'Container `{container:text}` of {pod:object} runs but is not ready: Services send it no traffic. A data plane that only lost its control plane stays ready.',
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
    explains: EXPLAINS_SIGNS,
    check: 'network',
  },
  certificateOver: {
    severity: 'warning',
    confidence: OBJECT,
    text: 'The cluster certificate of {pod:object} in {secret:object} is not valid: it ended at {notAfter:time}. A link that is up lives on; the next one is refused.',
    remedy: [
      {
        text: 'Issue a new cluster certificate, put it into the Secrets of both sides and restart control planes and data planes.',
      },
    ],
    effect: NOT_CONNECTED,
    check: 'certificate',
  },
  certificatesDiffer: {
    severity: 'warning',
    confidence: OBJECT,
    text: '{pod:object} and its control plane hold different cluster certificates ({own:text} in {secret:object}, {other:text} in {otherSecret:object}); in shared mode they must be the very same.',
    remedy: [
      {
        text: 'Put the same certificate and key into both Secrets, then restart control planes and data planes: a certificate issued anew from the same key is refused too.',
      },
    ],
    check: 'certificate',
  },
} as const satisfies Readonly<Record<string, Message>>;

/** Everything but the classes of link failure. */
export const PLANE_MESSAGES = { ...REGISTRY_MESSAGES, ...LOG_MESSAGES, ...OBJECT_MESSAGES } as const;

/** Of the checklist of troubleshooting guides, one row each. */
export const PLANE_CHECKS = {
  pod: {
    checklist: 'kong-data-plane',
    item: 'Pod',
    expected: '`Running` and ready',
    found: '`Running`, ready, {restarts:count} restarts',
  },
  logs: {
    checklist: 'kong-data-plane',
    item: 'Log',
    expected: 'no failure of the link to the control plane',
    found: '{signals:text}',
  },
  registry: {
    checklist: 'kong-data-plane',
    item: 'List of the control plane',
    expected: 'heard of within 45 s',
    found: 'heard of {age:duration} before it was asked, {status:text}',
  },
  network: {
    checklist: 'kong-data-plane',
    item: 'Network path',
    expected: 'the Service of the control plane offers the port and has ready endpoints',
    found: '{path:text}',
  },
  certificate: {
    checklist: 'kong-data-plane',
    item: 'Cluster certificate',
    expected: 'mounted, valid, and in shared mode the same on both sides',
    found: 'Secret `{secret:text}`, valid until {notAfter:time}{sameness:text}',
  },
} as const satisfies Readonly<Record<string, Check>>;
