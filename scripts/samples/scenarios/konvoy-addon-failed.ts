import { faultScenario } from '../base-cluster.ts';
import { changed } from '../change.ts';
import { waiting } from '../container-states.ts';
import { releaseSecrets } from '../helm.ts';
import { addonController, clusterAddon, INSTALLED, KUBEADDONS } from '../konvoy.ts';
import { MINUTE } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { ApiObject, Scenario } from '../scenario.ts';
import { service } from '../services.ts';
import { deployment, podsIn, type Replica } from '../workloads.ts';

/** Traefik and what requires it were enabled so long before the collection. */
const ENABLED = 52 * MINUTE;
const RELEASE = 'traefik-kubeaddons';
const IMAGE = 'registry.example/traefik:1.7.49';
const PULL_ERROR = `rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": ${IMAGE}: not found`;

/**
 * The registry of the cluster has no image of the version of Traefik the addon asks for: `failed to deploy:
 * [ traefik ]`. The addon that requires Traefik waits for it.
 */
export async function konvoyAddonFailed(): Promise<Scenario> {
  const controller = addonController();
  const traefik = workload();
  return faultScenario('konvoy-addon-failed', {
    objects: [
      ...controller.objects,
      clusterAddon({ name: 'cert-manager', chart: 'cert-manager', revision: '1.4.0-1' }),
      clusterAddon({
        name: 'traefik',
        chart: 'traefik',
        revision: '1.7.49-1',
        requires: ['cert-manager'],
        age: ENABLED,
        stage: 'deploying',
        ready: false,
      }),
      clusterAddon({
        name: 'traefik-forward-auth',
        chart: 'traefik-forward-auth',
        revision: '0.3.3-2',
        requires: ['traefik'],
        age: ENABLED,
        stage: 'deploying',
        ready: false,
      }),
      ...releaseSecrets(KUBEADDONS, 'cert-manager-kubeaddons', [
        { version: 1, status: 'deployed', age: INSTALLED },
      ]),
      ...releaseSecrets(KUBEADDONS, RELEASE, [
        { version: 1, status: 'failed', age: ENABLED, changed: ENABLED - 5 * MINUTE },
      ]),
      ...traefik,
      ...podsIn(traefik).map(pullFailed),
    ],
    logs: controller.logs,
  });
}

function workload(): ApiObject[] {
  const labels = { app: 'traefik', release: RELEASE };
  const container = waiting(
    'ImagePullBackOff',
    `Back-off pulling image "${IMAGE}": ErrImagePull: ${PULL_ERROR}`,
  );
  const unpulled = (suffix: string, node: string, ip: string): Replica => ({
    suffix,
    node,
    ip,
    age: ENABLED,
    phase: 'Pending',
    ready: false,
    changed: ENABLED,
    container: { ...container, image: IMAGE },
  });
  const objects = deployment({
    namespace: KUBEADDONS,
    name: RELEASE,
    hash: '6d8c9f7b5b',
    age: ENABLED,
    rollout: 'stuck',
    labels,
    container: {
      name: 'traefik',
      image: IMAGE,
      ports: [
        { name: 'http', containerPort: 80 },
        { name: 'https', containerPort: 443 },
      ],
    },
    replicas: [unpulled('4nq7d', 'worker-1', '10.244.1.81'), unpulled('w8s2j', 'worker-2', '10.244.2.81')],
  });
  const ports = [
    { name: 'http', port: 80, targetPort: 80 },
    { name: 'https', port: 443, targetPort: 443 },
  ];
  const served = service({
    namespace: KUBEADDONS,
    name: RELEASE,
    selector: labels,
    clusterIP: '10.103.41.8',
    ports,
    pods: podsIn(objects),
    age: ENABLED,
  }).map((one) =>
    one.kind === 'Service'
      ? changed(one, {
          spec: { type: 'LoadBalancer' },
          status: { loadBalancer: { ingress: [{ ip: '192.0.2.80' }] } },
        })
      : one,
  );
  return [...objects, ...served];
}

function pullFailed(pod: ApiObject): ApiObject {
  return fromKubelet(pod, {
    reason: 'Failed',
    message: `Failed to pull image "${IMAGE}": ${PULL_ERROR}`,
    age: 3 * MINUTE,
    first: ENABLED - 2,
    count: 14,
    container: 'traefik',
  });
}
