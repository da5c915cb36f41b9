import {
  buckets,
  gitRepositories,
  type HelmReleaseItem,
  helmCharts,
  helmReleaseObjects,
  helmRepositories,
  type KustomizationItem,
  kustomizations,
  ociRepositories,
} from '../artifacts/flux-resources.ts';
import { type Collection, defineDerived, optional } from '../model/artifact.ts';
import type { Condition } from '../model/condition.ts';
import type { Gap, Lookup } from '../model/coverage.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { groupOf, type ObjectRef } from '../model/subject.ts';

/** Any object of Flux, as far as all kinds are alike. */
export interface FluxItem extends ResourceIdentity {
  readonly spec?: { readonly suspend?: boolean; readonly type?: string };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** Another object of Flux that one needs. */
export interface FluxNeed {
  readonly ref: ObjectRef;
  /** JSON Pointer to where it is named. */
  readonly pointer: string;
  readonly found: Lookup<FluxItem>;
}

/** An object of Flux with what it needs: sources first, then `dependsOn`. */
export interface FluxObject {
  readonly item: FluxItem;
  readonly needs: readonly FluxNeed[];
}

/** The objects of Flux, from whatever kinds were collected. */
export interface FluxObjects {
  readonly all: readonly FluxObject[];
  /** Kinds that were not seen whole. */
  readonly gaps: readonly Gap[];
}

interface Named {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

const SOURCES = 'source.toolkit.fluxcd.io';

/** HelmReleases, Kustomizations and sources of Flux, each with what it waits for. */
export const fluxObjects = defineDerived({
  id: 'flux-objects',
  title: 'Objects of Flux',
  needs: {
    releases: optional(helmReleaseObjects),
    kustomizations: optional(kustomizations),
    git: optional(gitRepositories),
    helm: optional(helmRepositories),
    charts: optional(helmCharts),
    oci: optional(ociRepositories),
    buckets: optional(buckets),
  },
  derive(inputs, { safely }): FluxObjects {
    const kinds: Readonly<Record<string, Collection<FluxItem>>> = {
      HelmRelease: inputs.releases,
      Kustomization: inputs.kustomizations,
      GitRepository: inputs.git,
      HelmRepository: inputs.helm,
      HelmChart: inputs.charts,
      OCIRepository: inputs.oci,
      Bucket: inputs.buckets,
    };
    const needOf = (item: FluxItem, group: string, named: Named | undefined, pointer: string): FluxNeed[] => {
      const { kind, name, namespace = item.metadata.namespace } = named ?? {};
      const collection = kinds[kind ?? ''];
      if (!collection || kind === undefined || !name || namespace === undefined) return [];
      const ref = { group, kind, namespace, name };
      return [{ ref, pointer, found: collection.lookup({ namespace, name }) }];
    };
    const dependencies = (item: HelmReleaseItem | KustomizationItem): FluxNeed[] =>
      (item.spec?.dependsOn ?? []).flatMap((one, index) =>
        needOf(item, groupOf(item.apiVersion), { ...one, kind: item.kind }, `/spec/dependsOn/${index}`),
      );
    const ofRelease = (item: HelmReleaseItem): FluxNeed[] => [
      ...needOf(item, SOURCES, item.spec?.chart?.spec?.sourceRef, '/spec/chart/spec/sourceRef'),
      ...needOf(item, SOURCES, item.spec?.chartRef, '/spec/chartRef'),
      ...needOf(item, SOURCES, chartOf(item), '/status/helmChart'),
      ...dependencies(item),
    ];
    const ofKustomization = (item: KustomizationItem): FluxNeed[] => [
      ...needOf(item, SOURCES, item.spec?.sourceRef, '/spec/sourceRef'),
      ...dependencies(item),
    ];
    const sources = [inputs.git, inputs.helm, inputs.oci, inputs.buckets].flatMap(({ items }) => items);
    return {
      all: [
        ...inputs.releases.items.map((item) => ({ item, needs: safely(() => ofRelease(item), []) })),
        ...inputs.kustomizations.items.map((item) => ({
          item,
          needs: safely(() => ofKustomization(item), []),
        })),
        ...inputs.charts.items.map((item) => ({
          item,
          needs: safely(() => needOf(item, SOURCES, item.spec?.sourceRef, '/spec/sourceRef'), []),
        })),
        ...sources.map((item) => ({ item, needs: [] })),
      ],
      gaps: Object.values(kinds).flatMap(({ coverage }) => coverage.gaps),
    };
  },
});

/** The HelmChart the controller made of `spec.chart`: `status.helmChart` is `namespace/name`. */
function chartOf({ status }: HelmReleaseItem): Named | undefined {
  const [namespace, name] = (status?.helmChart ?? '').split('/');
  return namespace && name ? { kind: 'HelmChart', namespace, name } : undefined;
}
