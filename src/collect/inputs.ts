import type { Collection, DeriveContext, Need, Needs, ResourcesArtifact } from '../model/artifact.ts';
import type { AnyCollector } from '../model/collector.ts';
import type { Coverage, CoverageRow, Gap } from '../model/coverage.ts';
import type { ResourceIdentity } from '../model/json.ts';
import type { Discovery } from '../model/kube.ts';
import { ageAt, type Observation } from '../model/observation.ts';
import { safely } from '../model/safely.ts';
import { CLUSTER_SCOPE, scopeNamespace } from '../model/scope.ts';
import { everyItem, someItems } from './plan.ts';

/** What the lists gave for the collectors: reduced items, and how each scope ended. */
export interface Listed {
  readonly items: Map<string, ResourceIdentity[]>;
  readonly rows: Map<string, CoverageRow[]>;
  readonly observed: WeakMap<object, Observation>;
}

/** An empty store. */
export function createListed(): Listed {
  return { items: new Map(), rows: new Map(), observed: new WeakMap() };
}

/** Builds the inputs of a collector from what was listed; of a need it `keeps` some items of, those. */
export function buildInputs(
  { needs, keeps }: Pick<AnyCollector, 'needs' | 'keeps'>,
  listed: Listed,
  discovery: Discovery,
): Record<string, unknown> {
  const inputs = Object.entries(needs as Needs).map(([name, need]) => {
    const keyOf = keeps?.[name] === undefined ? everyItem : someItems;
    return [name, inputOf(need, { listed, keyOf }, discovery)];
  });
  return Object.fromEntries(inputs);
}

/** What the required lists of a collector did not show, one gap per kind and scope. */
export function gapsOf(needs: Needs, listed: Listed, discovery: Discovery): Gap[] {
  return Object.values(needs).flatMap((need) => {
    if (need.type === 'optional') return [];
    const artifact = need.type === 'samples' ? need.artifact : need;
    if (artifact.type === 'derived') return gapsOf(artifact.needs, listed, discovery);
    return artifact.type === 'resources' ? coverageOf(artifact, listed, discovery).gaps : [];
  });
}

interface KeptLists {
  readonly listed: Listed;
  readonly keyOf: (artifact: string) => string;
}

function inputOf(need: Need, kept: KeptLists, discovery: Discovery): unknown {
  switch (need.type) {
    case 'optional':
      return inputOf(need.artifact, kept, discovery);
    case 'samples':
      return [inputOf(need.artifact, kept, discovery)];
    case 'resources':
      return collectionOf(need, kept, discovery);
    case 'derived': {
      const inputs = Object.entries(need.needs as Needs).map(([name, one]) => [
        name,
        inputOf(one, kept, discovery),
      ]);
      return need.derive(Object.fromEntries(inputs), contextOf(kept.listed));
    }
    default:
      throw new Error(`a collector cannot need ${need.type} artifacts`);
  }
}

/** Ages of listed items, by the clock of the list they came with. */
export function contextOf(listed: Listed): DeriveContext {
  return {
    age: (timestamp, item) => ageAt(timestamp, listed.observed.get(item)),
    observed: (item) => listed.observed.get(item),
    safely,
  };
}

function collectionOf(
  artifact: ResourcesArtifact,
  { listed, keyOf }: KeptLists,
  discovery: Discovery,
): Collection<ResourceIdentity> {
  const items = listed.items.get(keyOf(artifact.id)) ?? [];
  const coverage = coverageOf(artifact, listed, discovery);
  return {
    items,
    coverage,
    lookup({ namespace, name }) {
      const item = items.find(
        ({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === (namespace ?? ''),
      );
      if (item) return { state: 'present', item };
      const covered = coverage.covers(namespace);
      return covered === true ? { state: 'absent' } : { state: 'unseen', gap: covered };
    },
  };
}

function coverageOf(artifact: ResourcesArtifact, listed: Listed, discovery: Discovery): Coverage {
  const rows = listed.rows.get(artifact.id) ?? [];
  const gaps = rows.flatMap((row): Gap[] => {
    const { outcome, reason = outcome } = row;
    if (outcome === 'collected') return [];
    return [
      { artifact: artifact.id, scope: row.scope, outcome, reason, ...(row.fix ? { fix: row.fix } : {}) },
    ];
  });
  if (rows.length === 0) gaps.push(...unlisted(artifact, discovery));
  return {
    complete: gaps.length === 0,
    gaps,
    covers(namespace) {
      const own = rows.find((row) => row.scope.type === 'namespace' && row.scope.namespace === namespace);
      if (own?.outcome === 'collected') return true;
      const gap =
        gaps.find((one) => namespace !== undefined && scopeNamespace(one.scope) === namespace) ??
        gaps.find((one) => one.scope.type === 'cluster');
      return gap ?? true;
    },
  };
}

/** A kind without a row: not served means seen and empty, unless its group could not be discovered. */
function unlisted(artifact: ResourcesArtifact, discovery: Discovery): Gap[] {
  const failure = discovery.failures.find(
    ({ groupVersion }) => groupVersion === '/apis' || groupVersion.split('/')[0] === artifact.group,
  );
  const served = discovery.find(artifact.group, artifact.kind) !== undefined;
  if (!served && failure === undefined) return [];
  const reason = failure?.reason ?? `${artifact.kind} objects cannot be listed`;
  return [{ artifact: artifact.id, scope: CLUSTER_SCOPE, outcome: 'error', reason }];
}
