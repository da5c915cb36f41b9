import { type ItemOf, resources } from '../model/artifact.ts';
import type { Condition } from '../model/condition.ts';
import { CONDITIONS } from './resources.ts';

// Kinds of Konvoy 1.x (kubeaddons.mesosphere.io v1beta1, v1beta2) and of DKP and NKP (apps.kommander.d2iq.io
// v1alpha2, v1alpha3; kommander.mesosphere.io v1beta1), which client-node has no types of. Fields as in
// mesosphere/kubernetes-base-addons and in the documentation of the products.

interface Addon {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly { readonly subresource?: string; readonly time?: string }[];
  };
  readonly spec?: {
    /** Where its release goes; the namespace of the addon where it is not set. */
    readonly namespace?: string;
    readonly requires?: readonly { readonly matchLabels?: Readonly<Record<string, string>> }[];
    readonly chartReference?: { readonly chart?: string; readonly repo?: string; readonly version?: string };
  };
  readonly status?: { readonly ready?: boolean; readonly stage?: string };
}

/** Where an addon says which revision of the catalogue it is. */
const ADDON_REVISION = 'catalog.kubeaddons.mesosphere.io/addon-revision';
/** The label by which addons require each other. */
export const ADDON_NAME = 'kubeaddons.mesosphere.io/name';

/** Of the chart only what names it: its values may hold secrets. */
const ADDON = {
  metadata: {
    labels: true,
    annotations: { [ADDON_REVISION]: true },
    managedFields: { subresource: true, time: true },
  },
  spec: {
    namespace: true,
    requires: { matchLabels: true },
    chartReference: { chart: true, repo: true, version: true },
  },
  status: { ready: true, stage: true },
} as const;

/** Addons of Konvoy that are released into a namespace. */
export const addons = resources<Addon>()('kubeaddons.mesosphere.io', 'Addon', ADDON);

/** Addons of Konvoy of which a cluster has one. */
export const clusterAddons = resources<Addon>()('kubeaddons.mesosphere.io', 'ClusterAddon', ADDON, {
  namespaced: false,
});
export type AddonItem = ItemOf<typeof addons>;

interface AppDeployment {
  readonly spec?: {
    readonly appRef?: { readonly kind?: string; readonly name?: string };
    readonly configOverrides?: { readonly name?: string };
    readonly clusterConfigOverrides?: readonly { readonly configMapName?: string }[];
  };
  readonly status?: {
    readonly clusters?: readonly { readonly name: string; readonly conditions?: readonly Condition[] }[];
  };
}

/** Which application of the catalogue a workspace wants, and on which clusters it got it. */
export const appDeployments = resources<AppDeployment>()('apps.kommander.d2iq.io', 'AppDeployment', {
  spec: {
    appRef: { kind: true, name: true },
    configOverrides: { name: true },
    clusterConfigOverrides: { configMapName: true },
  },
  status: { clusters: { name: true, conditions: CONDITIONS } },
});
export type AppDeploymentItem = ItemOf<typeof appDeployments>;

interface App {
  readonly spec?: { readonly appId?: string; readonly version?: string };
}

/** Applications of the catalogue of a workspace. */
export const apps = resources<App>()('apps.kommander.d2iq.io', 'App', {
  spec: { appId: true, version: true },
});

/** Applications of the catalogue of the whole cluster. */
export const clusterApps = resources<App>()(
  'apps.kommander.d2iq.io',
  'ClusterApp',
  { spec: { appId: true, version: true } },
  { namespaced: false },
);

interface KommanderCluster {
  readonly spec?: {
    readonly kubeconfigRef?: { readonly name?: string };
    readonly clusterRef?: { readonly capiCluster?: { readonly name?: string } };
  };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
}

/** Clusters a management cluster looks after. */
export const kommanderClusters = resources<KommanderCluster>()(
  'kommander.mesosphere.io',
  'KommanderCluster',
  {
    spec: { kubeconfigRef: { name: true }, clusterRef: { capiCluster: { name: true } } },
    status: { phase: true, conditions: CONDITIONS },
  },
);
