import type { CoverageRow } from '../model/coverage.ts';
import type { LogScope } from '../model/scope.ts';
import {
  NODE_ARCHIVE_PATH,
  NODE_COVERAGE_PATH,
  NODE_DOCUMENTS,
  type NodeArchive,
  parseNodeArchive,
  parseNodeCoverage,
} from './node-archive.ts';

/** What the script wrote to the standard output of its pod. */
export interface NodeStream {
  readonly archive: NodeArchive | undefined;
  /** By artifact id. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
  readonly logs: readonly { readonly scope: LogScope; readonly bytes: Uint8Array }[];
  /** Empty when the stream ended before the last frame. */
  readonly rows: readonly CoverageRow[];
  /** False when the last frame did not arrive. */
  readonly complete: boolean;
}

const NEWLINE = 0x0a;
/** Longest line above a frame. */
const HEAD_MAX = 1024;

/**
 * Takes apart the frames `kubecase-entry <path> <size>`, newline, bytes. Only what lies where the script puts it
 * is kept, and all of it counts as the node's that was asked: what a node answers speaks for no other node.
 */
export function parseNodeStream(bytes: Uint8Array, node: string): NodeStream {
  const frames = new Map<string, Uint8Array>();
  for (const [path, body] of framesOf(bytes)) frames.set(path, body);
  const about = frames.get(NODE_ARCHIVE_PATH);
  const coverage = frames.get(NODE_COVERAGE_PATH);
  const documents = new Map<string, Uint8Array>();
  const logs: { scope: LogScope; bytes: Uint8Array }[] = [];
  for (const [path, body] of frames) {
    const artifact = /^documents\/([a-z-]+)\/_node\/[^/]+\.[a-z]+$/.exec(path)?.[1];
    if (artifact !== undefined && NODE_DOCUMENTS.some(({ id }) => id === artifact))
      documents.set(artifact, body);
    const scope = logScope(path, node);
    if (scope) logs.push({ scope, bytes: body });
  }
  return {
    archive: about && parseNodeArchive(about),
    documents,
    logs,
    rows: coverage
      ? parseNodeCoverage(coverage).map((row) => ({ ...row, scope: ownScope(row.scope, node) }))
      : [],
    complete: coverage !== undefined,
  };
}

function ownScope(scope: CoverageRow['scope'], node: string): CoverageRow['scope'] {
  return scope.type === 'node' || scope.type === 'unit' ? { ...scope, node } : scope;
}

/** Logs of units, and of static pods of this node in kube-system, whose names end in the node's. */
function logScope(path: string, node: string): LogScope | undefined {
  const unit = /^logs\/_node\/[^/]+\/([\w.-]+)\.log$/.exec(path)?.[1];
  if (unit !== undefined) return { type: 'unit', node, unit };
  const [, pod, container, previous] =
    /^logs\/kube-system\/([a-z0-9.-]+)\/([a-z0-9-]+)(\.previous)?\.log$/.exec(path) ?? [];
  if (pod === undefined || container === undefined || !pod.endsWith(`-${node}`)) return undefined;
  const scope: LogScope = { type: 'container', namespace: 'kube-system', pod, container };
  return previous ? { ...scope, previous: true } : scope;
}

function* framesOf(bytes: Uint8Array): Generator<[path: string, body: Uint8Array]> {
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.subarray(at, at + HEAD_MAX).indexOf(NEWLINE);
    if (end < 0) return;
    const head = new TextDecoder().decode(bytes.subarray(at, at + end));
    const [, path, size] = /^kubecase-entry (\S+) (\d{1,10})$/.exec(head) ?? [];
    const from = at + end + 1;
    const to = from + Number(size);
    // A frame that is cut is left out: half a document is none.
    if (path === undefined || to > bytes.length) return;
    yield [path, bytes.subarray(from, to)];
    at = to;
  }
}
