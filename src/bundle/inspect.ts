import { collectSink } from './collect-sink.ts';
import { DROPPED_REASON } from './drop.ts';
import type { EntryHeader, EntrySink, ReadProblem } from './entry-sink.ts';
import { addCounts } from './fill.ts';
import { type InputKind, inputKind } from './input.ts';
import { READ_LIMITS } from './limits.ts';
import {
  type BundleMetadata,
  type Consistency,
  MANIFEST_PATH,
  type Manifest,
  METADATA_PATH,
  type ObfuscationNote,
  type RedactionCounts,
} from './manifest.ts';
import { parseManifest, parseMetadata } from './manifest-check.ts';
import { readEntries } from './reader.ts';
import { sensitiveSink } from './sensitive-scan.ts';

/** Bytes of metadata.json. */
const METADATA_MAX = 16 * 1024 * 1024;

/** One entry as whoever sends the bundle may want to see it. */
export interface InspectedEntry {
  readonly path: string;
  readonly size: number;
  /** What was replaced in it, by rule; undefined in a bundle that does not say. */
  readonly redactions?: RedactionCounts;
  /** Shapes that look sensitive, by {@link SENSITIVE_SHAPES} id. */
  readonly sensitive?: Readonly<Record<string, number>>;
}

/** What is in a bundle, what was removed from it, and what to look at before it is sent. */
export interface Inspection {
  readonly kind: InputKind;
  /** False: another tool wrote it, and what was removed is not known. */
  readonly isOurs: boolean;
  readonly createdAt?: string;
  /** Undefined where nothing says so. */
  readonly complete?: boolean;
  readonly incompleteReason?: string;
  /** Of which moment the lists are, where one moment was asked for. */
  readonly consistency?: Consistency;
  /** Absent: names and addresses are those of the cluster. */
  readonly obfuscation?: ObfuscationNote;
  /** Uncompressed bytes of all entries. */
  readonly size: number;
  readonly entries: readonly InspectedEntry[];
  /** Sum over all entries, by rule. */
  readonly redactions: RedactionCounts;
  /** Sum over all entries, by shape. */
  readonly sensitive: Readonly<Record<string, number>>;
  /** Coverage rows of entries that `kubecase edit` dropped: artifact ids. */
  readonly dropped: readonly string[];
  readonly problems: readonly ReadProblem[];
  /** Set when the input is cut: what is behind is not shown. */
  readonly truncated?: string;
}

/** Reads a bundle of any tool once. Throws UserError when there is nothing to read. */
export async function inspectBundle(input: string): Promise<Inspection> {
  const kind = await inputKind(input);
  const found = new Map<string, { size: number; sensitive?: Record<string, number> }>();
  let manifest: Manifest | undefined;
  let metadata: BundleMetadata | undefined;
  const summary = await readEntries(input, {
    onEntry(header) {
      const scanned = sensitiveSink((counts) => {
        found.set(header.path, {
          size: header.size,
          ...(counts.size === 0 ? {} : { sensitive: Object.fromEntries(counts) }),
        });
      });
      const about = aboutSink(header, {
        manifest: (bytes) => {
          manifest = attempt(() => parseManifest(bytes));
        },
        metadata: (bytes) => {
          metadata = attempt(() => parseMetadata(bytes));
        },
      });
      return about === undefined ? scanned : both(about, scanned);
    },
  });
  const rows = new Map((manifest?.entries ?? []).map((row) => [row.path, row.redactions ?? {}]));
  const redactions: Record<string, number> = {};
  const sensitive: Record<string, number> = {};
  const entries = [...found].map(([path, { size, sensitive: counts = undefined }]) => {
    addCounts(redactions, rows.get(path) ?? {});
    addCounts(sensitive, counts ?? {});
    return { path, size, redactions: rows.get(path), sensitive: counts };
  });
  return {
    kind,
    isOurs: metadata !== undefined && manifest !== undefined,
    createdAt: metadata?.createdAt,
    complete: manifest?.complete,
    incompleteReason: manifest?.incompleteReason,
    consistency: manifest?.consistency,
    obfuscation: manifest?.obfuscation,
    size: entries.reduce((sum, { size }) => sum + size, 0),
    entries,
    redactions,
    sensitive,
    dropped: (manifest?.coverage ?? [])
      .filter(({ outcome, reason }) => outcome === 'skipped' && reason === DROPPED_REASON)
      .map(({ artifact }) => artifact),
    problems: summary.problems,
    truncated: summary.truncated?.reason,
  };
}

function aboutSink(
  { path }: EntryHeader,
  take: { manifest(bytes: Buffer): void; metadata(bytes: Buffer): void },
): EntrySink | undefined {
  if (path === MANIFEST_PATH) return collectSink(READ_LIMITS.maxManifestBytes, take.manifest);
  return path === METADATA_PATH ? collectSink(METADATA_MAX, take.metadata) : undefined;
}

function both(first: EntrySink, second: EntrySink): EntrySink {
  return {
    chunk(bytes) {
      first.chunk(bytes);
      second.chunk(bytes);
    },
    end(complete) {
      first.end(complete);
      second.end(complete);
    },
  };
}

/** A foreign file of the same name is no manifest of ours. */
function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
