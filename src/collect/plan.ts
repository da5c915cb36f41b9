import { type Artifact, type Needs, type ResourcesArtifact, resourcesId } from '../model/artifact.ts';
import type { AnyCollector } from '../model/collector.ts';
import { IDENTITY_SELECT, mergeSelect, type ResourceIdentity, type SelectNode } from '../model/json.ts';
import type { ApiResource, Discovery } from '../model/kube.ts';

/** One kind to list, whoever asks for it. */
export interface PlannedList {
  readonly artifact: string;
  readonly resource: ApiResource;
  /** Id of the collector whose raw items go to the bundle; undefined: listed only for `inputs`. */
  readonly owner: string | undefined;
  readonly samples: 1 | 2;
  readonly priority: number;
  /** What is kept for `inputs`; empty: no selected collector needs the items. */
  readonly keep: readonly KeptItems[];
}

/** Items of one kind that are kept while a collection runs, reduced to the fields somebody reads. */
export interface KeptItems {
  /** Where they are found again: that of `everyItem` or `someItems`. */
  readonly key: string;
  readonly select: SelectNode;
  /** Whether an item is of use to anybody; undefined: every item is. */
  readonly isWanted: ((item: ResourceIdentity) => boolean) | undefined;
}

/** The key of all items of a kind. */
export function everyItem(artifact: string): string {
  return artifact;
}

/** The key of those items of a kind that collectors asked for with `keeps`. */
export function someItems(artifact: string): string {
  return `${artifact} (some)`;
}

const DEFAULT_PRIORITY = 50;

/** Id of the list of namespaces, which comes first: a list that is refused for the whole cluster goes on by their names. */
export const NAMESPACES_ID = resourcesId('', 'Namespace');
const FIRST = -1;

/** The lists of a collection, each kind once, in the order they are made. */
export function planLists(selected: readonly AnyCollector[], discovery: Discovery): PlannedList[] {
  const keep = keptItems(selected);
  const plans = new Map<string, PlannedList>();
  for (const collector of selected) {
    for (const list of collector.lists?.(discovery) ?? []) {
      const artifact = resourcesId(list.resource.group, list.resource.kind);
      const earlier = plans.get(artifact);
      plans.set(artifact, {
        artifact,
        resource: list.resource,
        owner: earlier?.owner ?? collector.meta.id,
        samples: earlier?.samples === 2 ? 2 : (list.samples ?? 1),
        priority: Math.min(earlier?.priority ?? Number.POSITIVE_INFINITY, list.priority ?? DEFAULT_PRIORITY),
        keep: keep.get(artifact) ?? [],
      });
    }
  }
  for (const [artifact, kept] of keep) {
    if (plans.has(artifact)) continue;
    const resource = discovery.resources.find((one) => resourcesId(one.group, one.kind) === artifact);
    if (!resource?.verbs.includes('list')) continue;
    const plan = { artifact, resource, owner: undefined, samples: 1, keep: kept } as const;
    plans.set(artifact, { ...plan, priority: DEFAULT_PRIORITY });
  }
  const order = (plan: PlannedList) => (plan.artifact === NAMESPACES_ID ? FIRST : plan.priority);
  return [...plans.values()].sort((a, b) => order(a) - order(b) || (a.artifact < b.artifact ? -1 : 1));
}

/** The resources artifacts a set of needs reads, optional and derived ones looked through. */
export function resourceNeeds(needs: Needs): ResourcesArtifact[] {
  const found: ResourcesArtifact[] = [];
  for (const need of Object.values(needs)) {
    const artifact: Artifact = need.type === 'optional' || need.type === 'samples' ? need.artifact : need;
    if (artifact.type === 'resources') found.push(artifact);
    if (artifact.type === 'derived') found.push(...resourceNeeds(artifact.needs));
  }
  return found;
}

/** By artifact: all items for those who want them all, and apart from these, with fields of their own, some items. */
function keptItems(selected: readonly AnyCollector[]): Map<string, KeptItems[]> {
  const kept = new Map<string, KeptItems[]>();

  function keep(artifact: string, select: SelectNode, isWanted: IsWanted | undefined): void {
    const key = isWanted === undefined ? everyItem(artifact) : someItems(artifact);
    const all = kept.get(artifact) ?? [];
    const earlier = all.find((one) => one.key === key);
    const one: KeptItems = {
      key,
      select: mergeSelect(earlier?.select ?? IDENTITY_SELECT, select),
      isWanted: isWanted && either(earlier?.isWanted, isWanted),
    };
    kept.set(artifact, [...all.filter((other) => other !== earlier), one]);
  }

  keep(NAMESPACES_ID, IDENTITY_SELECT, undefined);
  for (const { needs, keeps } of selected) {
    for (const [name, need] of Object.entries(needs as Needs)) {
      for (const { id, select } of resourceNeeds({ [name]: need })) keep(id, select, keeps?.[name]);
    }
  }
  return kept;
}

type IsWanted = NonNullable<KeptItems['isWanted']>;

function either(one: IsWanted | undefined, other: IsWanted): IsWanted {
  return one === undefined ? other : (item) => one(item) || other(item);
}
