import {
  type IstioSyncRow,
  type IstioSyncState,
  type IstioSyncStatus,
  istioSyncStatus,
} from '../artifacts/istio-sync-status.ts';
import type { PodItem } from '../artifacts/resources.ts';
import { type DocumentItem, defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';

/** A proxy as one replica of istiod sees it. */
export interface ListedProxy {
  readonly row: IstioSyncRow;
  readonly document: DocumentItem<IstioSyncStatus>;
}

/** What all replicas say of their proxies. */
export interface IstioSyncRows {
  /** The rows of a proxy; more than one where it has just changed its replica. */
  of(pod: PodItem): readonly ListedProxy[];
  /** Whether this replica was asked and answered. */
  answered(pod: PodItem): boolean;
}

/** Rows of `debug/syncz` of every replica, by proxy: each replica lists only those connected to it. */
export const istioSyncRows = defineDerived({
  id: 'istio-sync-rows',
  title: 'Synchronisation of Istio proxies',
  needs: { status: optional(istioSyncStatus) },
  derive({ status }): IstioSyncRows {
    const byProxy = new Map<string, ListedProxy[]>();
    const replicas = new Set<string>();
    for (const document of status.items) {
      const { scope, value } = document;
      const { namespace, pod } = value.controlPlane ?? {};
      if (scope.type === 'object') replicas.add(`${scope.namespace}/${scope.name}`);
      else if (pod !== undefined) replicas.add(`${namespace}/${pod}`);
      for (const row of value.rows)
        getOrCreate(byProxy, `${row.namespace}/${row.pod}`, () => []).push({ row, document });
    }
    return {
      of: ({ metadata: { namespace, name } }) => byProxy.get(`${namespace}/${name}`) ?? [],
      answered: ({ metadata: { namespace, name } }) => replicas.has(`${namespace}/${name}`),
    };
  },
});

/** How a type of configuration stands with a proxy, as `istioctl proxy-status` names it. */
export type SyncVerdict = 'SYNCED' | 'NOT SENT' | 'STALE' | 'ERROR';

/** An error outweighs what was confirmed; without an answer to what was sent the proxy is behind. */
export function syncVerdict({ sent, acked, lastError }: IstioSyncState): SyncVerdict {
  if (lastError !== undefined) return 'ERROR';
  if (sent === '') return 'NOT SENT';
  return sent === acked ? 'SYNCED' : 'STALE';
}
