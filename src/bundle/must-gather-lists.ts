import { dump } from 'js-yaml';
import { encodeSegment } from './entry-path.ts';
import { byNamespace, type ListedObject, type NamespaceNames } from './listed-objects.ts';
import type { ManifestEntry } from './manifest.ts';

type File = readonly [path: string, content: Buffer];

/** One list of ours, and what is to be known of it to lay it out. */
export interface ListParts {
  readonly entry: Pick<ManifestEntry, 'path' | 'artifact' | 'scope' | 'whole'>;
  readonly objects: readonly ListedObject[];
  readonly isNamespaced: boolean;
  readonly names: NamespaceNames;
}

/** Bytes of JSON above which a list is written as JSON, which is YAML too and is read as it streams by. */
const YAML_MAX = 4 * 1024 * 1024;

/**
 * The files a list becomes, as `oc adm inspect` arranges them: `<resource>.yaml` for the answer of one LIST of a
 * namespace or the cluster, `<resource>/<name>.yaml` for single objects. Of a list that is not whole only single
 * objects are written: a file of it would say that there are no others.
 */
export function listFiles({ entry, objects, isNamespaced, names }: ListParts): File[] {
  const [, group = 'core', plural = ''] = entry.path.split('/');
  const type = typeOf(entry.artifact, objects);
  if (!isNamespaced) {
    const folder = `cluster-scoped-resources/${group}/${plural}`;
    const list: File[] = entry.whole ? [[`${folder}.yaml`, listOf(type, objects)]] : [];
    return [...list, ...objects.map((one): File => [`${folder}/${nameOf(one)}.yaml`, single(type, one)])];
  }
  return byNamespace(entry, objects, names).flatMap(([namespace, items]) => {
    const folder = `namespaces/${encodeSegment(namespace)}/${group}/${plural}`;
    return entry.whole
      ? [[`${folder}.yaml`, listOf(type, items)] as const]
      : items.map((one): File => [`${folder}/${nameOf(one)}.yaml`, single(type, one)]);
  });
}

/** The files readers look for beside the lists: that of a namespace, and of each pod where its logs are. */
export function ownFiles(artifact: string, objects: readonly ListedObject[]): File[] {
  const type = typeOf(artifact, objects);
  if (artifact === 'resources:core/Namespace')
    return objects.map((one) => [`namespaces/${nameOf(one)}/${nameOf(one)}.yaml`, single(type, one)]);
  if (artifact !== 'resources:core/Pod') return [];
  return objects.map((one) => {
    const namespace = encodeSegment(String(one.metadata?.namespace ?? ''));
    return [`namespaces/${namespace}/pods/${nameOf(one)}/${nameOf(one)}.yaml`, single(type, one)];
  });
}

interface ListType {
  readonly apiVersion: string;
  readonly kind: string;
}

function typeOf(artifact: string, [first]: readonly ListedObject[]): ListType {
  const [group = '', kind = ''] = artifact.slice('resources:'.length).split('/');
  const apiVersion = first?.apiVersion ?? (group === 'core' ? 'v1' : `${group}/v1`);
  return { apiVersion, kind };
}

function nameOf({ metadata }: ListedObject): string {
  return encodeSegment(String(metadata?.name ?? ''));
}

/** Readers take the type of each item from the item. */
function typed({ apiVersion, kind }: ListType, one: ListedObject): ListedObject {
  return { apiVersion, kind, ...one };
}

function single(type: ListType, one: ListedObject): Buffer {
  return Buffer.from(`---\n${yaml(typed(type, one))}`);
}

function listOf(type: ListType, objects: readonly ListedObject[]): Buffer {
  const { apiVersion, kind } = type;
  const items = objects.map((one) => typed(type, one));
  const json = JSON.stringify({ apiVersion, items, kind: `${kind}List`, metadata: {} });
  if (json.length > YAML_MAX) return Buffer.from(`${json}\n`);
  const body = items.length === 0 ? 'items: []\n' : `items:\n${items.map(element).join('')}`;
  return Buffer.from(`---\n${yaml({ apiVersion })}${body}${yaml({ kind: `${kind}List` })}metadata: {}\n`);
}

/** An object as an element of a list at the left margin, as Go writes it. */
function element(one: ListedObject): string {
  return `- ${yaml(one)
    .trimEnd()
    .replaceAll(/\n(?!\n|$)/g, '\n  ')}\n`;
}

function yaml(value: object): string {
  return dump(value, { noRefs: true, lineWidth: -1 });
}
