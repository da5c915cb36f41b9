import { collectSink } from '../bundle/collect-sink.ts';
import type { EntryHeader, EntrySink } from '../bundle/entry-sink.ts';
import { checkJsonBounds, looksLikeJson } from '../bundle/json-bounds.ts';
import type { ReadLimits } from '../bundle/limits.ts';
import { createResourceItems, itemType } from '../layouts/items.ts';
import { ROTATED_FROM } from '../layouts/layout.ts';
import type { ContentEntry } from '../layouts/read.ts';
import { type DocumentArtifact, resourcesId } from '../model/artifact.ts';
import { LimitError } from '../model/errors.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { reduceBySelect, type SelectNode } from '../model/json.ts';
import { ORIGIN, type OriginInfo } from '../model/origin.ts';
import { redactDocument } from '../redact/document.ts';
import { redactObject } from '../redact/object.ts';
import { type BundleNotes, count, noteItem, noteLimit, observe } from './bundle-notes.ts';
import { createItemPlaces } from './item-places.ts';
import type { LogScan } from './log-scan.ts';
import { parseItem } from './parse-item.ts';
import type { ObjectFaults } from './shape.ts';
import { soundItem } from './sound.ts';
import { addItem, type Item, type LogSection, type Store } from './store.ts';

/** Where the sinks of one bundle's entries put what they read. */
export interface SinkContext {
  readonly store: Store;
  readonly notes: BundleNotes;
  readonly limits: ReadLimits;
  readonly logScan: LogScan;
  /** Select trees of the kinds that are kept, by artifact id. */
  readonly trees: ReadonlyMap<string, SelectNode>;
  /** Kinds whose managedFields somebody reads, by artifact id. */
  readonly managedFields: ReadonlySet<string>;
  /** What objects lack that every object of their kind has. */
  readonly faults: ObjectFaults;
  /** True: another tool wrote the bundle, so that nothing in it was redacted before it is quoted. */
  readonly foreign: boolean;
  /** Documents that are parsed, by artifact id. */
  readonly documents: ReadonlyMap<string, DocumentArtifact>;
}

/** Splits a resource file into items; parses and keeps only the kinds somebody needs. */
function resourcesSink(
  context: SinkContext,
  header: EntryHeader,
  entry: Extract<ContentEntry, { kind: 'resources' }>,
): EntrySink {
  const { store, notes, trees } = context;
  const observation = observe(notes, header.path, entry.observedAt);
  const { scope, sample, hint } = entry;
  const artifacts = new Set<string>();
  const places = entry.scopeByItems ? createItemPlaces() : undefined;
  let unread = 0;
  const malformed = new Map<string, { count: number; readonly fault: string }>();
  const tooMuch = (error: LimitError) => noteLimit(notes, header.path, error.message);
  const splitter = createResourceItems(
    entry,
    {
      item(bytes, position, head) {
        const known = typeOfHead(head, hint);
        let id = known ? resourcesId(known.group, known.kind) : undefined;
        if (id !== undefined && !trees.has(id)) {
          count(notes, id, 1, bytes.length);
          artifacts.add(id);
          return;
        }
        const keeps = id === undefined || context.managedFields.has(id);
        const object = attempt(() => {
          checkJsonBounds(bytes, context.limits);
          return parseItem(bytes, keeps) as Record<string, unknown>;
        }, tooMuch);
        const type = object && itemType(object, head, hint);
        if (!type) {
          if (id !== undefined) artifacts.add(id);
          unread++;
          return;
        }
        id = resourcesId(type.group, type.kind);
        artifacts.add(id);
        count(notes, id, 1, bytes.length);
        const tree = trees.get(id);
        if (!tree) return;
        const whole = object.apiVersion === type.apiVersion && object.kind === type.kind;
        const typed = whole ? object : { ...object, apiVersion: type.apiVersion, kind: type.kind };
        const origin: OriginInfo = { path: header.path, ...position, scope, observation };
        const sound = attempt(() => {
          const reduced = reduceBySelect(typed, tree);
          return soundItem((context.foreign ? redactObject(reduced).value : reduced) as Item);
        }, tooMuch);
        if (!sound) {
          unread++;
          return;
        }
        const fault = context.faults(id, sound);
        if (fault !== undefined) {
          getOrCreate(malformed, id, () => ({ count: 0, fault })).count++;
          return;
        }
        const item = Object.assign(sound, { [ORIGIN]: origin });
        addItem(store, id, sample, item);
        noteItem(notes, item);
        places?.add(id, item);
      },
      end(ended) {
        const known = typeOfHead(ended.head, hint);
        if (known) artifacts.add(resourcesId(known.group, known.kind));
        // Without a kind there is no row to say it in.
        const nameless = artifacts.size === 0 && !ended.complete;
        const loss = ended.overLimit ?? (nameless ? (ended.problems[0] ?? 'is cut') : undefined);
        if (loss !== undefined) noteLimit(notes, header.path, loss);
        for (const id of artifacts) getOrCreate(store.entries, id, () => []).push(header.path);
        for (const artifact of artifacts) {
          const row = { artifact, scope, sample } as const;
          if (ended.problems.length > 0)
            notes.rows.push({ ...row, outcome: 'truncated', reason: ended.problems[0] });
          else if (!ended.complete)
            notes.rows.push({ ...row, outcome: 'truncated', reason: 'the list is cut' });
          else if (unread > 0)
            notes.rows.push({ ...row, outcome: 'partial', reason: `${unread} objects cannot be read` });
          else if (malformed.has(artifact))
            notes.rows.push({ ...row, outcome: 'partial', reason: malformedReason(malformed.get(artifact)) });
          else if (entry.whole && ended.list) {
            const found = places === undefined ? scope : places.scopeOf(artifact);
            if (found) notes.rows.push({ ...row, scope: found, outcome: 'collected' });
          }
        }
      },
    },
    context.limits,
  );
  return splitter;
}

