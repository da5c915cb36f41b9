import { configMaps, secrets } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { meshConfigMaps } from './istio-mesh-config-maps.ts';
import { type IstioProxy, istioSidecars } from './istio-sidecars.ts';

/** Settings of the mesh that decide how its configuration is read. */
export interface IstioMesh {
  /** Whether a mesh configuration was seen; without one the rest are defaults. */
  readonly isSeen: boolean;
  /** Namespace whose policies without a selector are for the whole mesh. */
  readonly rootNamespace: string;
  /** Hosts and namespaces may be those of other clusters, or of another source of configuration. */
  readonly hasOtherRegistries: boolean;
  /** ServiceEntries without addresses are given some (`ISTIO_META_DNS_AUTO_ALLOCATE`). */
  readonly allocatesAddresses: boolean;
  /** VirtualServices without `exportTo` are for their own namespace (`defaultVirtualServiceExportTo`). */
  readonly keepsRoutesHome: boolean;
}

const DEFAULT_ROOT = 'istio-system';
/** Access to another cluster, whose Services join the registry (istio pkg/kube/multicluster). */
const REMOTE_SECRET = 'istio/multiCluster';
/** Name of the cluster a proxy runs in; all clusters of a mesh have names of their own. */
const CLUSTER_VARIABLE = 'ISTIO_META_CLUSTER_ID';
const DEFAULT_CLUSTER = 'Kubernetes';

/** What the mesh configurations of all revisions say; one of them saying it is enough. */
export const istioMesh = defineDerived({
  id: 'istio-mesh',
  title: 'Istio mesh configuration',
  needs: {
    configMaps: optional(configMaps),
    secrets: optional(secrets),
    sidecars: optional(istioSidecars),
  },
  derive(inputs): IstioMesh {
    const configs = meshConfigMaps(inputs.configMaps.items).map(({ item }) => item);
    const texts = configs.map(({ data }) => data?.mesh ?? '');
    const root = texts.map((text) => /^rootNamespace:[ \t]*["']?([a-z0-9-]+)/m.exec(text)?.[1]).find(Boolean);
    const isJoined = inputs.secrets.coverage.complete
      ? inputs.secrets.items.some(({ metadata }) => metadata.labels?.[REMOTE_SECRET] === 'true')
      : inputs.sidecars.proxies.some(isOfNamedCluster);
    return {
      isSeen: configs.length > 0,
      rootNamespace: root ?? configs[0]?.metadata.namespace ?? DEFAULT_ROOT,
      hasOtherRegistries: isJoined || texts.some((text) => /^configSources:/m.test(text)),
      allocatesAddresses: texts.some((text) =>
        /ISTIO_META_DNS_AUTO_ALLOCATE["']?:[ \t]*["']?true/.test(text),
      ),
      keepsRoutesHome: texts.some((text) =>
        /^defaultVirtualServiceExportTo:\s*(?:-\s*|\[\s*)["']?\./m.test(text),
      ),
    };
  },
});

function isOfNamedCluster({ container }: IstioProxy): boolean {
  const name = container.spec.env?.find((one) => one.name === CLUSTER_VARIABLE)?.value;
  return name !== undefined && name !== '' && name !== DEFAULT_CLUSTER;
}
