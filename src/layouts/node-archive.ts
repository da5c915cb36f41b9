import {
  NODE_ARCHIVE_FORMAT,
  NODE_ARCHIVE_PATH,
  NODE_COVERAGE_PATH,
  NODE_DOCUMENTS,
  parseNodeArchive,
  parseNodeCoverage,
} from '../artifacts/node-archive.ts';
import { readPath } from '../bundle/entry-path.ts';
import { rootOf } from './kubecase.ts';
import type { Layout, LayoutEntry } from './layout.ts';

const KNOWN: ReadonlySet<string> = new Set(NODE_DOCUMENTS.map(({ id }) => id));

/** What `collectors/node/files.sh` writes when it is run by hand on a node: the paths of our own bundle. */
export const nodeArchive: Layout = {
  id: 'node-archive',
  title: 'kubecase node archive',

  recognise(path, first) {
    const root = rootOf(path, NODE_ARCHIVE_PATH);
    if (root === undefined) return undefined;
    return first.toString('latin1').includes(`"format":"${NODE_ARCHIVE_FORMAT}"`) ? root : undefined;
  },

  classify(path): LayoutEntry {
    if (path === NODE_ARCHIVE_PATH || path === NODE_COVERAGE_PATH) return { kind: 'coverage' };
    const meaning = readPath(path);
    if (meaning?.type === 'log') return { kind: 'log', sections: [{ scope: meaning.scope }], sample: 0 };
    if (meaning?.type !== 'document' || !KNOWN.has(meaning.artifact)) return { kind: 'ignored' };
    const { artifact, scope } = meaning;
    return { kind: 'document', artifact, scope, whole: true, sample: 0 };
  },

  coverage: (path, bytes) =>
    path === NODE_COVERAGE_PATH
      ? parseNodeCoverage(bytes).filter(({ outcome }) => outcome !== 'collected')
      : [],

  about(path, bytes) {
    if (path !== NODE_ARCHIVE_PATH) return undefined;
    const { node, observedAt } = parseNodeArchive(bytes);
    return { name: `node ${node}`, observedAt };
  },

  absent: (artifact) =>
    artifact === 'logs' || KNOWN.has(artifact) ? undefined : 'a node archive holds files of one node only',
};
