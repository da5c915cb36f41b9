import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type ApiDiscovery, apiDiscovery } from '../artifacts/api-discovery.ts';
import { OBJECT_SHAPES } from '../artifacts/object-shapes.ts';
import { READ_LIMITS, type ReadLimits } from '../bundle/limits.ts';
import { type SameInput, sameInputs } from '../bundle/same-inputs.ts';
import { type BundleReading, type BundleVisitor, readBundle } from '../layouts/read.ts';
import { type Artifact, type DocumentArtifact, resourcesId } from '../model/artifact.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { UserError } from '../model/errors.ts';
import { IDENTITY_SELECT, mergeSelect, type SelectNode } from '../model/json.ts';
import type { ReportBundle, ReportCollection } from '../model/report.ts';
import { scopeKey } from '../model/scope.ts';
import { redactText } from '../redact/text.ts';
import { type BundleNotes, emptyNotes, settle } from './bundle-notes.ts';
import { contentSink, type SinkContext } from './entry-sinks.ts';
import { joinLogs, joinSamples } from './join-inputs.ts';
import { joinNames } from './join-names.ts';
import { createLogScan } from './log-scan.ts';
import { keepsField } from './parse-item.ts';
import { createObjectFaults } from './shape.ts';
import { createStore, type Store } from './store.ts';
import { noteUnreadLogs } from './unread-logs.ts';

/** What one pass over all inputs gives: the store, and the report's words about the bundles. */
export interface InputsReading {
  readonly store: Store;
  readonly bundles: readonly ReportBundle[];
  readonly collection: Omit<ReportCollection, 'collectors'>;
  /** Name of the cluster by the metadata of the first bundle that has one. */
  readonly clusterName: string | undefined;
}

/** What reading inputs may be given. */
export interface ReadInputsOptions {
  readonly limits?: ReadLimits;
  readonly signal?: AbortSignal;
  readonly stdin?: Readable;
  /** Told of every input that is another one once more, and is not read again. */
  onSame?(same: SameInput): void;
}

/**
 * Reads every input once, also one given twice, and keeps what the artifacts ask for. Throws UserError for an input that is not
 * readable at all, and when two inputs are known to be of different clusters.
 */
export async function readInputs(
  inputs: readonly string[],
  artifacts: readonly Artifact[],
  options: ReadInputsOptions = {},
): Promise<InputsReading> {
  const store = createStore();
  const wanted = [...artifacts, apiDiscovery];
  const documents = new Map<string, DocumentArtifact>();
  for (const artifact of wanted) if (artifact.type === 'document') documents.set(artifact.id, artifact);
  const trees = selectTrees(wanted);
  const context = {
    store,
    limits: options.limits ?? READ_LIMITS,
    trees,
    managedFields: new Set(
      [...trees].filter(([, tree]) => keepsField(tree, 'managedFields')).map(([id]) => id),
    ),
    documents,
    faults: createObjectFaults(OBJECT_SHAPES, trees),
    logScan: createLogScan(wanted),
  };
  const read: InputReading[] = [];
  const logEnds: number[] = [];
  const same = await sameInputs(inputs);
  for (const one of same) options.onSame?.(one);
  const again = new Set(same.map((one) => one.again));
  for (const input of inputs.filter((_input, index) => !again.has(index))) {
    const one = await readInput(input, context, options);
    takeRecord(store, one.notes, one.reading);
    read.push(one);
    logEnds.push(store.logs.length);
  }
  refuseDifferentClusters(read);
  // Some tools write an object into several files.
  if (read.length > 1 || read[0]?.reading.layout.id !== 'kubecase') joinSamples(store);
  joinNames(store);
  joinLogs(store, logEnds);
  if (read.every(({ reading }) => isOfOthers(reading))) noteUnreadLogs(store);
  takeDiscovery(store);
  return {
    store,
    bundles: read.map((one) => one.bundle),
    collection: collectionOf(store, read),
    clusterName: read
      .map(({ reading }) => reading.metadata?.cluster?.context)
      .find((name) => name !== undefined),
  };
}

