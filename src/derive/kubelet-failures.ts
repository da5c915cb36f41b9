import type { NodeItem, nodes, PodItem } from '../artifacts/resources.ts';
import type { CollectionRecord, Input } from '../model/artifact.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';

/** A node whose kubelet did not answer the API server. */
export interface KubeletFailure {
  readonly node: NodeItem;
  /** The words of the failure, the same for all containers of the node. */
  readonly failure: string;
  readonly count: number;
  readonly row: CoverageRow;
}

/** How the API server words a kubelet it does not reach (facts: control-plane-and-nodes.md §3.2, §9.4). */
const FAILURE =
  /(dial tcp \S+:10250: .*|error dialing backend: .*|No agent available.*|lookup \S+ .*no such host|(?:tls|x509): .*(?:10250|kubelet|IP SANs).*)/;

/**
 * Nodes of which every log that was asked for failed for want of the kubelet, and nodes that served logs. Nodes
 * that are not Ready are left out: that their kubelet does not answer is said of the node.
 */
export function kubeletFailures(
  record: CollectionRecord,
  pods: readonly PodItem[],
  collection: Input<typeof nodes>,
): { readonly failing: KubeletFailure[]; readonly served: NodeItem[] } {
  const nodeOf = new Map(
    pods.map((pod) => [`${pod.metadata.namespace}/${pod.metadata.name}`, pod.spec?.nodeName]),
  );
  const rows = new Map<string, { failed: CoverageRow[]; served: number }>();
  for (const row of record.rows) {
    if (row.artifact !== 'logs' || row.scope.type !== 'container') continue;
    const node = nodeOf.get(`${row.scope.namespace}/${row.scope.pod}`);
    if (node === undefined) continue;
    const entry = getOrCreate(rows, node, () => ({ failed: [], served: 0 }));
    if (row.outcome === 'error' && FAILURE.test(row.reason ?? '')) entry.failed.push(row);
    else if (row.outcome === 'collected' || row.outcome === 'truncated') entry.served += 1;
  }
  const failing: KubeletFailure[] = [];
  const served: NodeItem[] = [];
  for (const node of collection.items) {
    const entry = rows.get(node.metadata.name);
    const [row] = entry?.failed ?? [];
    if (!entry || !isReady(node)) continue;
    if (entry.served > 0) served.push(node);
    else if (row) {
      const failure = FAILURE.exec(row.reason ?? '')?.[1] ?? '';
      failing.push({ node, failure, count: entry.failed.length, row });
    }
  }
  return { failing, served };
}

function isReady({ status }: NodeItem): boolean {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
}
