import { join } from 'node:path';
import { backdate } from './backdate.ts';
import type { ControlPlane } from './control-plane.ts';
import type { KongStandIn } from './kong-stand-in.ts';
import { type KwokDocument, kwokDocument } from './kwok.ts';
import { createAuthority } from './pki.ts';
import { waitFor } from './processes.ts';
import { BROKEN_NAMESPACE, brokenLogs, brokenStages, brokenWorkloads } from './workload/broken.ts';
import { KONG_NAMESPACE, kong, kongDocuments } from './workload/kong.ts';
import { writeLogFiles } from './workload/log-files.ts';
import { BROKEN_NODE, nodeStages, nodes } from './workload/nodes.ts';
import type { KubernetesObject } from './workload/object.ts';
import { SHOP_NAMESPACE, shop, shopLogs, widgetDefinition } from './workload/shop.ts';

/** The namespaces {@link createWorkloads} makes. */
export const NAMESPACES = [BROKEN_NAMESPACE, KONG_NAMESPACE, SHOP_NAMESPACE] as const;

/** Names the control plane gives to pods of Deployments, sorted. */
export interface CreatedPods {
  readonly kongControlPlane: string;
  /** A data plane the control plane heard of seconds ago. */
  readonly connectedDataPlane: string;
  /** A data plane the control plane has not heard of for an hour. */
  readonly staleDataPlane: string;
  readonly web: readonly string[];
  readonly crasher: string;
  readonly puller: string;
}

/** How long ago nodes, pods and workloads seem to have been created. */
export const AGE_SECONDS = 7200;

/** What kwok must know before it starts, for the objects of {@link createWorkloads}; writes log files into `dir`. */
export async function kwokDocuments(dir: string, standIn: KongStandIn): Promise<KwokDocument[]> {
  const files = await writeLogFiles(join(dir, 'container-logs'));
  return [
    ...nodeStages(),
    ...brokenStages(),
    shopLogs(files),
    brokenLogs({ current: files.crasher, previous: files.crasherPrevious }),
    ...kongDocuments(standIn, files),
    kwokDocument('ClusterExec', { name: 'everything' }, { execs: [{ local: {} }] }),
  ];
}

/** Creates nodes, namespaces and everything in them, waits until each has its state, and feeds Kong's status. */
export async function createWorkloads(plane: ControlPlane, standIn: KongStandIn): Promise<CreatedPods> {
  await apply(plane, [...nodes(), ...NAMESPACES.map(namespace), widgetDefinition()]);
  await must(plane, ['wait', '--for=condition=Established', '--timeout=60s', 'crd/widgets.shop.example.com']);
  await waitForServiceAccounts(plane);
  await apply(plane, [...(await shop(await createAuthority('shop-ca'))), ...brokenWorkloads(), ...kong()]);
  await waitForStates(plane);
  // Analyzers give what has just come some time: these have had it.
  await backdate(plane.etcd, AGE_SECONDS);
  const pods = await findPods(plane);
  standIn.setDataPlanes([
    await row(plane, pods.connectedDataPlane, '1f0c2a53-6a7e-4b0e-9d5e-0b6a3f1d2c11', 12),
    await row(plane, pods.staleDataPlane, '7b9e6f20-3c41-4f8a-8a77-5d2b90c4e622', 3600),
  ]);
  return pods;
}

/** Creates or changes objects as `kubectl apply` does, which leaves its last-applied annotation on them. */
export async function apply(plane: ControlPlane, objects: readonly KubernetesObject[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  await must(plane, ['apply', '-f', '-'], JSON.stringify(list));
}

async function must(plane: ControlPlane, args: readonly string[], input?: string): Promise<string> {
  const { stdout, stderr, code } = await plane.kubectl(args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with code ${code}: ${stderr.trim()}`);
  return stdout;
}

function namespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

async function waitForServiceAccounts(plane: ControlPlane): Promise<void> {
  await waitFor('the service accounts of the new namespaces', async () => {
    const names = await must(plane, [
      'get',
      'serviceaccounts',
      '-A',
      '-o',
      'jsonpath={.items[*].metadata.namespace}',
    ]);
    return NAMESPACES.every((name) => names.split(' ').includes(name));
  });
}

async function waitForStates(plane: ControlPlane): Promise<void> {
  const wait = (namespaceName: string, target: string): Promise<string> =>
    must(plane, ['-n', namespaceName, 'wait', '--for=condition=Available', '--timeout=60s', target]);
  const contains = async (what: string, args: readonly string[], expected: string): Promise<void> =>
    waitFor(what, async () => (await must(plane, args)).includes(expected));
  const reasons = 'jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}';
  const broken = ['-n', BROKEN_NAMESPACE, 'get'];
  await Promise.all([
    wait(SHOP_NAMESPACE, 'deployment/web'),
    wait(KONG_NAMESPACE, 'deployment/kong-cp'),
    wait(KONG_NAMESPACE, 'deployment/kong-dp'),
    must(plane, ['wait', '--for=condition=Ready=false', '--timeout=60s', `node/${BROKEN_NODE}`]),
    contains('CrashLoopBackOff', [...broken, 'pods', '-l', 'app=crasher', '-o', reasons], 'CrashLoopBackOff'),
    contains('ImagePullBackOff', [...broken, 'pods', '-l', 'app=puller', '-o', reasons], 'ImagePullBackOff'),
    contains(
      'FailedScheduling',
      [...broken, 'events', '-o', 'jsonpath={.items[*].reason}'],
      'FailedScheduling',
    ),
  ]);
}

async function findPods(plane: ControlPlane): Promise<CreatedPods> {
  const find = async (namespaceName: string, app: string): Promise<string[]> => {
    const names = 'jsonpath={.items[*].metadata.name}';
    const found = await must(plane, ['-n', namespaceName, 'get', 'pods', '-l', `app=${app}`, '-o', names]);
    return found
      .split(' ')
      .filter((name) => name !== '')
      .sort();
  };
  const only = async (namespaceName: string, app: string): Promise<string> =>
    (await find(namespaceName, app))[0] ?? '';
  const [connectedDataPlane = '', staleDataPlane = ''] = await find(KONG_NAMESPACE, 'kong-dp');
  return {
    kongControlPlane: await only(KONG_NAMESPACE, 'kong-cp'),
    connectedDataPlane,
    staleDataPlane,
    web: await find(SHOP_NAMESPACE, 'web'),
    crasher: await only(BROKEN_NAMESPACE, 'crasher'),
    puller: await only(BROKEN_NAMESPACE, 'puller'),
  };
}

async function row(
  plane: ControlPlane,
  pod: string,
  id: string,
  ageSeconds: number,
): Promise<{ id: string; hostname: string; ip: string; ageSeconds: number }> {
  const ip = await must(plane, ['-n', KONG_NAMESPACE, 'get', 'pod', pod, '-o', 'jsonpath={.status.podIP}']);
  return { id, hostname: pod, ip, ageSeconds };
}
