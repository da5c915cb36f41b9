import { type NodeItem, nodes } from '../artifacts/resources.ts';
import type { PersistentVolumeItem } from '../artifacts/storage-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { meetsTerms, type Terms, termText } from './node-selection.ts';

/** Labels (and the field) that name one node; drivers of local storage have their own (`topology.topolvm.io/node`). */
const NODE_KEY = /^(?:kubernetes\.io\/hostname|metadata\.name|topology\..*\/(?:node|hostname))$/;

/** Where a volume can be used. */
export type VolumeReach =
  /** Some node reaches it, or it is tied to none. */
  | { readonly state: 'reached' }
  /** No node meets its affinity; `wanted` as people would write it. */
  | { readonly state: 'nowhere'; readonly wanted: readonly string[]; readonly nodeOnly: boolean }
  | { readonly state: 'unseen'; readonly gap: Gap };

/** Tells of volumes whether any node meets their node affinity. */
export const volumeReach = defineDerived({
  id: 'volume-reach',
  title: 'Nodes that reach a volume',
  needs: { nodes: optional(nodes) },
  derive({ nodes: collection }): (volume: PersistentVolumeItem) => VolumeReach {
    const byLabel = new Map<string, NodeItem[]>();
    for (const node of collection.items) {
      for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
        getOrCreate(byLabel, `${key}=${value}`, () => []).push(node);
      }
    }
    const covered = collection.coverage.covers(undefined);
    const known = new Map<string, VolumeReach>();

    /** The nodes worth looking at: of a requirement for given values only those that have one of them. */
    function candidates(term: Terms[number]): readonly NodeItem[] {
      const first = term.matchExpressions?.find((one) => one.operator === 'In');
      if (!first) return collection.items;
      return (first.values ?? []).flatMap((value) => byLabel.get(`${first.key}=${value}`) ?? []);
    }

    function reachOf(terms: Terms): VolumeReach {
      if (terms.some((term) => candidates(term).some((node) => meetsTerms([term], node))))
        return { state: 'reached' };
      if (covered !== true) return { state: 'unseen', gap: covered };
      const requirements = terms.flatMap((term) => [
        ...(term.matchExpressions ?? []),
        ...(term.matchFields ?? []),
      ]);
      const nodeOnly = requirements.some((one) => NODE_KEY.test(one.key));
      return { state: 'nowhere', wanted: terms.map(termText), nodeOnly };
    }

    return (volume) => {
      const terms = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
      if (terms.length === 0) return { state: 'reached' };
      return getOrCreate(known, JSON.stringify(terms), () => reachOf(terms));
    };
  },
});
