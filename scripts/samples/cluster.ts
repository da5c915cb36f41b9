import { samplePem } from './certificates.ts';
import { clusterCa, controlPlane } from './control-plane.ts';
import { KINDS } from './kinds.ts';
import type { KongPart } from './kong.ts';
import { leases, VERSION } from './nodes.ts';
import { type ClusterPart, TIME } from './object.ts';
import type { ApiObject, SampleReply, Scenario } from './scenario.ts';
import { shop } from './shop.ts';

/** Host and port of the API server of every sample. */
export const SERVER = 'https://cp.example:6443';

/** What the API server of every sample says of itself, by path. */
export const REPLIES: Readonly<Record<string, SampleReply>> = {
  '/version': {
    body: JSON.stringify({
      major: '1',
      minor: '34',
      gitVersion: VERSION,
      gitCommit: 'df11db1c0f08fab3c0baee1e5ce6efbf816af7f1',
      gitTreeState: 'clean',
      buildDate: '2025-12-09T14:59:13Z',
      goVersion: 'go1.24.11',
      compiler: 'gc',
      platform: 'linux/amd64',
    }),
  },
  '/livez': {
    body: '[+]ping ok\n[+]log ok\n[+]etcd ok\n[+]poststarthook/start-apiextensions-controllers ok\nlivez check passed\n',
  },
  '/readyz': {
    body: '[+]ping ok\n[+]log ok\n[+]etcd ok\n[+]etcd-readiness ok\n[+]informer-sync ok\nreadyz check passed\n',
  },
  '/metrics': {
    body: [
      '# HELP apiserver_storage_objects [STABLE] Number of stored objects at the time of last check split by kind.',
      '# TYPE apiserver_storage_objects gauge',
      'apiserver_storage_objects{resource="pods"} 16',
      '# HELP apiserver_storage_size_bytes [STABLE] Size of the storage database file physically allocated in bytes.',
      '# TYPE apiserver_storage_size_bytes gauge',
      'apiserver_storage_size_bytes{storage_cluster_id="etcd-0"} 1.9783680e+07',
      '# HELP apiserver_current_inflight_requests [STABLE] Maximal number of currently used inflight request limit.',
      '# TYPE apiserver_current_inflight_requests gauge',
      'apiserver_current_inflight_requests{request_kind="mutating"} 0',
      'apiserver_current_inflight_requests{request_kind="readOnly"} 1',
      '',
    ].join('\n'),
  },
};

/** A cluster of three nodes with the shop, Kong in hybrid mode, and whatever else a scenario adds. */
export async function clusterScenario(name: string, kong: KongPart, more: ClusterPart): Promise<Scenario> {
  const parts = [await controlPlane(['kong', 'shop']), await shop(), kong, more];
  const serverCa = await clusterCa();
  return {
    name,
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
      chain: [await servingCertificate('2026-01-21T08:00:00Z', '2027-01-21T08:00:00Z')],
      authorized: true,
      authorizationError: undefined,
    },
    kinds: KINDS,
    objects: parts.flatMap(({ objects }) => objects).sort(byPlace),
    later: leases(-23),
    logs: new Map(parts.flatMap(({ logs }) => logs)),
    replies: REPLIES,
    podReplies: kong.podReplies,
  };
}

/** The serving certificate of the API server, as kubeadm makes it: one year. */
export function servingCertificate(notBefore: string, notAfter: string): Promise<string> {
  const names = ['cp.example', 'cp-1', 'kubernetes', 'kubernetes.default.svc', '10.96.0.1', '192.0.2.10'];
  return samplePem({ name: 'kube-apiserver', issuer: 'kubernetes', names, notBefore, notAfter });
}

/** The order of a LIST: by namespace, then name. */
function byPlace(a: ApiObject, b: ApiObject): number {
  const key = ({ metadata }: ApiObject) => `${metadata.namespace ?? ''}/${metadata.name}`;
  return key(a) < key(b) ? -1 : 1;
}