/** `2 malformed objects are left out: spec.containers is missing`. */
function malformedReason(found: { readonly count: number; readonly fault: string } | undefined): string {
  const { count: times = 0, fault = '' } = found ?? {};
  const what = times === 1 ? '1 malformed object is left out' : `${times} malformed objects are left out`;
  return `${what}: ${fault}${times === 1 ? '' : ' in the first of them'}`;
}

function typeOfHead(
  head: { readonly apiVersion?: string; readonly kind?: string },
  hint: { readonly apiVersion: string; readonly kind: string } | undefined,
): { readonly group: string; readonly kind: string } | undefined {
  return itemType({}, head, hint);
}

/** Parses a document somebody needs. */
function documentSink(
  context: SinkContext,
  header: EntryHeader,
  entry: Extract<ContentEntry, { kind: 'document' }>,
): EntrySink | undefined {
  const { store, notes } = context;
  const artifact = context.documents.get(entry.artifact);
  getOrCreate(store.entries, entry.artifact, () => []).push(header.path);
  if (!artifact || (artifact.counters && entry.sample > 0)) return undefined;
  const observation = observe(notes, header.path, entry.observedAt);
  const row = { artifact: artifact.id, scope: entry.scope, sample: entry.sample } as const;
  return collectSink(artifact.maxBytes, (bytes, complete, oversize) => {
    if (!complete) {
      const reason = oversize?.message ?? 'the bundle ends inside it';
      if (oversize) noteLimit(notes, header.path, oversize.message);
      notes.rows.push({ ...row, outcome: 'truncated', reason });
      return;
    }
    count(notes, artifact.id, 1, bytes.length);
    try {
      const { rearranged } = artifact;
      const place = { path: header.path, line: 1, pointer: '', scope: entry.scope, observation };
      const origin: OriginInfo = rearranged ? { ...place, rearranged } : place;
      if (looksLikeJson(bytes)) checkJsonBounds(bytes, context.limits);
      const value = artifact.parse(
        context.foreign ? redactDocument(bytes, artifact.contentType).bytes : bytes,
      );
      getOrCreate(store.documents, artifact.id, () => []).push({
        value,
        scope: entry.scope,
        [ORIGIN]: origin,
      });
      notes.rows.push({ ...row, outcome: 'collected' });
    } catch (error) {
      if (error instanceof LimitError) noteLimit(notes, header.path, error.message);
      notes.rows.push({
        ...row,
        outcome: 'error',
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  });
}

/** A file a log was rotated to: its last words are older than those of the log itself. */
function partOf(section: LogSection, sample: number): LogSection {
  if (sample < ROTATED_FROM) return section;
  const { tail: _older, ...rest } = section;
  return { ...rest, part: sample };
}

/** Runs a log, or the logs in one file, through the scanner. */
function logSink(
  context: SinkContext,
  header: EntryHeader,
  entry: Extract<ContentEntry, { kind: 'log' }>,
): EntrySink {
  const { store, notes, logScan } = context;
  const observation = observe(notes, header.path, entry.observedAt);
  const sections = entry.sections.map(({ scope, range }) => ({
    scope,
    range,
    scan: logScan.section(header.path, scope, observation),
  }));
  let offset = 0;
  return {
    chunk(bytes) {
      for (const { range, scan } of sections) {
        const from = Math.max(0, (range?.[0] ?? 0) - offset);
        const to = Math.min(bytes.length, (range?.[1] ?? Number.POSITIVE_INFINITY) - offset);
        if (from < to) scan.push(bytes.subarray(from, to));
      }
      offset += bytes.length;
    },
    end(complete) {
      getOrCreate(store.entries, 'logs', () => []).push(header.path);
      for (const { scope, scan } of sections) {
        const section = partOf(scan.end(), entry.sample);
        store.logs.push(section);
        notes.logLines += section.lines;
        notes.times.note(section.last, true);
        const row = { artifact: 'logs', scope, sample: entry.sample } as const;
        notes.rows.push(
          complete
            ? { ...row, outcome: 'collected' }
            : { ...row, outcome: 'truncated', reason: 'the log is cut' },
        );
      }
      count(notes, 'logs', sections.length, offset);
    },
  };
}

/** The value, or undefined when making it throws: hostile bytes are no error of ours. */
function attempt<T>(make: () => T, onLimit: (error: LimitError) => void): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof LimitError) onLimit(error);
    return undefined;
  }
}

/** The sink of one entry of a bundle; undefined when nobody needs its bytes. */
export function contentSink(
  context: SinkContext,
  header: EntryHeader,
  entry: ContentEntry,
): EntrySink | undefined {
  switch (entry.kind) {
    case 'resources':
      return resourcesSink(context, header, entry);
    case 'document':
      return documentSink(context, header, entry);
    case 'log':
      return logSink(context, header, entry);
  }
}
