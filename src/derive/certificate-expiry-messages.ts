import type { Explains, Message } from '../model/message.ts';

/** Confidence of everything read from a certificate itself. */
export const READ_FROM_CERTIFICATE = {
  level: 'certain',
  reason: 'the certificate says so, judged at the time of the collection',
} as const;

/** What a certificate that is not accepted leads to, where it is looked at by name. */
export const INVALID_EXPLAINS: readonly Explains[] = [
  { effect: 'api-server-unreachable', via: ['same-object'] },
  { effect: 'admission-failing', via: ['same-object'] },
  { effect: 'api-group-unavailable', via: ['same-object'] },
  { effect: 'data-plane-not-connected', via: ['same-object'] },
  // A pod that mounts it serves or presents it.
  { effect: 'connection-failing', via: ['used-by'] },
];

const ANY = ['critical', 'warning', 'info'] as const;
const COMMON = {
  severity: ANY,
  confidence: READ_FROM_CERTIFICATE,
  key: ['fingerprint'],
  groupBy: ['fingerprint'],
  effect: 'certificate-invalid',
} as const;
const EXPIRED = { ...COMMON, explains: INVALID_EXPLAINS } as const;

const REPLACE = {
  text: 'Issue a new certificate, replace every copy of this one (SHA-256 `{fingerprint:text}`), and restart what read it at its start.',
} as const;
const RENEW_EARLY = {
  text: 'Renew it (SHA-256 `{fingerprint:text}`) before that, and find out why what renews it by itself, if anything does, has not.',
} as const;
const KUBEADM_CHECK = {
  text: 'On clusters made with kubeadm: see on a control plane node which certificates are due.',
  argv: ['kubeadm', 'certs', 'check-expiration'],
  flavour: 'kubeadm',
} as const;
const KUBEADM_RENEW_ALL = {
  text: 'Renew them on every control plane node.',
  argv: ['kubeadm', 'certs', 'renew', 'all'],
  flavour: 'kubeadm',
} as const;
const RESTART_STATIC_PODS = {
  text: 'Restart the static pods there by moving their manifests out of `/etc/kubernetes/manifests` for 20 s and back: they read certificates at their start.',
  flavour: 'kubeadm',
} as const;
const RESTART_K3S = {
  text: 'Restart the service of k3s on that node: it renews what ends within 90 days when it starts.',
  argv: ['systemctl', 'restart', 'k3s'],
  flavour: 'k3s',
} as const;
const RESTART_RKE2 = {
  text: 'Restart the service of RKE2 on that node: it renews what ends within 90 days when it starts.',
  argv: ['systemctl', 'restart', 'rke2-server'],
  flavour: 'rke2',
} as const;
const KUBEADM = [KUBEADM_CHECK, KUBEADM_RENEW_ALL, RESTART_STATIC_PODS, RESTART_K3S, RESTART_RKE2] as const;
const RENEW_FILE = [
  {
    text: 'Renew it (SHA-256 `{fingerprint:text}`) on that node.',
    argv: ['kubeadm', 'certs', 'renew', '{name}'],
    flavour: 'kubeadm',
  },
  RESTART_STATIC_PODS,
  {
    text: 'kubeadm calls it `{name:text}`; on clusters made otherwise use what made the file.',
  },
] as const;
const KUBELET = [
  {
    text: 'The kubelet renews its own certificate (SHA-256 `{fingerprint:text}`); read in its log why it could not: `rotateCertificates` off, the request not approved, or the API server not reached.',
  },
  {
    text: 'See whether its requests wait for approval.',
    argv: ['kubectl', 'get', 'certificatesigningrequests'],
  },
] as const;
const KUBELET_ANEW = {
  text: 'An expired one cannot renew itself. On a control plane node make a new kubeconfig, copy it to `/etc/kubernetes/kubelet.conf` of {holder:object}, remove `/var/lib/kubelet/pki/kubelet-client*` there and restart the kubelet.',
  argv: [
    'kubeadm',
    'kubeconfig',
    'user',
    '--org',
    'system:nodes',
    '--client-name',
    'system:node:{holder.name}',
  ],
  flavour: 'kubeadm',
} as const;

const TOLD = {
  severity: ['critical', 'warning'],
  confidence: { level: 'certain', reason: 'kubeadm printed it on that node' },
  key: ['name'],
  effect: 'certificate-invalid',
  check: 'controlPlane',
} as const;
const RENEW_TOLD = [
  {
    text: 'Renew it on that node, where kubeadm has the key of the authority.',
    argv: ['kubeadm', 'certs', 'renew', '{name}'],
    flavour: 'kubeadm',
  },
  RESTART_STATIC_PODS,
  {
    text: 'Where kubeadm calls it externally managed, renew it with what issued it, and read the file itself: `kubecase collect --nodes`.',
  },
] as const;

