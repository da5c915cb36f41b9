import {
  ERRORS_BEGIN_WITH_E,
  ETCD_IS_NO_UNIT,
  HEALTHZ_DEPRECATED,
  LOGS_BY_LABEL,
  RESTORE_WITH_ETCDUTL,
} from '../corrections.ts';
import type { SeedRow } from '../seed-row.ts';

/** Chapters 4 and 5: commands, a script, tools for emergencies, and exercises. */
export const toolRows: readonly SeedRow[] = [
  {
    lines: [513, 514],
    kind: 'command',
    says: 'List the pods of the control plane.',
    answers: [
      { collector: 'kubernetes/resources' },
      { analyzer: 'control-plane/component-not-running', check: 'running' },
    ],
  },
  {
    lines: [516, 520],
    kind: 'command',
    says: 'Print the logs of the components by their label.',
    answers: [{ collector: 'kubernetes/logs' }, { facts: 'control-plane-errors' }],
    correction: LOGS_BY_LABEL,
  },
  {
    lines: [522, 525],
    kind: 'command',
    says: 'Ask the API server for `/healthz`, `/livez` and `/readyz`.',
    answers: [
      { collector: 'control-plane/api-server' },
      { analyzer: 'control-plane/api-server-check-failing', check: 'healthy' },
    ],
    correction: HEALTHZ_DEPRECATED,
  },
  {
    lines: [527, 532],
    kind: 'command',
    says: 'Show the status of the etcd members as a table.',
    answers: [
      { collector: 'etcd/members' },
      { command: 'kubecase collect --exec' },
      { analyzer: 'etcd/member-unhealthy', check: 'healthy' },
      { analyzer: 'etcd/space-exhausted', check: 'room' },
    ],
  },
  {
    lines: [534, 535],
    kind: 'command',
    says: 'Show when the certificates of kubeadm end.',
    answers: [
      { collector: 'node/files' },
      { facts: 'certificate-inventory' },
      { analyzer: 'certificate/expired', check: 'controlPlane' },
    ],
  },
  {
    lines: [537, 538],
    kind: 'command',
    says: 'Show who leads the components.',
    answers: [{ collector: 'control-plane/leases' }, { facts: 'lease-facts' }],
  },
  {
    lines: [547, 549],
    kind: 'command',
    says: 'Script: the pods of the control plane.',
    answers: [{ analyzer: 'control-plane/component-not-running', check: 'running' }],
  },
  {
    lines: [551, 555],
    kind: 'command',
    says: 'Script: the health of the API server.',
    answers: [{ analyzer: 'control-plane/api-server-check-failing', check: 'healthy' }],
    correction: HEALTHZ_DEPRECATED,
  },
  {
    lines: [557, 559],
    kind: 'command',
    says: 'Script: the pods of etcd.',
    answers: [
      { analyzer: 'control-plane/component-not-running', check: 'running' },
      { analyzer: 'etcd/member-unhealthy', check: 'healthy' },
    ],
  },
  {
    lines: [561, 563],
    kind: 'command',
    says: 'Script: the ends of the certificates.',
    answers: [
      { collector: 'node/files' },
      { facts: 'certificate-inventory' },
      { analyzer: 'certificate/expired', check: 'controlPlane' },
    ],
  },
  {
    lines: [565, 568],
    kind: 'command',
    says: 'Script: the errors in the last lines of the API server’s log.',
    answers: [{ facts: 'control-plane-errors' }],
    correction: ERRORS_BEGIN_WITH_E,
  },
  {
    lines: [570, 571],
    kind: 'command',
    says: 'Script: the errors in the last lines of etcd’s log.',
    answers: [{ facts: 'control-plane-errors' }],
    correction: ERRORS_BEGIN_WITH_E,
  },
  {
    lines: [573, 574],
    kind: 'command',
    says: 'Script: the errors in the last lines of the controller-manager’s log.',
    answers: [{ facts: 'control-plane-errors' }],
    correction: ERRORS_BEGIN_WITH_E,
  },
  {
    lines: [576, 577],
    kind: 'command',
    says: 'Script: the errors in the last lines of the scheduler’s log.',
    answers: [{ facts: 'control-plane-errors' }],
    correction: ERRORS_BEGIN_WITH_E,
  },
  {
    lines: [583, 588],
    kind: 'remedy',
    says: 'Take a snapshot of etcd.',
    answers: [{ analyzer: 'etcd/backup-missing', message: 'none' }],
  },
  {
    lines: [590, 596],
    kind: 'remedy',
    says: 'Restore a snapshot of etcd into a new directory.',
    answers: [
      { analyzer: 'etcd/member-unhealthy', message: 'quorumLost' },
      { analyzer: 'etcd/data-inconsistent', message: ['corrupt', 'damaged'] },
    ],
    correction: RESTORE_WITH_ETCDUTL,
  },
  {
    lines: [598, 599],
    kind: 'remedy',
    says: 'Make the control plane anew with `kubeadm init phase control-plane all`.',
    answers: [{ analyzer: 'control-plane/manifest-invalid', message: ['notProcessed', 'unreadable'] }],
    correction: {
      says: 'The command writes the three manifests anew, no more; without `--config` with default settings.',
      page: 'control-plane/manifest-invalid',
      quote: '`kubeadm init phase control-plane all --config …` writes the manifests anew',
    },
  },
  {
    lines: [601, 602],
    kind: 'command',
    says: 'See the state of the cluster with `kubeadm upgrade diff`.',
    answers: [
      { command: 'kubecase analyze <input>' },
      { analyzer: 'control-plane/version-skew', check: 'equal' },
    ],
    correction: {
      says: 'It shows what an upgrade would change in the manifests, nothing of the state of the cluster.',
      page: 'control-plane/manifest-invalid',
      quote: '`kubeadm upgrade diff` only shows what an upgrade would change',
    },
  },
  {
    lines: [609, 624],
    kind: 'practice',
    says: 'Exercise: put an expired certificate in the place of the API server’s.',
    answers: [
      { command: 'kubecase demo --sample control-plane-certificate-expired' },
      { analyzer: 'certificate/expired', message: 'controlPlaneExpired' },
      { analyzer: 'certificate/chain-mismatch', message: ['serverNotTrusted', 'fileNotSigned'] },
    ],
    correction: {
      says: 'The certificate made so is valid for a day and signed by nobody: clients refuse it as untrusted, not as expired. Deleting the pod restarts nothing.',
      page: 'certificate/chain-mismatch',
      quote: 'is not expired but untrusted',
    },
  },
  {
    lines: [626, 638],
    kind: 'practice',
    says: 'Exercise: stop etcd, or delete its data.',
    answers: [
      { analyzer: 'etcd/member-unhealthy', message: ['quorumLost', 'down'] },
      {
        analyzer: 'control-plane/component-not-running',
        message: ['etcdUnreachable', 'etcdNotReady', 'unitFailed'],
      },
      { analyzer: 'control-plane/api-server-unreachable', message: ['refused', 'serverFails'] },
    ],
    correction: ETCD_IS_NO_UNIT,
  },
];
