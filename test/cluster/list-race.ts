import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { connect } from '../../src/kube/connect.ts';

/*
 * `node list-race.ts own|typed KUBECONFIG`: lists the same kinds with our transport, each item parsed as it is for
 * redaction, or with the typed calls of client-node, and prints how long that took without start and imports. Both make
 * as many lists at once as a collection does.
 */
const ROUNDS = 5;
const PARALLEL = 4;

const [who, kubeconfig = ''] = process.argv.slice(2);
const lists = await (who === 'own' ? ownLists() : typedLists());
let objects = 0;
const began = performance.now();
for (let round = 0; round < ROUNDS; round++) {
  objects = 0;
  const next = lists.values();
  await Promise.all(Array.from({ length: PARALLEL }, () => work(next)));
}
const seconds = (performance.now() - began) / 1000 / ROUNDS;
console.log(JSON.stringify({ seconds, objects }));
process.exit(0);

async function work(next: Iterable<() => Promise<number>>): Promise<void> {
  for (const list of next) {
    const count = await list();
    objects += count;
  }
}

async function ownLists(): Promise<(() => Promise<number>)[]> {
  const { signal } = new AbortController();
  const kube = await connect({ kubeconfig, signal });
  const discovery = await kube.discover(signal);
  const kinds = ['Pod', 'Node', 'Namespace', 'Event', 'ConfigMap', 'Secret', 'Service', 'ServiceAccount'];
  const wanted = [...kinds.map((kind) => ['', kind]), ['apps', 'Deployment'], ['apps', 'ReplicaSet']];
  return wanted.map(([group = '', kind = '']) => async () => {
    const resource = discovery.find(group, kind);
    if (resource === undefined) throw new Error(`${kind} is not served`);
    let count = 0;
    for await (const { items } of kube.list(resource, { signal })) {
      for (const { value } of items) if (value !== undefined) count++;
    }
    return count;
  });
}

async function typedLists(): Promise<(() => Promise<number>)[]> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const calls: (() => Promise<{ items: unknown[] }>)[] = [
    () => core.listPodForAllNamespaces(),
    () => core.listNode(),
    () => core.listNamespace(),
    () => core.listEventForAllNamespaces(),
    () => core.listConfigMapForAllNamespaces(),
    () => core.listSecretForAllNamespaces(),
    () => core.listServiceForAllNamespaces(),
    () => core.listServiceAccountForAllNamespaces(),
    () => apps.listDeploymentForAllNamespaces(),
    () => apps.listReplicaSetForAllNamespaces(),
  ];
  return calls.map((call) => async () => (await call()).items.length);
}