/** Messages of `certificate/expired`. */
export const EXPIRY_MESSAGES = {
  expired: {
    ...EXPIRED,
    text: 'The certificate `{subject:text}` ({place:text} {holder:object}) expired at {notAfter:time}, {since:duration} before it was observed.',
    remedy: [REPLACE],
  },
  expiresSoon: {
    ...COMMON,
    text: 'The certificate `{subject:text}` ({place:text} {holder:object}) expires at {notAfter:time}, {left:duration} after it was observed.',
    remedy: [RENEW_EARLY],
  },
  controlPlaneExpired: {
    ...EXPIRED,
    text: 'The control plane certificate `{subject:text}` ({place:text} {holder:object}) expired at {notAfter:time}, {since:duration} before it was observed.',
    remedy: [REPLACE, ...KUBEADM],
    check: 'controlPlane',
  },
  controlPlaneExpiresSoon: {
    ...COMMON,
    text: 'The control plane certificate `{subject:text}` ({place:text} {holder:object}) expires at {notAfter:time}, {left:duration} after it was observed.',
    remedy: [RENEW_EARLY, ...KUBEADM],
    check: 'controlPlane',
  },
  fileExpired: {
    ...EXPIRED,
    text: 'The control plane certificate `{subject:text}` ({place:text} {holder:object}) expired at {notAfter:time}, {since:duration} before it was observed.',
    remedy: RENEW_FILE,
    explains: [
      { effect: 'etcd-unavailable', via: ['runs', 'same-object'] },
      { effect: 'controllers-not-running', via: ['runs', 'same-object'] },
      { effect: 'scheduler-not-running', via: ['runs', 'same-object'] },
      { effect: 'api-server-degraded', via: ['runs', 'same-object'] },
    ],
    check: 'controlPlane',
  },
  toldExpired: {
    ...TOLD,
    text: 'The control plane certificate `{name:text}` of {holder:object} expired at {notAfter:time}, {since:duration} before it was observed, as kubeadm tells on that node.',
    remedy: RENEW_TOLD,
    explains: [
      ...INVALID_EXPLAINS,
      { effect: 'etcd-unavailable', via: ['runs', 'same-object'] },
      { effect: 'controllers-not-running', via: ['runs', 'same-object'] },
      { effect: 'scheduler-not-running', via: ['runs', 'same-object'] },
      { effect: 'api-server-degraded', via: ['runs', 'same-object'] },
    ],
  },
  toldExpiresSoon: {
    ...TOLD,
    text: 'The control plane certificate `{name:text}` of {holder:object} expires at {notAfter:time}, {left:duration} after it was observed, as kubeadm tells on that node.',
    remedy: RENEW_TOLD,
  },
  fileExpiresSoon: {
    ...COMMON,
    text: 'The control plane certificate `{subject:text}` ({place:text} {holder:object}) expires at {notAfter:time}, {left:duration} after it was observed.',
    remedy: RENEW_FILE,
    check: 'controlPlane',
  },
  kubeletExpired: {
    ...EXPIRED,
    text: 'The certificate of the kubelet, `{subject:text}` ({place:text} {holder:object}), expired at {notAfter:time}, {since:duration} before it was observed.',
    remedy: [...KUBELET, KUBELET_ANEW],
    explains: [
      { effect: 'node-not-ready', via: ['same-object'] },
      // That the API server turns it away, as its log says.
      { effect: 'certificate-invalid', via: ['same-object'] },
      { effect: 'request-denied', via: ['same-object'] },
    ],
  },
  kubeletExpiresSoon: {
    ...COMMON,
    text: 'The certificate of the kubelet, `{subject:text}` ({place:text} {holder:object}), expires at {notAfter:time}, {left:duration} after it was observed.',
    remedy: KUBELET,
  },
  oldStillServed: {
    ...EXPIRED,
    severity: ['critical', 'warning'],
    text: 'The API server {holder:object} still serves the certificate `{subject:text}`, which ends at {notAfter:time}, although a newer one until {renewedUntil:time} is there ({place:text} {renewed:object}).',
    remedy: [
      {
        text: 'Restart the API server: move `kube-apiserver.yaml` out of `/etc/kubernetes/manifests` for 20 s and back, on every control plane node. Deleting its pod restarts nothing.',
        flavour: 'kubeadm',
      },
      {
        text: 'Compare what it serves afterwards with the file (SHA-256 of the old one: `{fingerprint:text}`).',
      },
    ],
    check: 'controlPlane',
  },
} as const satisfies Readonly<Record<string, Message>>;
