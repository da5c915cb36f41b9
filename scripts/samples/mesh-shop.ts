import { API, type Fault, SHOP, servedDeployment, WEB } from './base-cluster.ts';
import { istioDefinitions } from './definitions.ts';
import { istioControlPlane, type PlaneChange } from './istio-mesh.ts';
import { type Injected, injected, listenersOf, proxyLog } from './istio-proxies.ts';
import { DAY, type LogEntry, objectOf } from './object.ts';
import type { ApiObject, SampleReply } from './scenario.ts';
import { podsIn, type Workload } from './workloads.ts';

/** Seconds since the pods of the shop were rolled out with their proxies. */
const ROLLOUT = 9 * DAY;
/** Ports of Services proxies have a listener for. */
const PORT = 80;

/** What differs when the shop of the fault samples is in a mesh. */
export interface MeshShop {
  readonly web?: Partial<Workload>;
  readonly api?: Partial<Workload>;
  /** How the proxy is put into a pod; as a native sidecar unless said. */
  readonly sidecar?: (pod: ApiObject) => Injected;
  /** By which its namespace asks for proxies. */
  readonly label?: Readonly<Record<string, string>>;
  readonly plane?: PlaneChange;
  readonly objects?: readonly ApiObject[];
  /** Logs of proxies by pod, in place of those of one that is well. */
  readonly proxyLogs?: Readonly<Record<string, string>>;
  /** Listeners of proxies by pod, in place of those of one that is well. */
  readonly listeners?: Readonly<Record<string, SampleReply>>;
}

/** The shop with a proxy of Istio in each pod, as a change of the small healthy cluster. */
export async function meshShop(scene: MeshShop): Promise<Fault> {
  const { sidecar = () => ({ native: true }), label = { 'istio-injection': 'enabled' }, plane } = scene;
  const workloads = [
    { ...WEB, ...scene.web },
    { ...API, ...scene.api },
  ].flatMap(servedDeployment);
  const objects = workloads.map((one) => (one.kind === 'Pod' ? injected(one, sidecar(one)) : one));
  const pods = podsIn(objects);
  const mesh = await istioControlPlane(pods, plane);
  const labels = { 'kubernetes.io/metadata.name': SHOP, ...label };
  return {
    objects: [
      ...mesh.objects,
      objectOf({ kind: 'Namespace', name: SHOP, labels }, { status: { phase: 'Active' } }),
      ...istioDefinitions(),
      ...objects,
      ...(scene.objects ?? []),
    ],
    logs: [
      ...mesh.logs,
      ...pods.map(({ metadata: { name } }): LogEntry => {
        return [`${SHOP}/${name}/istio-proxy`, scene.proxyLogs?.[name] ?? proxyLog(ROLLOUT)];
      }),
    ],
    podReplies: {
      ...mesh.podReplies,
      ...Object.fromEntries(
        pods.map(({ metadata: { name } }) => [
          `${SHOP}/${name}:15000/config_dump`,
          scene.listeners?.[name] ?? listenersOf(PORT, []),
        ]),
      ),
    },
  };
}
