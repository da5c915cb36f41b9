import type { CoverageRow } from '../model/coverage.ts';
import { CLUSTER_SCOPE } from '../model/scope.ts';
import type { AssembledDocument } from './layout.ts';

/** Files of `etcd_info/` and the etcdctl command each is the answer of, as `gather_etcd` runs them with `-w json`. */
export const ETCD_FILES = [
  ['endpoint_status.json', 'endpoint status'],
  ['endpoint_health.json', 'endpoint health'],
  ['alarm_list.json', 'alarm list'],
  ['member_list.json', 'member list'],
] as const;

/** Whether a file name of `etcd_info/` is one of those the document is made of. */
export function isEtcdFile(name: string): boolean {
  return ETCD_FILES.some(([file]) => file === name);
}

/**
 * The etcd-status document of each folder `etcd_info/`. A folder without one of the four files makes none: what
 * is missing there would read like an etcd that gave no answer.
 */
export function etcdDocuments(pieces: ReadonlyMap<string, Buffer>): {
  readonly documents: readonly AssembledDocument[];
  readonly rows: readonly CoverageRow[];
} {
  const folders = new Set([...pieces.keys()].map((path) => path.slice(0, path.lastIndexOf('/') + 1)));
  const documents: AssembledDocument[] = [];
  const rows: CoverageRow[] = [];
  for (const folder of folders) {
    const lost = ETCD_FILES.filter(([file]) => !pieces.has(folder + file));
    if (lost.length > 0) {
      const reason = `${folder}${lost[0]![0]} is not in the bundle, or cut`;
      rows.push({ artifact: 'etcd-status', scope: CLUSTER_SCOPE, outcome: 'truncated', reason });
      continue;
    }
    const etcdctl = ETCD_FILES.map(([file, command]) => ({
      command,
      stdout: pieces.get(folder + file)!.toString(),
    }));
    documents.push({
      path: folder.slice(0, -1),
      entry: { kind: 'document', artifact: 'etcd-status', scope: CLUSTER_SCOPE, whole: true, sample: 0 },
      bytes: Buffer.from(JSON.stringify({ etcdctl, http: [] })),
    });
  }
  return { documents, rows };
}
