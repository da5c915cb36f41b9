import { KubeError } from '../../../src/model/kube.ts';
import { samplePem } from '../certificates.ts';
import { SERVER, servingCertificate } from '../cluster.ts';
import { TIME } from '../object.ts';
import type { Scenario } from '../scenario.ts';

/** What OpenSSL and Node say of such a certificate. */
const EXPIRED = 'certificate has expired';

/**
 * A cluster made by kubeadm a year and two days ago and never upgraded since: its API server serves a
 * certificate that nobody accepts any more.
 */
export async function controlPlaneCertificateExpired(): Promise<Scenario> {
  const serverCa = await samplePem({
    name: 'kubernetes',
    notBefore: '2025-03-01T07:12:00Z',
    notAfter: '2035-02-27T07:12:00Z',
  });
  return {
    name: 'control-plane-certificate-expired',
    time: TIME,
    context: 'shop-production',
    server: SERVER,
    credentials: {
      serverCa,
      clientCertificate: undefined,
      clusterName: 'shop-production',
      userName: 'support',
      tlsServerName: undefined,
      insecure: false,
    },
    handshake: {
      addresses: ['192.0.2.10'],
      chain: [await servingCertificate('2025-03-01T07:12:00Z', '2026-03-01T07:12:00Z')],
      authorized: false,
      authorizationError: `CERT_HAS_EXPIRED: ${EXPIRED}`,
    },
    unreachable: new KubeError('tls', `cp.example:6443: TLS failed: ${EXPIRED} (CERT_HAS_EXPIRED)`),
    kinds: [],
    objects: [],
    later: [],
    logs: new Map(),
    replies: {},
    podReplies: {},
  };
}
