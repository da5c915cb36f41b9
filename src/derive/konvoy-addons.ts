import { ADDON_NAME, type AddonItem, addons, clusterAddons } from '../artifacts/konvoy-resources.ts';
import { defineDerived } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';

/** A requirement of an addon: labels some addon of the cluster is to have. */
export interface Requirement {
  /** `kubeaddons.mesosphere.io/name: cert-manager`. */
  readonly text: string;
  /** The name it asks for, when it asks for a name. */
  readonly name: string | undefined;
  /** JSON Pointer into the addon. */
  readonly pointer: string;
  /** The addon that has them; the ready one where several have. */
  readonly met: KonvoyAddon | undefined;
}

/** An addon of Konvoy with what it requires. */
export interface KonvoyAddon {
  readonly item: AddonItem;
  readonly ready: boolean;
  /** As the controller says: `deploying`, `deployed`; undefined when it has said nothing. */
  readonly stage: string | undefined;
  /** Namespace and names its Helm release may have: Konvoy appends `-kubeaddons`. */
  readonly namespace: string;
  readonly releases: readonly string[];
  readonly requirements: readonly Requirement[];
}

/** The addons of the cluster, of either kind. */
export interface KonvoyAddons {
  readonly all: readonly KonvoyAddon[];
  /** By the name the command line of Konvoy uses. */
  named(name: string): KonvoyAddon | undefined;
  /** Why addons may be there without being in the bundle; empty when all are. */
  readonly gaps: readonly Gap[];
}

/** Where addons are by default. */
export const ADDON_NAMESPACE = 'kubeaddons';

/** Addons and ClusterAddons, joined by the labels they require of each other. */
export const konvoyAddons = defineDerived({
  id: 'konvoy-addons',
  title: 'Addons of Konvoy',
  needs: { addons, clusterAddons },
  derive({ addons: namespaced, clusterAddons: wide }, { safely }): KonvoyAddons {
    const items = [...namespaced.items, ...wide.items];
    const made = items.map((item) => safely(() => ({ ...addonOf(item), requirements: [] }), bare(item)));
    const byLabel = new Map<string, (typeof made)[number][]>();
    for (const one of made) {
      for (const [label, value] of Object.entries(labelsOf(one.item)))
        getOrCreate(byLabel, `${label}: ${value}`, () => []).push(one);
    }
    const all = made as KonvoyAddon[];
    for (const one of made)
      Object.assign(one, { requirements: safely(() => requirementsOf(one.item, byLabel), []) });
    const byName = new Map(all.map((one) => [nameOf(one.item), one] as const));
    return {
      all,
      named: (name) => byName.get(name),
      gaps: [...namespaced.coverage.gaps, ...wide.coverage.gaps],
    };
  },
});

function addonOf(item: AddonItem): Omit<KonvoyAddon, 'requirements'> {
  const name = nameOf(item);
  return {
    item,
    ready: item.status?.ready === true,
    stage: item.status?.stage,
    namespace: item.spec?.namespace ?? item.metadata.namespace ?? ADDON_NAMESPACE,
    releases: [`${name}-kubeaddons`, name],
  };
}

/** An object of wrong shape: nothing is known of it. */
function bare(item: AddonItem): KonvoyAddon {
  return { item, ready: true, stage: undefined, namespace: '', releases: [], requirements: [] };
}

function nameOf({ metadata }: AddonItem): string {
  return metadata.labels?.[ADDON_NAME] ?? metadata.name;
}

function labelsOf(item: AddonItem): Readonly<Record<string, string>> {
  return { [ADDON_NAME]: item.metadata.name, ...item.metadata.labels };
}

function requirementsOf(
  item: AddonItem,
  byLabel: ReadonlyMap<string, readonly KonvoyAddon[]>,
): Requirement[] {
  return (item.spec?.requires ?? []).flatMap(({ matchLabels = {} }, index) => {
    const wanted = Object.entries(matchLabels).map(([label, value]) => `${label}: ${value}`);
    const [first] = wanted;
    if (first === undefined) return [];
    const matches = (byLabel.get(first) ?? []).filter((one) =>
      Object.entries(matchLabels).every(([label, value]) => labelsOf(one.item)[label] === value),
    );
    const met = matches.find(({ ready }) => ready) ?? matches[0];
    const pointer = `/spec/requires/${index}`;
    return [{ text: wanted.join(', '), name: matchLabels[ADDON_NAME], pointer, met }];
  });
}
