import type { BundleMetadata, Manifest } from '../bundle/manifest.ts';
import { createServerTimes, type ServerTimes } from '../layouts/server-times.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { Observation } from '../model/observation.ts';
import type { Item } from './store.ts';

/** An observation that is settled when the whole bundle was read: a manifest may come last. */
type OpenObservation = { -readonly [K in keyof Observation]: Observation[K] };

/** What one bundle says of itself, beside what goes into the store. */
export interface BundleNotes {
  /** What was left out of its files by a limit of ours, one line each; the first of them at most. */
  readonly limits: string[];
  /** Rows the files themselves stand for. */
  readonly rows: CoverageRow[];
  readonly counts: Map<string, { items: number; bytes: number }>;
  readonly observations: Map<string, OpenObservation>;
  logLines: number;
  /** Times servers wrote inside the bundle. */
  readonly times: ServerTimes;
  /** uid of the namespace kube-system. */
  clusterId: string | undefined;
}

/** How long a collection may have gone on after its first line was written. */
const CREATED_ERROR_SECONDS = 600;

/** Limits noted of one bundle. */
const LIMITS_KEPT = 1000;

/** Notes of a bundle nothing was read of yet. */
export function emptyNotes(): BundleNotes {
  return {
    rows: [],
    limits: [],
    counts: new Map(),
    observations: new Map(),
    logLines: 0,
    times: createServerTimes(),
    clusterId: undefined,
  };
}

/** Notes that something of a file was left out. */
export function noteLimit(notes: BundleNotes, path: string, message: string): void {
  if (notes.limits.length < LIMITS_KEPT) notes.limits.push(`${path}: ${message}`);
}

/** Counts items and bytes of an artifact. */
export function count(notes: BundleNotes, artifact: string, items: number, bytes: number): void {
  const entry = getOrCreate(notes.counts, artifact, () => ({ items: 0, bytes: 0 }));
  entry.items += items;
  entry.bytes += bytes;
}

/** Notes the times only servers write, for bundles that do not say when they were made; and the cluster's id. */
export function noteItem(notes: BundleNotes, item: Item): void {
  notes.times.ofItem(item);
  const { name, uid } = item.metadata;
  if (item.kind === 'Namespace' && name === 'kube-system') notes.clusterId = uid;
}

/** The observation of an entry: what is known by now, else one that `settle` completes. */
export function observe(notes: BundleNotes, path: string, known: Observation | undefined): Observation {
  // A file's time says when it was packed: the newest time of a server inside is nearer to the truth.
  if (known && known.source !== 'file-time') return known;
  // A file of several entries was observed once.
  return getOrCreate(notes.observations, path, () =>
    known ? { ...known } : { time: '', source: 'file-time', errorSeconds: 0 },
  );
}

/** Completes the open observations: by the manifest, by the newest server time, by the metadata. */
export function settle(
  notes: BundleNotes,
  manifest: Manifest | undefined,
  metadata: BundleMetadata | undefined,
): void {
  const byPath = new Map(manifest?.entries.map((entry) => [entry.path, entry.observedAt]));
  const newest = notes.times.observation();
  for (const [path, observation] of notes.observations) {
    const known = byPath.get(path);
    if (known) Object.assign(observation, known);
    else if (newest) Object.assign(observation, newest);
    else if (metadata) {
      Object.assign(observation, {
        time: metadata.createdAt,
        source: 'collector',
        errorSeconds: CREATED_ERROR_SECONDS,
      });
    }
  }
}