/** Whether another tool collected it: what that left out has no rows. A converted bundle says what it was. */
function isOfOthers({ layout, metadata }: BundleReading): boolean {
  const from = metadata?.options?.convertedFrom;
  return layout.id !== 'kubecase' || (Array.isArray(from) && !from.includes('kubecase'));
}

/** One input, read. */
interface InputReading {
  readonly input: string;
  readonly notes: BundleNotes;
  readonly reading: BundleReading;
  readonly bundle: ReportBundle;
}

async function readInput(
  input: string,
  context: Omit<SinkContext, 'notes' | 'foreign'>,
  options: ReadInputsOptions,
): Promise<InputReading> {
  const notes = emptyNotes();
  const hash = createHash('sha256');
  let hashed = 0;
  let foreign = true;
  const visitor: BundleVisitor = {
    onLayout(layout) {
      foreign = layout.id !== 'kubecase';
    },
    onEntry: (entry, header) => contentSink({ ...context, notes, foreign }, header, entry),
  };
  const read = await readBundle(input, visitor, {
    ...options,
    tap(bytes) {
      hash.update(bytes);
      hashed += bytes.length;
    },
  });
  const reading = { ...read, incomplete: read.incomplete ?? leftOut(notes.limits) };
  settle(notes, reading.manifest, reading.metadata);
  const bundle = await describe(input, reading, { size: hashed, sha256: hash.digest('hex') });
  return { input, notes, reading, bundle };
}

/** A reason for a bundle of which a limit of ours left something out. */
function leftOut([first, ...more]: readonly string[]): string | undefined {
  if (first === undefined) return undefined;
  return `not all of it was read: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}`;
}

/** Which fields are kept of each kind, by artifact id: identity, and what any of the artifacts asks for. */
export function selectTrees(artifacts: readonly Artifact[]): Map<string, SelectNode> {
  const trees = new Map<string, SelectNode>();
  for (const artifact of artifacts) {
    if (artifact.type !== 'resources') continue;
    trees.set(artifact.id, mergeSelect(trees.get(artifact.id) ?? IDENTITY_SELECT, artifact.select));
  }
  return trees;
}

/** The record of the collection: rows of the manifest where there is one, else what the files stand for. */
function takeRecord(store: Store, notes: BundleNotes, reading: BundleReading): void {
  const { layout, manifest, incomplete } = reading;
  const rows = new Map<string, CoverageRow>();
  const files = manifest ? notes.rows.filter((row) => row.outcome !== 'collected') : notes.rows;
  for (const row of [...reading.coverage, ...files]) {
    const key = `${row.artifact} ${scopeKey(row.scope)} ${row.sample ?? 0}`;
    // A tool that says a list is not whole knows more than the file that looks so.
    if (row.outcome !== 'collected' || !rows.has(key)) rows.set(key, withoutSecrets(row));
  }
  store.rows.push(...rows.values());
  store.layouts.push(layout.title);
  store.collectors.push(...(manifest?.collectors ?? []).map(({ id, outcome }) => ({ id, outcome })));
  const before = store.absent;
  const isFirst = store.layouts.length === 1;
  store.absent = (artifact) => {
    const impossible = layout.absent?.(artifact);
    const earlier = before(artifact);
    // Of several bundles the one that can hold it has the word.
    if (impossible !== undefined && (isFirst || earlier?.outcome === 'absent-from-layout'))
      return earlier ?? { outcome: 'absent-from-layout', reason: impossible };
    const own = incomplete === undefined ? undefined : ({ outcome: 'skipped', reason: incomplete } as const);
    return earlier?.outcome === 'absent-from-layout' && impossible === undefined ? own : (earlier ?? own);
  };
  if (incomplete === undefined) return;
  store.complete = false;
  store.incompleteReason ??= incomplete;
}

/** Reports quote reasons, whoever wrote them. */
function withoutSecrets(row: CoverageRow): CoverageRow {
  return row.reason === undefined ? row : { ...row, reason: redactText(row.reason).text };
}

