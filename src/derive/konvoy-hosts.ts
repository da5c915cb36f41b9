import { type InventoryHost, konvoyInventory } from '../artifacts/konvoy-inventory.ts';
import type { NodeItem } from '../artifacts/resources.ts';
import { type DocumentItem, defineDerived, optional } from '../model/artifact.ts';
import { machines } from './machines.ts';

/** Konvoy's label of a node: its name in the inventory. */
const INVENTORY_LABEL = 'konvoy.mesosphere.com/inventory_hostname';
/** Konvoy's label of a node: its pool. */
export const POOL_LABEL = 'konvoy.mesosphere.com/node_pool';
/** Groups whose machines become nodes; others (`bastion`) only help. */
const NODE_GROUPS = new Set(['control-plane', 'node']);

/** A machine of the inventory that is to be a node. */
export interface KonvoyHost {
  readonly host: InventoryHost;
  readonly document: DocumentItem<unknown>;
  /** JSON Pointer into the document. */
  readonly pointer: string;
  /** The node it is, by Konvoy's label, else by its addresses and names. */
  readonly node: NodeItem | undefined;
}

/** The machines of inventory.yaml with their nodes; undefined when no inventory was given. */
export const konvoyHosts = defineDerived({
  id: 'konvoy-hosts',
  title: 'Machines of the inventory',
  needs: { inventories: optional(konvoyInventory), machines },
  derive({ inventories, machines: known }): readonly KonvoyHost[] | undefined {
    // Of the copy in an archive and a file given beside it the file has the word.
    const document = inventories.items.at(-1);
    if (!document) return undefined;
    const labelled = new Map(
      known.nodes.map((node) => [node.metadata.labels?.[INVENTORY_LABEL], node] as const),
    );
    return document.value.hosts.flatMap((host, index) => {
      if (!NODE_GROUPS.has(host.group)) return [];
      const node = labelled.get(host.name) ?? known.nodeOf(host.name) ?? known.nodeOf(host.address);
      return [{ host, document, pointer: `/hosts/${index}`, node }];
    });
  },
});
