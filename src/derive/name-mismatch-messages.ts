import type { Message } from '../model/message.ts';
import { INVALID_EXPLAINS } from './certificate-expiry-messages.ts';

const NAMES = { level: 'certain', reason: 'the names in the certificate were compared' } as const;
const MISMATCH = {
  severity: ['critical', 'warning'],
  confidence: NAMES,
  effect: 'certificate-invalid',
  explains: INVALID_EXPLAINS,
} as const;
const ADD_SAN = {
  text: 'Add `{host:text}` to `apiServer.certSANs` of the ClusterConfiguration of kubeadm, move `apiserver.crt` and `apiserver.key` out of `/etc/kubernetes/pki`, and make them anew on every control plane node.',
  argv: ['kubeadm', 'init', 'phase', 'certs', 'apiserver', '--config', 'kubeadm.yaml'],
  flavour: 'kubeadm',
} as const;
const RESTART_SERVER = {
  text: 'Restart the API server: move `kube-apiserver.yaml` out of `/etc/kubernetes/manifests` for 20 s and back.',
  flavour: 'kubeadm',
} as const;
const REISSUE = {
  text: 'Issue the certificate again with the subject alternative name `{host:text}`.',
} as const;

/** Messages of `certificate/name-mismatch`. */
export const NAME_MISMATCH_MESSAGES = {
  serverNameMissing: {
    ...MISMATCH,
    text: 'The certificate of the API server {holder:object} is not valid for `{host:text}`, by which it is called from {calledBy:text}; it names {names:text}.',
    remedy: [ADD_SAN, RESTART_SERVER, REISSUE],
    key: ['host'],
  },
  serviceNameMissing: {
    ...MISMATCH,
    text: 'The certificate in {secret:object}, which {service:object} serves to the API server for {holder:object}, is not valid for `{host:text}`; it names {names:text}.',
    remedy: [
      REISSUE,
      {
        text: 'Where cert-manager issues it, the names are `spec.dnsNames` of its Certificate.',
        argv: ['kubectl', 'get', 'certificates.cert-manager.io', '-n', '{service.namespace}'],
      },
    ],
    key: ['host'],
    groupBy: ['secret', 'host'],
  },
  hostMissing: {
    ...MISMATCH,
    text: '{holder:object} offers the certificate in {secret:object} for `{host:text}`, but it is not valid for that host; it names {names:text}.',
    remedy: [
      REISSUE,
      {
        text: 'Or name the Secret that holds the certificate of this host.',
        argv: [
          'kubectl',
          'get',
          'secrets',
          '-n',
          '{secret.namespace}',
          '--field-selector',
          'type=kubernetes.io/tls',
        ],
      },
    ],
    key: ['host'],
  },
  onlyCommonName: {
    ...MISMATCH,
    text: 'The certificate `{subject:text}` ({place:text} {holder:object}) has a common name only: clients have ignored it since Go 1.15 and want subject alternative names.',
    remedy: [
      {
        text: 'Issue it again (SHA-256 `{fingerprint:text}`) with its names as subject alternative names.',
      },
    ],
    key: ['fingerprint'],
    groupBy: ['fingerprint'],
  },
  notForServers: {
    ...MISMATCH,
    text: 'The certificate `{subject:text}` ({place:text} {holder:object}) is served, but made for {usages:text} only: clients want the usage `serverAuth`.',
    remedy: [
      { text: 'Issue it again (SHA-256 `{fingerprint:text}`) with the extended key usage `serverAuth`.' },
    ],
    key: ['fingerprint'],
    groupBy: ['fingerprint'],
  },
  notForClients: {
    ...MISMATCH,
    text: 'The client certificate `{subject:text}` ({place:text} {holder:object}) is made for {usages:text} only: the API server wants the usage `clientAuth` and answers 401.',
    remedy: [
      { text: 'Issue it again (SHA-256 `{fingerprint:text}`) with the extended key usage `clientAuth`.' },
    ],
    key: ['fingerprint'],
    groupBy: ['fingerprint'],
  },
} as const satisfies Readonly<Record<string, Message>>;
