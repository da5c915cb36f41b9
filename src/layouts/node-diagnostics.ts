import { containerListBody } from '../artifacts/crictl-text.ts';
import { kubeadmCertificates } from '../artifacts/kubeadm-certificates.ts';
import { nodeContainers } from '../artifacts/node-containers.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { CLUSTER_SCOPE, type Scope } from '../model/scope.ts';
import type { LayoutEntry } from './layout.ts';
import { type CollectorFailure, collectorFailure, failedCollector } from './node-diagnostics-failure.ts';

/** The folder of the collector `execCopyFromHost`, as `dkp diagnose` and `nkp diagnose` name it. */
const FOLDER = 'node-diagnostics/';
/** Where the collectors of a bundle are summed up. */
const SUMMARY = 'execution-data/summary.txt';
/** What is written of a node whose files could not be copied (mesosphere/troubleshoot, exec_copy_from_host.go). */
const FAILURE_FILE = /^(?:pod-collector\.json|stderr\.txt|[a-z-]+-error\.txt)$/;
/** `data` of the pod that waits, `output` of the one that collected, where the first could not be asked. */
const DATA_FOLDERS: ReadonlySet<string> = new Set(['data', 'output']);
/** Documents the files of a node may be. */
const DOCUMENTS = [nodeContainers.id, kubeadmCertificates.id];
/** Files named in one row. */
const NAMED = 12;

/** Whether a path is one of the files of nodes, by which alone a bundle can be told: that of `dkp diagnose ssh`. */
export const NODE_DIAGNOSTICS =
  /(?:^|\/)node-diagnostics\/(?:[^/]+\/(?:data\/|output\/|pod-collector\.)|(?:[^/]+\/)?file-copy-error\.txt$)/;

/** A file of a node, or what says why there are none; undefined for files of other folders. */
export function nodeDiagnosticsEntry(path: string): LayoutEntry | undefined {
  if (path === SUMMARY) return { kind: 'piece' };
  if (!path.startsWith(FOLDER)) return undefined;
  const { node, below } = placeOf(path);
  if (FAILURE_FILE.test(below)) return { kind: 'piece' };
  if (node === '') return { kind: 'ignored' };
  if (below === 'pod-collector.log') return logOf(node, 'pod-collector');
  const [, folder = '', file] = /^([^/]+)\/([^/]+)$/.exec(below) ?? [];
  switch (DATA_FOLDERS.has(folder) ? file : undefined) {
    case 'dmesg':
      return logOf(node, 'kernel');
    case 'containers_crictl':
      return { ...documentOf(node, nodeContainers.id), convert: containerListBody };
    case 'certs_expiration_kubeadm':
      return documentOf(node, kubeadmCertificates.id);
    default:
      return { kind: 'piece', nameOnly: true };
  }
}

/** Rows for the nodes whose files are missing, each with the reason and what helps, and for files nothing reads. */
export function nodeDiagnosticsRows(pieces: ReadonlyMap<string, Buffer>): readonly CoverageRow[] {
  const failures = new Map<string, Map<string, Buffer>>();
  const unread = new Map<string, string[]>();
  for (const [path, bytes] of pieces) {
    if (!path.startsWith(FOLDER)) continue;
    const { node, below } = placeOf(path);
    if (FAILURE_FILE.test(below)) getOrCreate(failures, node, () => new Map()).set(below, bytes);
    else getOrCreate(unread, node, () => []).push(below.replace(/^(?:data|output)\//, ''));
  }
  const rows: CoverageRow[] = [];
  const told = failedCollector(pieces.get(SUMMARY));
  if (told !== undefined) rows.push(...failureRows(told, CLUSTER_SCOPE));
  for (const [folder, files] of failures) {
    const failure = collectorFailure(files);
    const node = folder === '' ? failure.node : folder;
    rows.push(...failureRows(failure, node === undefined ? CLUSTER_SCOPE : { type: 'node', node }));
  }
  for (const [node, files] of unread) {
    if (failures.has(node)) continue;
    const more = files.length > NAMED ? ` and ${files.length - NAMED} more` : '';
    const reason = `of the files of this node these are not read: ${files.sort().slice(0, NAMED).join(', ')}${more}`;
    rows.push({ artifact: 'node-files', scope: { type: 'node', node }, outcome: 'skipped', reason });
  }
  return rows;
}

/** One row that counts as missing, so that one cause is told once; its documents point to the same reason. */
function failureRows({ outcome, reason }: CollectorFailure, scope: Scope): CoverageRow[] {
  const fix = { flag: '--nodes' };
  const documents = DOCUMENTS.map(
    (artifact) => ({ artifact, scope, outcome: 'skipped', reason, fix }) as const,
  );
  return [{ artifact: 'node-files', scope, outcome, reason }, ...documents];
}

/** `<node>/…`, by SSH `<host>_<port>/…`; files of a pod that got no node lie beside the folders of the nodes. */
function placeOf(path: string): { readonly node: string; readonly below: string } {
  const [, folder, below = path.slice(FOLDER.length)] = /^node-diagnostics\/([^/]+)\/(.+)$/.exec(path) ?? [];
  // No name of a Node holds an underscore.
  return { node: folder?.replace(/_\d{1,5}$/, '') ?? '', below };
}

function documentOf(node: string, artifact: string) {
  return { kind: 'document', artifact, scope: { type: 'node', node }, whole: true, sample: 0 } as const;
}

function logOf(node: string, unit: string): LayoutEntry {
  return { kind: 'log', sections: [{ scope: { type: 'unit', node, unit } }], sample: 0 };
}
