import { document } from '../model/artifact.ts';
import type { Kube } from '../model/kube.ts';
import { certificatePem } from './certificates.ts';
import { parseJsonObject, stringIn } from './json-bytes.ts';

/** What of the kubeconfig in use may be shown: names, the server and certificates; never a key, token or password. */
export interface KubeconfigPublic {
  readonly context?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
  /** Base URL of the API server. */
  readonly server: string;
  readonly tlsServerName?: string;
  /** `insecure-skip-tls-verify`. */
  readonly insecure: boolean;
  /** PEM of `certificate-authority(-data)`. */
  readonly certificateAuthority?: string;
  /** PEM of `client-certificate(-data)`. */
  readonly clientCertificate?: string;
}

/** The public part of the kubeconfig, scope cluster. */
export const kubeconfigPublic = document<KubeconfigPublic>({
  id: 'kubeconfig-public',
  title: 'Public part of the kubeconfig',
  contentType: 'json',
  maxBytes: 1024 * 1024,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const server = stringIn(stored.server);
    if (server === undefined) throw new Error('no server is named');
    return {
      context: stringIn(stored.context),
      cluster: stringIn(stored.cluster),
      user: stringIn(stored.user),
      namespace: stringIn(stored.namespace),
      server,
      tlsServerName: stringIn(stored.tlsServerName),
      insecure: stored.insecure === true,
      certificateAuthority: stringIn(stored.certificateAuthority),
      clientCertificate: stringIn(stored.clientCertificate),
    };
  },
});

/** The public part of the kubeconfig a connection was made from. */
export function publicKubeconfig({ context, server, namespace, publicCredentials }: Kube): KubeconfigPublic {
  const { clusterName, userName, tlsServerName, insecure, serverCa, clientCertificate } = publicCredentials;
  return {
    context,
    cluster: clusterName,
    user: userName,
    namespace,
    server,
    tlsServerName,
    insecure,
    certificateAuthority: certificatePem(serverCa ?? ''),
    clientCertificate: certificatePem(clientCertificate ?? ''),
  };
}
