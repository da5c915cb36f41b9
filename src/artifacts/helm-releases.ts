import { document } from '../model/artifact.ts';
import { listIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** One stored revision of a Helm release, as the labels of its object tell it. */
export interface HelmRevision {
  /** Kind of the object it is stored in. */
  readonly storage: 'Secret' | 'ConfigMap';
  readonly namespace: string;
  /** Name of the object. */
  readonly object: string;
  /** Helm 2 (Tiller) writes its labels in capitals, and keeps all releases in one namespace. */
  readonly tiller: boolean;
  readonly release: string;
  /** As Helm writes it, in lower case: `deployed`, `superseded`, `failed`, `pending-upgrade`, … */
  readonly status: string;
  /** Number of the revision; later ones are higher. */
  readonly revision: number;
  /** ISO 8601: when Helm changed its status last; when it began where Helm does not say so. */
  readonly changed?: string;
}

/** Label selectors that find them: of Helm 3 and later, and of Helm 2. */
export const HELM_SELECTORS = ['owner=helm', 'OWNER=TILLER'] as const;

/** Labels of which a revision is made; `modifiedAt` and `createdAt` are seconds since 1970. */
const HELM_LABELS = {
  helm: { owner: 'owner', name: 'name', status: 'status', version: 'version', changed: 'modifiedAt' },
  tiller: { owner: 'OWNER', name: 'NAME', status: 'STATUS', version: 'VERSION', changed: 'MODIFIED_AT' },
} as const;

/**
 * The stored revisions of Helm releases by metadata alone: what a LIST of Secrets or of ConfigMaps with one of
 * `HELM_SELECTORS` and `Accept: application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1` answers, so
 * that values never leave the server. Scope: the cluster, or a namespace where only it may be listed.
 *
 * Body: JSON `{"items": [{"kind": "Secret", "metadata": {"namespace", "name", "creationTimestamp", "labels"}}]}`,
 * the items of all lists of that scope in one array, `kind` the kind that was listed (`Secret` or `ConfigMap`),
 * of `labels` only those of `HELM_LABELS`; annotations and managedFields are left out. Use `helmListBody`.
 */
export const helmReleases = document<{ readonly items: readonly HelmRevision[] }>({
  id: 'helm-releases',
  title: 'Revisions of Helm releases',
  contentType: 'json',
  rearranged: true,
  parse(bytes) {
    const items = listIn(parseJsonObject(bytes).items).flatMap((item) => {
      const { kind, metadata } = objectIn(item);
      const revision = kind === 'Secret' || kind === 'ConfigMap' ? helmRevision(kind, metadata) : undefined;
      return revision ? [revision] : [];
    });
    return { items };
  },
});

/** What a document keeps of the items of the lists of one scope. */
export function helmListBody(
  lists: readonly { readonly kind: 'Secret' | 'ConfigMap'; readonly items: readonly unknown[] }[],
): object {
  const kept = new Set(Object.values(HELM_LABELS).flatMap((labels): string[] => Object.values(labels)));
  const items = lists.flatMap(({ kind, items: listed }) =>
    listed.map((item) => {
      const { namespace, name, creationTimestamp, labels } = objectIn(objectIn(item).metadata);
      const own = Object.entries(objectIn(labels)).filter(([label]) => kept.has(label));
      return { kind, metadata: { namespace, name, creationTimestamp, labels: Object.fromEntries(own) } };
    }),
  );
  return { items };
}

/** The revision an object holds; undefined when its labels are not those of Helm. */
export function helmRevision(storage: HelmRevision['storage'], metadata: unknown): HelmRevision | undefined {
  const { namespace = '', name, creationTimestamp, labels } = objectIn(metadata);
  const told = objectIn(labels);
  const tiller = told[HELM_LABELS.tiller.owner] === 'TILLER';
  if (!tiller && told[HELM_LABELS.helm.owner] !== 'helm') return undefined;
  const keys = tiller ? HELM_LABELS.tiller : HELM_LABELS.helm;
  const release = stringIn(told[keys.name]);
  const status = stringIn(told[keys.status]);
  const revision = Number(stringIn(told[keys.version]) ?? Number.NaN);
  const object = stringIn(name);
  if (!release || !status || !object || !Number.isInteger(revision)) return undefined;
  const changed = secondsTime(told[keys.changed]) ?? stringIn(creationTimestamp);
  return {
    storage,
    namespace: stringIn(namespace) ?? '',
    object,
    tiller,
    release,
    status: status.toLowerCase().replaceAll('_', '-'),
    revision,
    ...(changed === undefined ? {} : { changed }),
  };
}

function secondsTime(value: unknown): string | undefined {
  const seconds = typeof value === 'string' && /^\d{1,11}$/.test(value) ? Number(value) : 0;
  return seconds > 0 ? new Date(seconds * 1000).toISOString() : undefined;
}
