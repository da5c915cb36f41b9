import type { SeedAnswer, SeedRow } from '../seed-row.ts';

/** Chapter 6: what the document advises. */
export const practiceRows: readonly SeedRow[] = [
  advice(642, 'Back up etcd regularly.', {
    analyzer: 'etcd/backup-missing',
    message: ['none', 'notSucceeding'],
  }),
  advice(643, 'Have a schedule for backups, for example every hour.', {
    analyzer: 'etcd/backup-missing',
    check: 'backedUp',
  }),
  advice(644, 'Try to restore a backup.', { analyzer: 'etcd/backup-missing', message: 'notSucceeding' }),
  advice(645, 'Keep backups in a safe place.', { analyzer: 'etcd/backup-missing', message: 'none' }),
  advice(
    647,
    'Watch the components of the control plane.',
    { command: 'kubecase collect' },
    { command: 'kubecase analyze --fail-on warning <input>' },
  ),
  advice(
    648,
    'Watch their health and their measurements.',
    { collector: 'control-plane/api-server' },
    { collector: 'control-plane/components' },
    { analyzer: 'control-plane/api-server-slow', check: 'quick' },
    { analyzer: 'control-plane/overloaded', check: 'room' },
  ),
  advice(649, 'Raise alarms.', { command: 'kubecase analyze --fail-on critical <input>' }),
  advice(
    650,
    'Read the logs regularly.',
    { facts: 'control-plane-errors' },
    { collector: 'kubernetes/logs' },
  ),
  advice(652, 'Build the control plane for high availability.', {
    analyzer: 'control-plane/single-point-of-failure',
    check: 'redundant',
  }),
  advice(653, 'Run at least three control-plane nodes.', {
    analyzer: 'control-plane/single-point-of-failure',
    message: 'fewNodes',
  }),
  advice(654, 'Run an odd number of etcd members.', {
    analyzer: 'control-plane/single-point-of-failure',
    message: 'evenMembers',
  }),
  advice(655, 'Reach the API server through a load balancer.', {
    analyzer: 'control-plane/single-point-of-failure',
    message: 'addressOfOneNode',
  }),
  advice(657, 'Renew certificates regularly.', { analyzer: 'certificate/expired', check: 'controlPlane' }),
  advice(
    658,
    'Watch when certificates end.',
    { facts: 'certificate-inventory' },
    {
      analyzer: 'certificate/expired',
      message: ['controlPlaneExpiresSoon', 'fileExpiresSoon', 'expiresSoon'],
    },
  ),
  advice(
    659,
    'Have a procedure to renew certificates.',
    { analyzer: 'certificate/expired', message: ['controlPlaneExpiresSoon', 'kubeletExpiresSoon'] },
    { analyzer: 'certificate/issuance-failing' },
  ),
  advice(
    660,
    'Renew certificates before they end.',
    { analyzer: 'certificate/expired', message: ['controlPlaneExpiresSoon', 'fileExpiresSoon'] },
    { analyzer: 'certificate/authority-expiring' },
  ),
  advice(662, 'Keep the components at one version.', {
    analyzer: 'control-plane/version-skew',
    check: 'equal',
  }),
  advice(
    663,
    'Run all control-plane components in the same version.',
    {
      analyzer: 'control-plane/version-skew',
      message: ['apiServersApart', 'componentNewer', 'componentOld', 'patchesDiffer'],
    },
    { analyzer: 'node/version-skew' },
  ),
  advice(
    664,
    'Upgrade by the official procedure.',
    { analyzer: 'control-plane/version-skew', message: ['apiServersApart', 'componentOld'] },
    { analyzer: 'kubernetes/deprecated-api-used' },
  ),
  advice(665, 'Back up before an upgrade.', { analyzer: 'etcd/backup-missing', message: 'none' }),
  advice(
    667,
    'Restrict access.',
    { analyzer: 'kubernetes/binding-dangling' },
    { analyzer: 'certificate/weak', message: 'frontProxyShared' },
  ),
  advice(
    668,
    'Restrict access to the control-plane nodes; the page names the ports that have to be open, and no others.',
    { analyzer: 'control-plane/kubelet-unreachable' },
  ),
  advice(
    669,
    'Restrict access to the API server by RBAC.',
    { analyzer: 'kubernetes/binding-dangling', message: ['roleMissing', 'accountMissing'] },
    { analyzer: 'kubernetes/request-denied', message: ['lacksVerb', 'notBound'] },
  ),
  advice(670, 'Protect certificates and keys; a bundle never holds a private key.', {
    collector: 'certificate/certificates',
  }),
  advice(672, 'Keep a record of the configuration.', { command: 'kubecase collect' }),
  advice(673, 'Write down how the control plane is configured.', { collector: 'kubernetes/resources' }),
  advice(
    674,
    'Write down how to recover in an emergency.',
    { command: 'kubecase explain etcd/member-unhealthy' },
    { command: 'kubecase explain etcd/backup-missing' },
  ),
  advice(
    675,
    'Keep a record of the versions.',
    { facts: 'node-facts' },
    { analyzer: 'control-plane/version-skew', check: 'equal' },
  ),
  advice(677, 'Exercise recovery regularly.', {
    command: 'kubecase demo --sample control-plane-certificate-expired',
  }),
  advice(678, 'Exercise failures regularly.', {
    command: 'kubecase demo --sample control-plane-certificate-expired',
  }),
  advice(679, 'Try out the procedures of recovery.', {
    analyzer: 'etcd/backup-missing',
    message: 'notSucceeding',
  }),
  advice(680, 'Shorten the time of recovery.', { facts: 'timeline' }),
];

/** Chapter 7: the versions the document names as compatible. */
export const versionRows: readonly SeedRow[] = ['1.20', '1.21', '1.22', '1.23', '1.24', '1.25', '1.26'].map(
  (version, index) => ({
    lines: 686 + index,
    kind: 'table',
    says: `Kubernetes ${version} is within the range of the document.`,
    answers: [
      { analyzer: 'kubernetes/version-unsupported', message: 'kubernetesEnded' },
      { facts: 'node-facts' },
    ],
    correction: {
      says: 'All of them have ended upstream; kubecase knows newer ones as well.',
      page: 'kubernetes/version-unsupported',
      quote: 'Kubernetes 1.20 to 1.26',
    },
  }),
);

/** Chapter 8: what the reader is to have learnt. */
export const summaryRows: readonly SeedRow[] = [
  advice(
    697,
    'Find and mend failures of the control plane quickly.',
    { command: 'kubecase collect' },
    { command: 'kubecase analyze <input>' },
  ),
  advice(698, 'Know how the components talk to each other.', {
    command: 'kubecase explain control-plane/component-not-running',
  }),
  advice(699, 'Manage and renew certificates.', { command: 'kubecase explain certificate/expired' }),
  advice(700, 'Have a control plane of high availability.', {
    command: 'kubecase explain control-plane/single-point-of-failure',
  }),
  advice(
    701,
    'Watch and back up.',
    { command: 'kubecase analyze --fail-on warning <input>' },
    { analyzer: 'etcd/backup-missing', check: 'backedUp' },
  ),
  advice(
    702,
    'Improve recovery.',
    { facts: 'timeline' },
    { command: 'kubecase explain etcd/member-unhealthy' },
  ),
];

function advice(line: number, says: string, ...answers: readonly [SeedAnswer, ...SeedAnswer[]]): SeedRow {
  return { lines: line, kind: 'practice', says, answers };
}
