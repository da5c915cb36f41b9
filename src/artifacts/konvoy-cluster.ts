import { loadAll } from 'js-yaml';
import { document } from '../model/artifact.ts';
import { jsonBytes, listIn, numberIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** An addon as cluster.yaml wants it. */
export interface WantedAddon {
  readonly name: string;
  readonly enabled: boolean;
}

/** Machines of one kind as cluster.yaml wants them; without a count they stand in inventory.yaml. */
export interface WantedPool {
  readonly name: string;
  readonly count?: number;
}

/** What is used of cluster.yaml, the file a cluster of Konvoy 1.x is made from. */
export interface KonvoyCluster {
  readonly name?: string;
  /** `aws`, `azure`, `gcp`, `docker`, `vsphere`, `none`. */
  readonly provider?: string;
  /** Of Konvoy, e.g. `v1.6.0`. */
  readonly konvoyVersion?: string;
  /** Without a leading v, as the file has it: `1.18.10`. */
  readonly kubernetesVersion?: string;
  readonly containerdVersion?: string;
  readonly podSubnet?: string;
  readonly serviceSubnet?: string;
  /** Address and port of the control plane set by hand; undefined when none is. */
  readonly controlPlaneEndpoint?: string;
  readonly pools: readonly WantedPool[];
  readonly addons: readonly WantedAddon[];
}

/**
 * cluster.yaml of Konvoy, scope cluster: the two YAML documents ClusterProvisioner and ClusterConfiguration of
 * konvoy.mesosphere.io, v1alpha1 to v1beta2. `reduceKonvoyCluster` makes the body: the file also holds passwords
 * of registries and values of addons.
 */
export const konvoyCluster = document<KonvoyCluster>({
  id: 'konvoy-cluster',
  title: 'cluster.yaml of Konvoy',
  contentType: 'json',
  rearranged: true,
  foreign: 'konvoy-configuration',
  maxBytes: 1024 * 1024,
  parse: (bytes) => readCluster(listIn(parseJsonObject(bytes).documents).map(objectIn)),
});

/** The kind of either document, by which the file is known. */
export const KONVOY_API = /^["']?apiVersion["']?:\s*["']?konvoy\.mesosphere\.io\//im;

/** Leaves of cluster.yaml what is used of it; throws when it is no YAML or of something else. */
export function reduceKonvoyCluster(bytes: Uint8Array): Uint8Array {
  const documents = loadAll(new TextDecoder().decode(bytes)).map(objectIn);
  const own = documents.filter(({ apiVersion }) => /^konvoy\.mesosphere\.io\//i.test(String(apiVersion)));
  if (own.length === 0) throw new Error('no document of konvoy.mesosphere.io is in it');
  return jsonBytes({ documents: own.map(reduce) });
}

function reduce(document: Readonly<Record<string, unknown>>): object {
  const spec = objectIn(document.spec);
  const { version, networking, controlPlane } = objectIn(spec.kubernetes);
  const { podSubnet, serviceSubnet } = objectIn(networking);
  const { controlPlaneEndpointOverride } = objectIn(controlPlane);
  const runtime = objectIn(objectIn(spec.containerRuntime).containerd);
  return {
    kind: document.kind,
    metadata: { name: objectIn(document.metadata).name },
    spec: {
      provider: spec.provider,
      version: spec.version,
      kubernetes: {
        version,
        networking: { podSubnet, serviceSubnet },
        controlPlane: { controlPlaneEndpointOverride },
      },
      containerRuntime: { containerd: { version: runtime.version } },
      nodePools: listIn(spec.nodePools).map((pool) => {
        const { name, count } = objectIn(pool);
        return { name, count };
      }),
      addons: addonsOf(spec.addons),
    },
  };
}

/** One list of addons, or a list of repositories with a list each; `addonList` up to v1alpha1. */
function addonsOf(value: unknown): WantedAddon[] {
  const repositories = Array.isArray(value) ? value : [value];
  return repositories.flatMap((repository) => {
    const { addonsList, addonList } = objectIn(repository);
    return listIn(addonsList ?? addonList).flatMap((one) => {
      const { name, enabled } = objectIn(one);
      return typeof name === 'string' && typeof enabled === 'boolean' ? [{ name, enabled }] : [];
    });
  });
}

function readCluster(documents: readonly Readonly<Record<string, unknown>>[]): KonvoyCluster {
  const specOf = (kind: string) => objectIn(documents.find((one) => one.kind === kind)?.spec);
  const [provisioner, configuration] = [specOf('ClusterProvisioner'), specOf('ClusterConfiguration')];
  const kubernetes = objectIn(configuration.kubernetes);
  const networking = objectIn(kubernetes.networking);
  const fields = {
    name: documents.map(({ metadata }) => stringIn(objectIn(metadata).name)).find((name) => name),
    provider: stringIn(provisioner.provider),
    konvoyVersion: stringIn(configuration.version) ?? stringIn(provisioner.version),
    kubernetesVersion: versionIn(kubernetes.version),
    containerdVersion: versionIn(objectIn(objectIn(configuration.containerRuntime).containerd).version),
    podSubnet: stringIn(networking.podSubnet),
    serviceSubnet: stringIn(networking.serviceSubnet),
    controlPlaneEndpoint:
      stringIn(objectIn(kubernetes.controlPlane).controlPlaneEndpointOverride) || undefined,
  };
  const pools = listIn(provisioner.nodePools).flatMap((pool) => {
    const { name, count } = objectIn(pool);
    const number = numberIn(count);
    return typeof name === 'string' ? [{ name, ...(number === undefined ? {} : { count: number }) }] : [];
  });
  return {
    ...Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined)),
    pools,
    addons: addonsOf({ addonsList: configuration.addons }),
  };
}

/** YAML takes `1.18` without quotes for a number. */
function versionIn(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : stringIn(value);
}
