import type { SeedRow } from '../seed-row.ts';

const KONG = 'kong/data-plane-not-connected';
const CERTIFICATE = 'kong/cluster-certificate-invalid';

/** The cluster certificate, and the list of checks at the end. */
export const certificateRows: readonly SeedRow[] = [
  {
    lines: [136, 143],
    kind: 'step',
    says: 'See whether the cluster certificate is mounted in the data plane.',
    answers: [
      { analyzer: 'workload/volume-mount-failed', message: ['sourceMissing', 'keyMissing'] },
      { analyzer: 'kong/not-starting', message: ['certificateUnreadable', 'roleMistaken'] },
      { analyzer: CERTIFICATE, check: 'valid' },
    ],
  },
  {
    lines: [145, 152],
    kind: 'step',
    says: 'Read subject and end of the certificate with openssl.',
    answers: [{ facts: 'certificate-inventory' }, { analyzer: CERTIFICATE, check: 'valid' }],
  },
  {
    lines: 153,
    kind: 'step',
    says: 'Its subject has to be a name the control plane allows by `KONG_CLUSTER_MTLS`.',
    answers: [
      { analyzer: CERTIFICATE, message: ['nameMismatch', 'differ'] },
      { analyzer: KONG, message: ['hostMismatch', 'rejectedByControlPlane'] },
    ],
    correction: {
      says: '`KONG_CLUSTER_MTLS` names the mode, `shared`, `pki` or `pki_check_cn`; in shared mode the whole certificate is compared.',
      page: KONG,
      quote: 'It is no list of allowed names',
    },
  },
  {
    lines: 154,
    kind: 'step',
    says: 'It must not have ended.',
    answers: [
      { analyzer: CERTIFICATE, message: ['expired', 'inUseExpired'] },
      { analyzer: KONG, message: 'tlsExpired' },
      { analyzer: 'certificate/expired', message: ['expired', 'expiresSoon'] },
    ],
  },
  {
    lines: [156, 161],
    kind: 'step',
    says: 'See whether the values of the chart name the right Secret, and what it holds.',
    answers: [
      { analyzer: CERTIFICATE, message: ['differ', 'expired', 'rotatedOnOneSide'] },
      { analyzer: 'workload/volume-mount-failed', message: ['sourceMissing', 'sourceMisspelt'] },
      { facts: 'certificate-inventory' },
    ],
  },
  {
    lines: 169,
    kind: 'table',
    says: 'Checklist: the pod is running and ready.',
    answers: [{ analyzer: KONG, check: 'pod' }],
  },
  {
    lines: 170,
    kind: 'table',
    says: 'Checklist: the log holds `control_plane: connected`.',
    answers: [{ analyzer: KONG, check: 'logs' }],
    correction: {
      says: 'A missing line of success proves nothing: at the default level Kong writes none.',
      page: KONG,
      quote: 'So a missing line of success proves nothing',
    },
  },
  {
    lines: 171,
    kind: 'table',
    says: 'Checklist: the control plane lists the address as healthy.',
    answers: [{ analyzer: KONG, check: 'registry' }],
    correction: {
      says: 'The list has no `healthy`; the age of the row decides.',
      page: KONG,
      quote: 'Neither has `status: healthy`',
    },
  },
  {
    lines: 172,
    kind: 'table',
    says: 'Checklist: TCP to port 8005 opens.',
    answers: [{ analyzer: KONG, check: 'tcp' }],
  },
  {
    lines: 173,
    kind: 'table',
    says: 'Checklist: the certificate has the right name and has not ended.',
    answers: [{ analyzer: CERTIFICATE, check: 'valid' }],
  },
  {
    lines: 175,
    kind: 'question',
    says: 'Which is it: the network, the configuration or a certificate?',
    answers: [{ command: 'kubecase explain kong/data-plane-not-connected' }, { analyzer: KONG }],
  },
];
