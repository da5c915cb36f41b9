import { type ItemOf, resources } from '../model/artifact.ts';
import type { Condition } from '../model/condition.ts';
import { CONDITIONS } from './resources.ts';

// Kinds of Flux 2 (helm, kustomize and source toolkits), which client-node has no types of. Fields as in the API
// references of helm-controller (v2beta1, v2beta2, v2), kustomize-controller and source-controller.

interface Reference {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

interface HelmRelease {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly suspend?: boolean;
    readonly releaseName?: string;
    readonly targetNamespace?: string;
    readonly storageNamespace?: string;
    readonly dependsOn?: readonly Reference[];
    readonly chart?: { readonly spec?: { readonly chart?: string; readonly sourceRef?: Reference } };
    readonly chartRef?: Reference;
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly observedGeneration?: number;
    readonly failures?: number;
    readonly installFailures?: number;
    readonly upgradeFailures?: number;
    readonly lastAttemptedRevision?: string;
    readonly lastAppliedRevision?: string;
    readonly helmChart?: string;
    readonly history?: readonly {
      readonly name?: string;
      readonly namespace?: string;
      readonly version?: number;
      readonly status?: string;
      readonly chartVersion?: string;
    }[];
  };
}

interface Kustomization {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly suspend?: boolean;
    readonly targetNamespace?: string;
    readonly dependsOn?: readonly Reference[];
    readonly sourceRef?: Reference;
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly observedGeneration?: number;
    readonly lastAppliedRevision?: string;
    readonly lastAttemptedRevision?: string;
  };
}

interface Source {
  readonly spec?: {
    readonly suspend?: boolean;
    readonly url?: string;
    /** Of a HelmRepository: `oci` for a registry, else `default`. */
    readonly type?: string;
    readonly sourceRef?: Reference;
  };
  readonly status?: { readonly conditions?: readonly Condition[]; readonly observedGeneration?: number };
}

/** Labels a Kustomization leaves on what it applies. */
const KUSTOMIZED_BY = {
  name: 'kustomize.toolkit.fluxcd.io/name',
  namespace: 'kustomize.toolkit.fluxcd.io/namespace',
} as const;

const REFERENCE = { kind: true, namespace: true, name: true } as const;
const LABELS = { [KUSTOMIZED_BY.name]: true, [KUSTOMIZED_BY.namespace]: true } as const;

export const helmReleaseObjects = resources<HelmRelease>()('helm.toolkit.fluxcd.io', 'HelmRelease', {
  metadata: { labels: LABELS },
  spec: {
    suspend: true,
    releaseName: true,
    targetNamespace: true,
    storageNamespace: true,
    dependsOn: REFERENCE,
    chart: { spec: { chart: true, sourceRef: REFERENCE } },
    chartRef: REFERENCE,
  },
  status: {
    conditions: CONDITIONS,
    observedGeneration: true,
    failures: true,
    installFailures: true,
    upgradeFailures: true,
    lastAttemptedRevision: true,
    lastAppliedRevision: true,
    helmChart: true,
    history: { name: true, namespace: true, version: true, status: true, chartVersion: true },
  },
});
export type HelmReleaseItem = ItemOf<typeof helmReleaseObjects>;

export const kustomizations = resources<Kustomization>()('kustomize.toolkit.fluxcd.io', 'Kustomization', {
  metadata: { labels: LABELS },
  spec: { suspend: true, targetNamespace: true, dependsOn: REFERENCE, sourceRef: REFERENCE },
  status: {
    conditions: CONDITIONS,
    observedGeneration: true,
    lastAppliedRevision: true,
    lastAttemptedRevision: true,
  },
});
export type KustomizationItem = ItemOf<typeof kustomizations>;

const SOURCE = {
  spec: { suspend: true, url: true, type: true, sourceRef: REFERENCE },
  status: { conditions: CONDITIONS, observedGeneration: true },
} as const;
const SOURCES = 'source.toolkit.fluxcd.io';

export const gitRepositories = resources<Source>()(SOURCES, 'GitRepository', SOURCE);
export const helmRepositories = resources<Source>()(SOURCES, 'HelmRepository', SOURCE);
export const helmCharts = resources<Source>()(SOURCES, 'HelmChart', SOURCE);
export const ociRepositories = resources<Source>()(SOURCES, 'OCIRepository', SOURCE);
export const buckets = resources<Source>()(SOURCES, 'Bucket', SOURCE);
