import { KUBECONFIGS_RENEWED, RESTART_STATIC_PODS } from '../corrections.ts';
import type { SeedRow } from '../seed-row.ts';

/** Chapter 3.7: certificates that have expired. */
export const certificateRows: readonly SeedRow[] = [
  {
    lines: 460,
    kind: 'symptom',
    says: 'kubectl fails and says that a certificate has expired.',
    answers: [
      {
        analyzer: 'control-plane/api-server-unreachable',
        message: ['certificateNotAccepted', 'credentialsRejected'],
      },
      { analyzer: 'certificate/expired', message: ['controlPlaneExpired', 'expired'] },
      { analyzer: 'certificate/not-yet-valid', message: 'notYetValid' },
    ],
  },
  {
    lines: 461,
    kind: 'symptom',
    says: 'Logs of components show certificates that do not verify.',
    answers: [
      {
        analyzer: 'control-plane/api-clients-rejected',
        message: ['certificateExpired', 'authorityUnknown', 'handshakeFailed'],
      },
      { analyzer: 'etcd/tls-rejected', message: 'rejected' },
      { analyzer: 'node/kubelet-certificate-invalid' },
      { analyzer: 'certificate/chain-mismatch' },
    ],
  },
  {
    lines: 462,
    kind: 'symptom',
    says: 'The cluster does not work.',
    answers: [
      { analyzer: 'certificate/expired', message: ['controlPlaneExpired', 'fileExpired', 'kubeletExpired'] },
      { analyzer: 'certificate/authority-expiring', message: 'clusterExpiresSoon' },
      { analyzer: 'node/not-ready', message: 'everyKubeletSilent' },
    ],
  },
  {
    lines: 463,
    kind: 'symptom',
    says: 'The validity of a certificate is over.',
    answers: [
      { analyzer: 'certificate/expired' },
      { analyzer: 'certificate/expired', check: 'controlPlane' },
      { facts: 'certificate-inventory' },
    ],
  },
  {
    lines: [467, 477],
    kind: 'step',
    says: 'See when the certificates end, with kubeadm or file by file in /etc/kubernetes/pki.',
    answers: [
      { collector: 'node/files' },
      { collector: 'certificate/certificates' },
      { facts: 'certificate-inventory' },
      { analyzer: 'certificate/expired', message: ['fileExpired', 'fileExpiresSoon'] },
      { analyzer: 'certificate/authority-expiring' },
    ],
    correction: {
      says: 'A loop over `/etc/kubernetes/pki/*.crt` leaves out those of etcd in `pki/etcd` and those inside the kubeconfigs.',
      page: 'certificate/expired',
      quote: 'leaves out `pki/etcd` and the kubeconfigs',
    },
  },
  {
    lines: [479, 482],
    kind: 'step',
    says: 'Look for errors of certificates in the logs of the components.',
    answers: [
      { analyzer: 'control-plane/api-clients-rejected' },
      { analyzer: 'etcd/tls-rejected', message: 'rejected' },
      { analyzer: 'node/kubelet-certificate-invalid' },
      { facts: 'control-plane-errors' },
    ],
  },
  {
    lines: [484, 487],
    kind: 'step',
    says: 'See when the certificate in the kubeconfig ends, read from its `certificate-authority-data`.',
    answers: [
      { collector: 'certificate/certificates' },
      { analyzer: 'certificate/expired', message: ['expired', 'expiresSoon'] },
    ],
    correction: {
      says: '`certificate-authority-data` is the authority, which lives ten years; the certificate that ends first is the client’s, in `client-certificate-data`.',
      page: 'certificate/expired',
      quote: 'the one that ends first is in `client-certificate-data`',
    },
  },
  {
    lines: [489, 493],
    kind: 'remedy',
    says: 'Renew all certificates with kubeadm.',
    answers: [
      {
        analyzer: 'certificate/expired',
        message: ['controlPlaneExpired', 'controlPlaneExpiresSoon', 'fileExpired'],
      },
    ],
  },
  {
    lines: [495, 498],
    kind: 'remedy',
    says: 'Write admin.conf, controller-manager.conf and scheduler.conf anew with `kubeadm kubeconfig user`.',
    answers: [
      { analyzer: 'certificate/expired', message: ['controlPlaneExpired', 'fileExpired'] },
      { analyzer: 'control-plane/api-clients-rejected', message: 'certificateExpired' },
    ],
    correction: KUBECONFIGS_RENEWED,
  },
  {
    lines: [500, 502],
    kind: 'remedy',
    says: 'Restart the components by a rollout of their Deployments and etcd by deleting its pods.',
    answers: [{ analyzer: 'certificate/expired', message: ['controlPlaneExpired', 'oldStillServed'] }],
    correction: RESTART_STATIC_PODS,
  },
  {
    lines: [504, 505],
    kind: 'remedy',
    says: 'Copy the renewed admin.conf to where kubectl reads it.',
    answers: [
      {
        analyzer: 'control-plane/api-server-unreachable',
        message: ['credentialsRejected', 'certificateNotAccepted'],
      },
    ],
  },
];
