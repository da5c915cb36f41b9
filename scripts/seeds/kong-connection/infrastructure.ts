import type { SeedCorrection, SeedRow } from '../seed-row.ts';

const ABSENT_WORDS: SeedCorrection = {
  says: 'These words are in no version of Kong’s source from 2.0 to 3.9; a link that works writes nothing at the default level.',
  page: 'kong/data-plane-not-connected',
  quote: "are in no version of Kong's source from 2.0 to 3.9",
};
const KONG = 'kong/data-plane-not-connected';
const SYNC = 'kong/configuration-out-of-sync';
const CERTIFICATE = 'kong/cluster-certificate-invalid';

/** The five layers, the pod and its log. */
export const infrastructureRows: readonly SeedRow[] = [
  {
    lines: 9,
    kind: 'question',
    says: 'Is the pod of the data plane well?',
    answers: [{ analyzer: KONG, check: 'pod' }],
  },
  {
    lines: 10,
    kind: 'question',
    says: 'What does its log say?',
    answers: [{ analyzer: KONG, check: 'logs' }],
  },
  {
    lines: 11,
    kind: 'question',
    says: 'Does the control plane list it?',
    answers: [{ analyzer: KONG, check: 'registry' }],
  },
  {
    lines: 12,
    kind: 'question',
    says: 'Does it reach the control plane over the network?',
    answers: [{ analyzer: KONG, check: 'tcp' }],
  },
  {
    lines: 13,
    kind: 'question',
    says: 'Are its certificates right?',
    answers: [{ analyzer: CERTIFICATE, check: 'valid' }],
  },
  {
    lines: [17, 24],
    kind: 'step',
    says: 'List the pods of the data plane by the label `app=kong-dp`.',
    answers: [
      { collector: 'kubernetes/resources' },
      { facts: 'kong-planes' },
      { analyzer: KONG, check: 'pod' },
    ],
    correction: {
      says: 'The chart sets `app: <release>-kong`; data planes are found by their role.',
      page: KONG,
      quote: 'a selector such as `app=kong-dp` often finds nothing',
    },
  },
  {
    lines: [25, 26],
    kind: 'step',
    says: 'Its status has to be Running.',
    answers: [
      { analyzer: KONG, message: 'notRunning' },
      { analyzer: 'workload/crash-loop' },
      { analyzer: 'workload/image-pull-failed' },
    ],
  },
  {
    lines: 27,
    kind: 'step',
    says: 'It has to be ready, or gets no traffic, though it may be connected.',
    answers: [{ analyzer: KONG, message: 'notReady' }, { analyzer: 'workload/pod-not-ready' }],
    correction: {
      says: 'The reverse counts as well: a data plane that lost its control plane stays ready.',
      page: KONG,
      quote: 'goes on serving its last configuration and stays ready',
    },
  },
  {
    lines: 28,
    kind: 'step',
    says: 'Many restarts point to its configuration, such as a missing certificate, or to a lack of memory.',
    answers: [
      { analyzer: 'workload/crash-loop' },
      { analyzer: 'workload/out-of-memory' },
      { analyzer: 'workload/container-config-error' },
      { analyzer: 'kong/not-starting', message: ['certificateUnreadable', 'roleMistaken'] },
    ],
  },
  {
    lines: [30, 35],
    kind: 'step',
    says: 'Read its events for volumes that are not mounted and containers that crash.',
    answers: [
      { collector: 'kubernetes/events' },
      {
        analyzer: 'workload/volume-mount-failed',
        message: ['sourceMissing', 'sourceMisspelt', 'keyMissing'],
      },
      { analyzer: 'workload/crash-loop', message: 'exits' },
    ],
  },
  {
    lines: [37, 41],
    kind: 'step',
    says: 'See whether its limits of CPU or memory slow or kill it.',
    answers: [
      { collector: 'node/kubelet' },
      { analyzer: 'workload/cpu-throttled', message: ['now', 'sinceStart'] },
      { analyzer: 'workload/out-of-memory', message: ['limitExceeded', 'killedBefore', 'processKilled'] },
    ],
  },
  {
    lines: [45, 52],
    kind: 'step',
    says: 'Read the log of the data plane.',
    answers: [{ collector: 'kubernetes/logs' }, { analyzer: KONG, check: 'logs' }],
  },
  {
    lines: 58,
    kind: 'table',
    says: '`control_plane: connected` means that the link is up.',
    answers: [{ analyzer: KONG, check: 'registry' }],
    correction: ABSENT_WORDS,
  },
  {
    lines: 59,
    kind: 'table',
    says: '`received initial configuration snapshot` means that the configuration has come.',
    answers: [
      { analyzer: KONG, message: 'waitsForConfiguration' },
      { analyzer: SYNC, message: 'neverConfigured' },
    ],
    correction: ABSENT_WORDS,
  },
  {
    lines: 60,
    kind: 'table',
    says: '`failed to connect to control plane` means that the network or the port is blocked.',
    answers: [{ analyzer: KONG, message: ['unreachable', 'dnsFailed', 'foreignWords'] }],
    correction: ABSENT_WORDS,
  },
  {
    lines: 61,
    kind: 'table',
    says: '`certificate verify failed` means that the certificates do not fit.',
    answers: [
      { analyzer: KONG, message: ['tlsExpired', 'tlsUntrusted', 'tlsChain', 'hostMismatch', 'tlsFailed'] },
      { analyzer: KONG, message: 'foreignWords' },
    ],
  },
  {
    lines: 62,
    kind: 'table',
    says: '`waiting for configuration` without end means that the control plane sends none.',
    answers: [
      {
        analyzer: KONG,
        message: ['waitsForConfiguration', 'payloadTooBig'],
      },
      { analyzer: SYNC, message: ['neverConfigured', 'pluginMissing', 'payloadTooBig', 'notSent'] },
    ],
    correction: ABSENT_WORDS,
  },
  {
    lines: 63,
    kind: 'table',
    says: '`cluster: reconnecting` means that the link keeps breaking.',
    answers: [{ analyzer: KONG, message: ['interrupted', 'lateHeartbeat'] }],
    correction: ABSENT_WORDS,
  },
];
