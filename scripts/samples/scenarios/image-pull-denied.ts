import { API, faultScenario, SHOP, servedDeployment, WEB } from '../base-cluster.ts';
import { waiting } from '../container-states.ts';
import { MINUTE, objectOf } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { ApiObject, Scenario } from '../scenario.ts';
import { deployment, podsIn, type Replica, type Workload } from '../workloads.ts';

/** The shop was installed so long before the collection. */
const INSTALLED = 38 * MINUTE;
const SECRET = 'registry-example';

const MAILER: Workload = {
  namespace: SHOP,
  name: 'mailer',
  hash: '84d7c5f69b',
  labels: { app: 'mailer' },
  container: { name: 'mailer', image: 'registry.example/shop/mailer:1.6.0' },
  replicas: [
    { suffix: 'd4kxp', node: 'worker-1', ip: '10.244.1.18' },
    { suffix: 'v9mzr', node: 'worker-2', ip: '10.244.2.19' },
  ],
};

/** The token in the pull Secret has expired: the registry gives nobody an image any more. */
export async function imagePullDenied(): Promise<Scenario> {
  const workloads = [servedDeployment(unpulled(WEB)), servedDeployment(unpulled(API))];
  const objects = [...workloads.flat(), ...deployment(unpulled(MAILER))];
  return faultScenario('image-pull-denied', {
    objects: [...objects, pullSecret(), ...podsIn(objects).map(failedEvent)],
  });
}

function unpulled(workload: Workload): Workload {
  const { image } = workload.container;
  const message = `Back-off pulling image "${image}": ErrImagePull: ${pullError(image)}`;
  const replicas = workload.replicas.map((replica): Replica => {
    const container = { ...waiting('ImagePullBackOff', message), image };
    return { ...replica, age: INSTALLED, phase: 'Pending', ready: false, changed: INSTALLED, container };
  });
  const spec = { imagePullSecrets: [{ name: SECRET }] };
  return { ...workload, age: INSTALLED, rollout: 'stuck', spec, replicas };
}

/** What containerd says when the token service of a registry refuses the account. */
function pullError(image: string): string {
  const repository = image.replace(/^[^/]+\//, '').replace(/:.*$/, '');
  const scope = encodeURIComponent(`repository:${repository}:pull`);
  const token = `https://registry.example/service/token?scope=${scope}&service=registry.example`;
  return (
    `failed to pull and unpack image "${image}": failed to resolve reference "${image}": failed to authorize: ` +
    `failed to fetch oauth token: unexpected status from GET request to ${token}: 401 Unauthorized`
  );
}

function failedEvent(pod: ApiObject): ApiObject {
  const { containers } = pod.spec as { containers: { name: string; image: string }[] };
  const [{ name, image }] = containers as [{ name: string; image: string }];
  return fromKubelet(pod, {
    reason: 'Failed',
    message: `Failed to pull image "${image}": ${pullError(image)}`,
    age: 2 * MINUTE,
    first: INSTALLED - 2,
    count: 11,
    container: name,
  });
}

function pullSecret(): ApiObject {
  const data = { '.dockerconfigjson': Buffer.from('{"auths":{"registry.example":{}}}').toString('base64') };
  return objectOf(
    { kind: 'Secret', namespace: SHOP, name: SECRET, age: INSTALLED },
    { type: 'kubernetes.io/dockerconfigjson', data },
  );
}
