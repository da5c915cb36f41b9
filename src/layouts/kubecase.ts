import { readPath } from '../bundle/entry-path.ts';
import { FORMAT_NAME, MANIFEST_PATH, type ManifestEntry, METADATA_PATH } from '../bundle/manifest.ts';
import type { Layout, LayoutEntry } from './layout.ts';

/**
 * Our own layout. With a manifest its rows decide ({@link entryOfRow}); without one (a cut bundle) the paths
 * do, and no list counts as whole: whether one broke off is said only in the manifest.
 */
export const kubecase: Layout = {
  id: 'kubecase',
  title: 'kubecase bundle',
  recognise(path, first) {
    const root = rootOf(path, METADATA_PATH);
    if (root === undefined) return undefined;
    return first.toString('latin1').includes(`"format":"${FORMAT_NAME}"`) ? root : undefined;
  },
  classify(path): LayoutEntry {
    if (path === MANIFEST_PATH) return { kind: 'manifest' };
    if (path === METADATA_PATH) return { kind: 'metadata' };
    const meaning = readPath(path);
    switch (meaning?.type) {
      case 'resources':
        return { kind: 'resources', format: 'json', lines: true, whole: false, ...place(meaning) };
      case 'log':
        return { kind: 'log', sections: [{ scope: meaning.scope }], sample: meaning.sample };
      case 'document':
        return { kind: 'document', artifact: meaning.artifact, whole: true, ...place(meaning) };
      default:
        return { kind: 'ignored' };
    }
  },
};

/** The entry a row of the manifest stands for. */
export function entryOfRow(row: ManifestEntry): LayoutEntry {
  const { artifact, observedAt, truncation } = row;
  const common = { sample: row.sample, observedAt, truncation };
  if (row.path === METADATA_PATH) return { kind: 'metadata' };
  if (artifact === 'logs') return { kind: 'log', sections: [{ scope: row.scope }], ...common };
  if (artifact.startsWith('resources:')) {
    const whole = row.whole === true;
    return { kind: 'resources', format: 'json', lines: true, scope: row.scope, whole, ...common };
  }
  return { kind: 'document', artifact, scope: row.scope, whole: row.whole !== false, ...common };
}

function place({ scope, sample }: { scope: ManifestEntry['scope']; sample: number }) {
  return { scope, sample };
}

/** The folder in front of a file name, with its slash; undefined when the path is another file or too deep. */
export function rootOf(path: string, file: string): string | undefined {
  if (path === file) return '';
  const root = path.endsWith(`/${file}`) ? path.slice(0, -file.length) : undefined;
  return root !== undefined && root.split('/').length <= 3 ? root : undefined;
}
