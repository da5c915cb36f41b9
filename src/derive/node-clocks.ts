import { type LeaseItem, leases } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';

/** How far the clocks of nodes are from the API server's. */
export interface NodeClocks {
  /** Seconds a node's clock is ahead of the API server's (negative: behind); undefined when not known. */
  offset(node: string): number | undefined;
  /** A time a node's clock gave, as the API server's clock would have shown it; ISO 8601. */
  corrected(time: string, node: string | undefined): string;
}

/**
 * Managed field times are cut to the second and the request takes a moment: differences below this are no
 * difference (facts: control-plane-and-nodes.md §1.5).
 */
const RESOLUTION_SECONDS = 2;

/**
 * Offsets from the nodes' heartbeats: `renewTime` is written by the kubelet's clock, the managed field's
 * time by the API server's, in the same update.
 */
export const nodeClocks = defineDerived({
  id: 'node-clocks',
  title: 'Clocks of nodes',
  needs: { leases: optional(leases) },
  derive({ leases: collection }): NodeClocks {
    const offsets = new Map<string, number>();
    for (const lease of collection.items) {
      if (lease.metadata.namespace !== 'kube-node-lease') continue;
      const seconds = renewedAhead(lease);
      if (seconds !== undefined) offsets.set(lease.metadata.name, seconds);
    }
    return {
      offset: (node) => offsets.get(node),
      corrected(time, node) {
        const offset = node === undefined ? undefined : offsets.get(node);
        if (offset === undefined || Math.abs(offset) <= RESOLUTION_SECONDS) return time;
        const at = Date.parse(time);
        return Number.isFinite(at) ? new Date(at - offset * 1000).toISOString() : time;
      },
    };
  },
});

/** Seconds by which a lease's holder's clock is ahead of the API server's; undefined when the stamps are missing. */
export function renewedAhead({ metadata, spec }: LeaseItem): number | undefined {
  const written = (metadata.managedFields ?? [])
    .map((field) => Date.parse(field.time ?? ''))
    .filter((time) => Number.isFinite(time));
  const renewed = Date.parse(spec?.renewTime ?? '');
  if (written.length === 0 || !Number.isFinite(renewed)) return undefined;
  return (renewed - Math.max(...written)) / 1000;
}
