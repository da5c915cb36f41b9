import { componentHealth } from '../../src/artifacts/component-health.ts';
import { nodeContainers } from '../../src/artifacts/node-containers.ts';
import { nodeManifests } from '../../src/artifacts/node-manifests.ts';
import type { DocumentArtifact } from '../../src/model/artifact.ts';
import { podScope } from './control-plane-builders.ts';

// Lines as Kubernetes 1.20 and 1.36 write them.
export const LOST = 'E0115 11:55:00.000000       1 controllermanager.go:440] "leaderelection lost/stopped"';
export const OLD_LOST = 'F0115 11:55:00.000000       1 server.go:205] leaderelection lost';
export const RENEW =
  'I0115 11:54:59.000000       1 leaderelection.go:304] "Failed to renew lease" lock="kube-system/kube-controller-manager" err="context deadline exceeded"';
export const LOCK =
  'E0115 11:59:57.000000       1 leaderelection.go:461] "Error retrieving lease lock" err="Get \\"https://10.0.0.1:6443/apis\\": dial tcp 10.0.0.1:6443: connect: connection refused" lock="kube-system/kube-scheduler"';
export const NO_ETCD =
  'E0115 11:59:00.000000       1 run.go:72] "command failed" err="context deadline exceeded"';
export const REFUSED =
  'W0115 11:59:00.000000       1 logging.go:55] [core] [Channel #1 SubChannel #3] grpc: addrConn.createTransport failed to connect to {Addr: "127.0.0.1:2379", ServerName: "127.0.0.1:2379", }. Err: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: connect: connection refused"';
export const PORT =
  'E0115 11:59:00.000000       1 run.go:72] "command failed" err="failed to create listener: failed to listen on 0.0.0.0:10257: listen tcp 0.0.0.0:10257: bind: address already in use"';

/** A document of the node cp-1. */
export const onNode = (artifact: unknown, bytes: string) => ({
  artifact: artifact as DocumentArtifact,
  scope: { type: 'node', node: 'cp-1' } as const,
  bytes,
});

/** What a kube-scheduler answers to `/readyz?verbose`. */
export const schedulerHealth = (text: string) => ({
  artifact: componentHealth as DocumentArtifact,
  scope: podScope('kube-scheduler', 'cp-1'),
  bytes: JSON.stringify({ component: 'kube-scheduler', replies: [{ path: '/readyz', status: 200, text }] }),
});

/** Only the node was asked: its manifest of the API server, and the container that has exited. */
export const API_SERVER_EXITED = [
  onNode(
    nodeManifests,
    '---\n# Source: /etc/kubernetes/manifests/kube-apiserver.yaml\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec: {containers: [{name: kube-apiserver, image: "registry.example/kube-apiserver:v1.34.1", command: [kube-apiserver, --secure-port=6443]}]}\n',
  ),
  onNode(
    nodeContainers,
    JSON.stringify({
      containers: [
        {
          id: 'a',
          metadata: { name: 'kube-apiserver', attempt: 5 },
          state: 'CONTAINER_EXITED',
          labels: { 'io.kubernetes.pod.namespace': 'kube-system' },
        },
      ],
    }),
  ),
];
