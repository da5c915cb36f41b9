import {
  type IstioProxyContainer,
  type IstioProxyRole,
  istioProxyContainer,
} from '../artifacts/istio-proxy.ts';
import {
  type ConfigMapItem,
  configMaps,
  type NamespaceItem,
  namespaces,
  type PodItem,
  pods,
} from '../artifacts/resources.ts';
import type { Applicability } from '../model/analyzer.ts';
import { type Collection, defineDerived, optional } from '../model/artifact.ts';
import { subjectOf } from '../model/subject.ts';
import { type ContainerView, containersOf } from './containers.ts';
import { type DiscoveryAddress, discoveryAddress } from './istio-discovery.ts';
import { AMBIENT_LABEL, REVISION_LABEL, STATUS_ANNOTATION } from './istio-labels.ts';
import { meshConfigMaps } from './istio-mesh-config-maps.ts';
import { type IstioVersion, istioImageVersion } from './istio-version.ts';
import { hasEnded } from './pod-readiness.ts';

/** A proxy of Istio in a pod. */
export interface IstioProxy {
  readonly pod: PodItem;
  readonly container: IstioProxyContainer;
  readonly role: IstioProxyRole;
  /** By the tag of its image; undefined for digests and images of one's own. */
  readonly version: IstioVersion | undefined;
  /** The revision that injected it: `default`, `1-27`; undefined where nothing says so. */
  readonly revision: string | undefined;
  readonly discovery: DiscoveryAddress;
  /** Where it asks for certificates, when that is another address. */
  readonly caAddress: string | undefined;
}

/** The pods of the mesh. */
export interface IstioSidecars {
  /** Proxies of pods that have not ended: sidecars, gateways, waypoints, ztunnel. */
  readonly proxies: readonly IstioProxy[];
  /** The proxy of a pod, also of one that has ended. */
  proxyOf(pod: PodItem): IstioProxy | undefined;
  /** Whether ztunnel serves the pod; undefined when its namespace was not seen. */
  isAmbient(pod: PodItem): boolean | undefined;
  /** Whether a proxy of any kind serves the pod; undefined when that cannot be told. */
  isInMesh(pod: PodItem): boolean | undefined;
}

/** Proxies of Istio by pod: regular and native sidecars, gateways, and the pods ztunnel serves. */
export const istioSidecars = defineDerived({
  id: 'istio-sidecars',
  title: 'Istio proxies',
  needs: { pods, namespaces: optional(namespaces), configMaps: optional(configMaps) },
  derive(inputs, { safely }): IstioSidecars {
    const meshes = new Map(
      meshConfigMaps(inputs.configMaps.items).map(({ revision, item }) => [revision, item]),
    );
    const byPod = new Map<PodItem, IstioProxy>();
    for (const pod of inputs.pods.items) {
      const proxy = safely(() => proxyIn(pod, meshes), undefined);
      if (proxy) byPod.set(pod, proxy);
    }
    const isAmbient = (pod: PodItem) =>
      !byPod.has(pod) && (ambientBySelf(pod) ?? ambientByNamespace(pod, inputs.namespaces));
    return {
      proxies: [...byPod.values()].filter(({ pod }) => !hasEnded(pod)),
      proxyOf: (pod) => byPod.get(pod),
      isAmbient,
      isInMesh: (pod) => byPod.has(pod) || isAmbient(pod),
    };
  },
  table: ({ proxies }) => ({
    id: 'istio-proxies',
    title: 'Istio proxies',
    columns: [
      { id: 'pod', title: 'Pod', tag: 'object' },
      { id: 'role', title: 'Role', tag: 'text' },
      { id: 'version', title: 'Version', tag: 'text' },
      { id: 'revision', title: 'Revision', tag: 'text' },
      { id: 'discovery', title: 'Control plane', tag: 'text' },
    ],
    rows: proxies
      .slice(0, TABLE_ROWS)
      .map(({ pod, role, container, version, revision, discovery }) => [
        subjectOf(pod),
        container.native ? `${role}, native` : role,
        version?.text ?? '',
        revision ?? '',
        discovery.text,
      ]),
  }),
});

/** A table of all proxies of a large mesh would be the report. */
const TABLE_ROWS = 200;

type Meshes = ReadonlyMap<string, ConfigMapItem>;

function proxyIn(pod: PodItem, meshes: Meshes): IstioProxy | undefined {
  const container = istioProxyContainer(pod);
  if (!container) return undefined;
  const version = istioImageVersion(container.spec.image);
  const revision = revisionOf(pod);
  const mesh = meshes.get(revision ?? 'default');
  const caAddress = container.spec.env?.find(({ name }) => name === 'CA_ADDR')?.value;
  return {
    pod,
    container,
    role: container.role,
    version,
    revision,
    discovery: discoveryAddress(pod, container, mesh, version),
    caAddress: caAddress === '' ? undefined : caAddress,
  };
}

/** What the injector wrote, else what the pod asks for. */
function revisionOf({ metadata: { annotations = {}, labels = {} } }: PodItem): string | undefined {
  const written = /"revision"\s*:\s*"([^"]+)"/.exec(annotations[STATUS_ANNOTATION] ?? '')?.[1];
  return written ?? annotations[REVISION_LABEL] ?? labels[REVISION_LABEL];
}

/** What a pod says itself: Istio's agent on the node has taken it in, or it asks to be left out or taken in. */
function ambientBySelf({ metadata: { annotations = {}, labels = {} }, spec }: PodItem): boolean | undefined {
  if (spec?.hostNetwork) return false;
  if (annotations['ambient.istio.io/redirection'] === 'enabled') return true;
  const mode = labels[AMBIENT_LABEL];
  return mode === undefined ? undefined : mode === 'ambient';
}

function ambientByNamespace({ metadata }: PodItem, all: Collection<NamespaceItem>): boolean | undefined {
  const found = all.lookup({ name: metadata.namespace ?? '' });
  if (found.state !== 'present') return undefined;
  return found.item.metadata.labels?.[AMBIENT_LABEL] === 'ambient';
}

/** Spec and status of a proxy's container; undefined before the kubelet has one. */
export function proxyView({ pod, container }: IstioProxy): ContainerView | undefined {
  return containersOf(pod).find(({ name, init }) => name === container.name && init === container.native);
}

/** The `appliesTo` of analyzers that look at proxies of some roles, or of any. */
export function proxiesApply(
  { proxies }: IstioSidecars,
  { coverage }: Pick<Collection<unknown>, 'coverage'>,
  roles?: readonly IstioProxyRole[],
): Applicability {
  if (proxies.some(({ role }) => roles?.includes(role) ?? true)) return true;
  if (!coverage.complete) return { applies: 'unseen', gaps: coverage.gaps };
  return { applies: false, reason: 'no pod runs a proxy of Istio' };
}
