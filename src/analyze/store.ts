import type { DocumentItem } from '../model/artifact.ts';
import type { CoverageRow, Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';
import type { LogMatches } from '../model/log-signals.ts';
import type { Observation } from '../model/observation.ts';
import type { Origin } from '../model/origin.ts';
import type { Scope } from '../model/scope.ts';

/** An item as the engine keeps it: reduced, with identity and origin. */
export type Item = ResourceIdentity & Origin;

/** What the scan found in one log, before anyone knows whose log it is. */
export interface LogSection {
  readonly path: string;
  readonly scope: Scope;
  readonly observation?: Observation;
  readonly lines: number;
  readonly bytes: number;
  /** Set for a file the log was rotated to: the sample it is of. */
  readonly part?: number;
  /** RFC 3339 time of the last line that begins with one. */
  readonly last?: string;
  /** By global pattern id (`<signals>/<pattern>`). */
  readonly matches: ReadonlyMap<string, LogMatches>;
  readonly tail?: { readonly lines: readonly string[]; readonly line: number };
}

/** Everything one pass over the inputs keeps: what coverage, inputs and the report are made of. */
export interface Store {
  /** Artifact id → sample → items, in the order they stand in the bundle. */
  readonly resources: Map<string, Map<number, Item[]>>;
  readonly documents: Map<string, (DocumentItem<unknown> & Origin)[]>;
  readonly logs: LogSection[];
  readonly rows: CoverageRow[];
  /** Paths of the entries of each artifact id, to say what was searched. */
  readonly entries: Map<string, string[]>;
  /** Kinds the API server serves, by artifact id; undefined when discovery was not collected. */
  served: ReadonlySet<string> | undefined;
  /** Group (or group/version) → why its discovery failed. */
  readonly undiscovered: Map<string, string>;
  /** Titles of the layouts read. */
  readonly layouts: string[];
  /** Why an artifact without any row is not in these bundles: their layout cannot hold it, or they are cut. */
  absent: (artifact: string) => Pick<Gap, 'outcome' | 'reason'> | undefined;
  readonly collectors: { readonly id: string; readonly outcome: string }[];
  complete: boolean;
  incompleteReason?: string;
}

/** A store nothing was read into yet. */
export function createStore(): Store {
  return {
    resources: new Map(),
    documents: new Map(),
    logs: [],
    rows: [],
    entries: new Map(),
    served: undefined,
    undiscovered: new Map(),
    layouts: [],
    absent: () => undefined,
    collectors: [],
    complete: true,
  };
}

/** Adds an item to its kind and sample. */
export function addItem(store: Store, artifact: string, sample: number, item: Item): void {
  const bySample = getOrCreate(store.resources, artifact, () => new Map<number, Item[]>());
  const items = getOrCreate(bySample, sample, () => []);
  items.push(item);
}

/** Items of one sample of a kind; empty when there are none. */
export function itemsOf(store: Store, artifact: string, sample = 0): readonly Item[] {
  return store.resources.get(artifact)?.get(sample) ?? [];
}
