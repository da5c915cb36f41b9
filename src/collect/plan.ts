import { type Artifact, type Needs, type ResourcesArtifact, resourcesId } from '../model/artifact.ts';
import type { AnyCollector } from '../model/collector.ts';
import { IDENTITY_SELECT, mergeSelect, type SelectNode } from '../model/json.ts';
import type { ApiResource, Discovery } from '../model/kube.ts';

/** One kind to list, whoever asks for it. */
export interface PlannedList {
  readonly artifact: string;
  readonly resource: ApiResource;
  /** Id of the collector whose raw items go to the bundle; undefined: listed only for `inputs`. */
  readonly owner: string | undefined;
  readonly samples: 1 | 2;
  readonly priority: number;
  /** Fields kept for `inputs`; undefined: no selected collector needs the items. */
  readonly keep: SelectNode | undefined;
}

const DEFAULT_PRIORITY = 50;

/** Namespaces come first: a list that is refused for the whole cluster goes on by their names. */
const NAMESPACES_ID = resourcesId('', 'Namespace');
const FIRST = -1;

/** The lists of a collection, each kind once, in the order they are made. */
export function planLists(selected: readonly AnyCollector[], discovery: Discovery): PlannedList[] {
  const keep = keptFields(selected);
  keep.set(NAMESPACES_ID, mergeSelect(keep.get(NAMESPACES_ID) ?? {}, IDENTITY_SELECT));
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
        keep: keep.get(artifact),
      });
    }
  }
  for (const [artifact, select] of keep) {
    if (plans.has(artifact)) continue;
    const resource = discovery.resources.find((one) => resourcesId(one.group, one.kind) === artifact);
    if (!resource?.verbs.includes('list')) continue;
    const plan = { artifact, resource, owner: undefined, samples: 1, keep: select } as const;
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

function keptFields(selected: readonly AnyCollector[]): Map<string, SelectNode> {
  const keep = new Map<string, SelectNode>();
  for (const collector of selected) {
    for (const { id, select } of resourceNeeds(collector.needs)) {
      keep.set(id, mergeSelect(keep.get(id) ?? IDENTITY_SELECT, select));
    }
  }
  return keep;
}