/** Discovery tells a kind that does not exist from one nobody looked at. */
function takeDiscovery(store: Store): void {
  const found = store.documents.get(apiDiscovery.id) as
    | readonly { readonly value: ApiDiscovery }[]
    | undefined;
  if (!found || found.length === 0) return;
  const served = new Set<string>();
  for (const { value } of found) {
    for (const { group, kind } of value.resources) served.add(resourcesId(group, kind));
    for (const { groupVersion, reason } of value.failures) {
      const group = groupVersion.includes('/') ? groupVersion.slice(0, groupVersion.indexOf('/')) : '';
      store.undiscovered.set(group, `the group ${groupVersion} could not be discovered: ${reason}`);
    }
  }
  store.served = served;
}

async function describe(
  input: string,
  reading: BundleReading,
  read: { readonly size: number; readonly sha256: string },
): Promise<ReportBundle> {
  const { layout, metadata, manifest, summary, incomplete } = reading;
  const file = input === '-' ? undefined : await stat(input);
  const size = file === undefined ? read.size : file.isFile() ? file.size : 0;
  const createdBy = metadata ? `${metadata.tool.name} ${metadata.tool.version}` : undefined;
  return {
    name: metadata ? nameOf(metadata) : (reading.about?.name ?? layout.title),
    layout: layout.id,
    size,
    sha256: await sha256Of(input, size, read),
    complete: incomplete === undefined,
    ...(incomplete === undefined ? {} : { incompleteReason: incomplete }),
    ...consistencyOf(manifest),
    ...(manifest?.obfuscation ? { obfuscation: manifest.obfuscation } : {}),
    ...(metadata ? { createdAt: metadata.createdAt, createdBy } : {}),
    entries: manifest ? manifest.entries.length : summary.entries,
  };
}

function consistencyOf(manifest: BundleReading['manifest']): Pick<ReportBundle, 'consistency'> {
  const told = manifest?.consistency;
  return told === undefined ? {} : { consistency: { ...told, apart: told.apart.length } };
}

function nameOf(metadata: NonNullable<BundleReading['metadata']>): string {
  const context = metadata.cluster?.context ?? metadata.cluster?.server ?? 'cluster';
  return `kubecase-${context}-${metadata.createdAt}`;
}

/** Of what was read; of the file itself when reading stopped before its end. */
async function sha256Of(
  file: string,
  size: number,
  read: { readonly size: number; readonly sha256: string },
): Promise<string> {
  if (size === 0) return '';
  if (read.size === size) return read.sha256;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function refuseDifferentClusters(read: readonly { input: string; notes: BundleNotes }[]): void {
  const known = read.filter(({ notes }) => notes.clusterId !== undefined);
  const first = known[0];
  const other = known.find(({ notes }) => notes.clusterId !== first?.notes.clusterId);
  if (!first || !other) return;
  throw new UserError('different-clusters', `${first.input} and ${other.input} are of different clusters`, {
    hint: 'Analyze them one by one.',
  });
}

function collectionOf(
  store: Store,
  read: readonly { notes: BundleNotes; reading: BundleReading }[],
): InputsReading['collection'] {
  const counts = new Map<string, { items: number; bytes: number }>();
  const redactions: Record<string, number> = {};
  for (const { notes, reading } of read) {
    for (const [artifact, { items, bytes }] of notes.counts) {
      const sum = counts.get(artifact) ?? { items: 0, bytes: 0 };
      counts.set(artifact, { items: sum.items + items, bytes: sum.bytes + bytes });
    }
    for (const [rule, times] of Object.entries(reading.manifest?.redactions ?? {}))
      redactions[rule] = (redactions[rule] ?? 0) + times;
  }
  return {
    complete: store.complete,
    rows: store.rows.filter((row) => row.outcome !== 'collected'),
    counts: [...counts]
      .map(([artifact, sum]) => ({ artifact, ...sum }))
      .sort((a, b) => (a.artifact < b.artifact ? -1 : 1)),
    logLines: read.reduce((sum, { notes }) => sum + notes.logLines, 0),
    redactions,
  };
}
