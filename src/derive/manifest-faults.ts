import type { NodeManifest, nodeManifests } from '../artifacts/node-manifests.ts';
import type { DocumentItem, Input } from '../model/artifact.ts';
import type { ObjectRef } from '../model/subject.ts';

/** A manifest of a node, with where it was read. */
interface Located {
  readonly node: ObjectRef;
  readonly file: string;
  readonly document: DocumentItem<readonly NodeManifest[]>;
  readonly index: number;
}

/** Manifests that are no YAML. An empty file is one a person is about to fill, and the kubelet passes over it. */
export function unreadableManifests(
  manifests: Input<typeof nodeManifests>,
): (Located & { readonly error: string })[] {
  return located(manifests).flatMap(({ manifest, ...one }) =>
    manifest.error === undefined || /is empty$/.test(manifest.error)
      ? []
      : [{ ...one, error: manifest.error }],
  );
}

/** Files of one folder that describe the same pod; the kubelet passes over names that begin with a dot. */
export function duplicateManifests(
  manifests: Input<typeof nodeManifests>,
): (Located & { readonly other: string })[] {
  const first = new Map<string, string>();
  return located(manifests).flatMap(({ manifest, ...one }) => {
    const { name, namespace = '', file } = manifest;
    if (name === undefined || /\/\.[^/]*$/.test(file)) return [];
    const folder = file.slice(0, file.lastIndexOf('/'));
    const key = `${one.node.name} ${folder} ${namespace}/${name}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, file);
    return other === undefined ? [] : [{ ...one, other }];
  });
}

function located(manifests: Input<typeof nodeManifests>): (Located & { readonly manifest: NodeManifest })[] {
  return manifests.items.flatMap((document) => {
    const { scope } = document;
    if (scope.type !== 'node') return [];
    const node = { group: '', kind: 'Node', name: scope.node };
    return document.value.map((manifest, index) => ({
      node,
      file: manifest.file,
      manifest,
      document,
      index,
    }));
  });
}
