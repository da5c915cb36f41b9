import type {
  Artifact,
  Collection,
  CollectionRecord,
  DeriveContext,
  Derived,
  DocumentArtifact,
  DocumentItem,
  Documents,
  LogSignalsArtifact,
  Need,
  Needs,
  ResourcesArtifact,
} from '../model/artifact.ts';
import type { Coverage, Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { LogSignals } from '../model/log-signals.ts';
import { ageAt } from '../model/observation.ts';
import { originOf } from '../model/origin.ts';
import { safely } from '../model/safely.ts';
import { documentCoverage, logsCoverage, resourcesCoverage } from './coverage.ts';
import { type ContainerImages, containerImages, logSignalsInput } from './log-signals-input.ts';
import { type Item, itemsOf, type Store } from './store.ts';

/** Asks for ages against the observation an item carries; there is no other clock. */
export const deriveContext: DeriveContext = {
  age: (timestamp, item) => ageAt(timestamp, originOf(item)?.observation),
  observed: (item) => originOf(item)?.observation,
  safely,
};

/** Turns needs into inputs over one store; coverage, collections and derived values are made once each. */
export interface InputBuilder {
  build(needs: Needs): Record<string, unknown>;
  /** Gaps of every need that is not optional, derived values looked through. */
  gaps(needs: Needs): Gap[];
  derived(derived: Derived): unknown;
  /** The run was stopped from outside: the derived value it was making ends its users from now on. */
  stopped(error: Error): void;
}

/** Makes the inputs of derived values and analyzers from one store. */
export function createInputs(store: Store): InputBuilder {
  const coverages = new Map<string, Coverage>();
  const collections = new Map<string, Collection<Item>>();
  const derivedValues = new Map<Derived, unknown>();
  const failed = new Map<Derived, Error>();
  let deriving: Derived | undefined;
  const signals = new Map<LogSignalsArtifact, LogSignals<string>>();
  let images: ContainerImages | undefined;

  function coverage(artifact: Artifact): Coverage | undefined {
    if (artifact.type === 'record' || artifact.type === 'derived') return undefined;
    return getOrCreate(coverages, artifact.id, () => coverageFor(artifact));
  }

  function coverageFor(artifact: Exclude<Artifact, { type: 'record' | 'derived' }>): Coverage {
    if (artifact.type === 'resources') return resourcesCoverage(store, artifact);
    if (artifact.type === 'document') return documentCoverage(store, artifact);
    return logsCoverage(store);
  }

  function collection(artifact: ResourcesArtifact, sample: number): Collection<Item> {
    return getOrCreate(collections, `${artifact.id}#${sample}`, () =>
      makeCollection(itemsOf(store, artifact.id, sample), coverage(artifact) as Coverage),
    );
  }

  function samplesOf(artifact: ResourcesArtifact): Collection<Item>[] {
    const numbers = [...(store.resources.get(artifact.id)?.keys() ?? [])].sort((a, b) => a - b);
    return (numbers.length === 0 ? [0] : numbers).map((sample) => collection(artifact, sample));
  }

  function logSignals(artifact: LogSignalsArtifact): LogSignals<string> {
    return getOrCreate(signals, artifact, () => {
      images ??= containerImages(store);
      return logSignalsInput(store, artifact, coverage(artifact) as Coverage, images);
    });
  }

  function derived(one: Derived): unknown {
    const failure = failed.get(one);
    if (failure) throw failure;
    if (derivedValues.has(one)) return derivedValues.get(one);
    const inputs = build(one.needs) as never;
    deriving = one;
    try {
      const value = one.derive(inputs, deriveContext);
      derivedValues.set(one, value);
      return value;
    } finally {
      deriving = undefined;
    }
  }

  function input(need: Need): unknown {
    switch (need.type) {
      case 'optional':
        return input(need.artifact);
      case 'samples':
        return samplesOf(need.artifact);
      case 'resources':
        return collection(need, 0);
      case 'document':
        return documentsInput(store, need, coverage(need) as Coverage);
      case 'log-signals':
        return logSignals(need);
      case 'record':
        return recordInput(store);
      case 'derived':
        return derived(need);
    }
  }

  function build(needs: Needs): Record<string, unknown> {
    return Object.fromEntries(Object.entries(needs).map(([name, need]) => [name, input(need)]));
  }

  function gaps(needs: Needs): Gap[] {
    const found = new Map<string, Gap>();
    for (const artifact of requiredArtifacts(needs)) {
      for (const gap of coverage(artifact)?.gaps ?? [])
        found.set(JSON.stringify([gap.artifact, gap.scope]), gap);
    }
    return [...found.values()];
  }

  /** Code that was stopped from outside ran no `catch` and no `finally`: what it was at is still noted. */
  function stopped(error: Error): void {
    if (deriving) failed.set(deriving, error);
    deriving = undefined;
  }

  return { build, gaps, derived, stopped };
}

/** The artifacts a set of needs cannot do without: optional ones left out, derived values looked through. */
export function requiredArtifacts(needs: Needs): Artifact[] {
  const artifacts: Artifact[] = [];
  for (const need of Object.values(needs)) {
    if (need.type === 'optional') continue;
    if (need.type === 'derived') artifacts.push(...requiredArtifacts(need.needs));
    else artifacts.push(need.type === 'samples' ? need.artifact : need);
  }
  return artifacts;
}

/** Every artifact a set of needs reads, optional ones and derived values' included. */
export function allArtifacts(needs: Needs): Artifact[] {
  const artifacts: Artifact[] = [];
  for (const need of Object.values(needs)) {
    const artifact = need.type === 'optional' || need.type === 'samples' ? need.artifact : need;
    artifacts.push(artifact);
    if (artifact.type === 'derived') artifacts.push(...allArtifacts(artifact.needs));
  }
  return artifacts;
}

function makeCollection(items: readonly Item[], coverage: Coverage): Collection<Item> {
  let byName: Map<string, Item> | undefined;
  return {
    items,
    coverage,
    lookup({ namespace, name }) {
      byName ??= new Map(
        items.map((item) => [`${item.metadata.namespace ?? ''}/${item.metadata.name}`, item]),
      );
      const item = byName.get(`${namespace ?? ''}/${name}`);
      if (item) return { state: 'present', item };
      const covered = coverage.covers(namespace);
      return covered === true ? { state: 'absent' } : { state: 'unseen', gap: covered };
    },
  };
}

function documentsInput(store: Store, artifact: DocumentArtifact, coverage: Coverage): Documents<unknown> {
  return {
    items: (store.documents.get(artifact.id) ?? []) as readonly DocumentItem<unknown>[],
    coverage,
    rows: store.rows.filter((row) => row.artifact === artifact.id && row.outcome !== 'collected'),
  };
}

function recordInput(store: Store): CollectionRecord {
  return {
    layouts: store.layouts,
    complete: store.complete,
    ...(store.incompleteReason === undefined ? {} : { incompleteReason: store.incompleteReason }),
    rows: store.rows,
    collectors: store.collectors,
  };
}
