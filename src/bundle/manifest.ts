import type { CoverageRow, Outcome } from '../model/coverage.ts';
import type { Observation } from '../model/observation.ts';
import type { Scope } from '../model/scope.ts';

/** The version of the container and of both JSON files; a reader refuses a number it does not know. */
export const FORMAT_VERSION = 1;

/** `format` of metadata.json: how a bundle of ours is told from any other archive. */
export const FORMAT_NAME = 'kubecase-bundle';

/** Path of the first entry. */
export const METADATA_PATH = 'metadata.json';

/** Path of the last entry. */
export const MANIFEST_PATH = 'manifest.json';

/** What is known before anything was read: the first entry of a bundle. */
export interface BundleMetadata {
  readonly format: typeof FORMAT_NAME;
  readonly formatVersion: number;
  readonly tool: { readonly name: string; readonly version: string };
  /** ISO 8601, UTC, by the clock of the machine `collect` runs on. */
  readonly createdAt: string;
  readonly cluster?: {
    readonly context?: string;
    /** Host and port of the API server; never a path, a user or a query. */
    readonly server?: string;
    /** The uid of the namespace kube-system, where it was known at the start. */
    readonly id?: string;
    readonly version?: string;
  };
  /** The options `collect` ran with: flags, caps, selection. Plain JSON without secrets. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** One gzip member: a complete gzip file in itself. */
export interface MemberInfo {
  /** Offset of the member in the file, bytes. */
  readonly offset: number;
  /** Compressed length, bytes. */
  readonly length: number;
  /** Uncompressed length, bytes. */
  readonly size: number;
}

/** What was left out of an entry on purpose or because its source broke. */
export interface Truncation {
  /** One line for a person. */
  readonly reason: string;
  /** Bytes kept from the beginning and from the end, where the middle was cut. */
  readonly headBytes?: number;
  readonly tailBytes?: number;
  /** Bytes known to be missing. */
  readonly droppedBytes?: number;
}

/** How often each redaction rule replaced something. */
export type RedactionCounts = Readonly<Record<string, number>>;

/** What was replaced by pseudonyms all over the bundle. */
export interface ObfuscationNote {
  /** `ip`, `hostname`, `namespace`. */
  readonly kinds: readonly string[];
  /** Tells the key that brings the names back, without giving it away: eight hexadecimal digits. */
  readonly key: string;
}

/** One entry of the bundle, as the index knows it. */
export interface ManifestEntry {
  readonly path: string;
  /** `resources:<group|core>/<Kind>`, `logs`, or the id of a document. */
  readonly artifact: string;
  /** Version of the artifact. */
  readonly version: number;
  readonly scope: Scope;
  readonly sample: number;
  /** True: the answer of one LIST of exactly this scope, so that what is not in it was not there. */
  readonly whole?: boolean;
  readonly observedAt?: Observation;
  /** Bytes of the entry as stored (redacted, uncompressed). */
  readonly size: number;
  /** SHA-256 of these bytes, lower-case hexadecimal. */
  readonly sha256: string;
  /** Index of the member in which the tar header of the entry begins. */
  readonly member: number;
  /** Offset of that header within the uncompressed member. */
  readonly offset: number;
  /** Number of items of a resource list. */
  readonly items?: number;
  readonly truncation?: Truncation;
  readonly redactions?: RedactionCounts;
}

/** Which scopes of an artifact were to be read, so that one without a row is not taken for absent. */
export interface ExpectedScopes {
  readonly artifact: string;
  readonly scopes: readonly Scope[];
}

/** How one collector ended. */
export interface CollectorRow {
  readonly id: string;
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly startedAt?: string;
  readonly seconds?: number;
}

/** A list that is not of the moment of the others. */
export interface ListApart {
  readonly artifact: string;
  readonly scope: Scope;
  /** Why, on one line. */
  readonly reason: string;
}

/** Of which moment the lists are, when one moment was asked for (`collect --consistent`). */
export interface Consistency {
  /** The version of the store all lists are of, but those apart; absent: none could be pinned. */
  readonly resourceVersion?: string;
  /** Why none could be pinned. */
  readonly reason?: string;
  /** Lists of that version. */
  readonly lists: number;
  readonly apart: readonly ListApart[];
}

/** Index and record of the collection: the last entry of a bundle. */
export interface Manifest {
  readonly formatVersion: number;
  /** False when the collection did not run to its end. */
  readonly complete: boolean;
  readonly incompleteReason?: string;
  /** The members before the one the manifest begins in. */
  readonly members: readonly MemberInfo[];
  /** All entries but the manifest itself, in the order of the archive. */
  readonly entries: readonly ManifestEntry[];
  readonly coverage: readonly CoverageRow[];
  readonly expected: readonly ExpectedScopes[];
  /** Only when it was asked for. */
  readonly consistency?: Consistency;
  readonly collectors: readonly CollectorRow[];
  /** Sum over all entries. */
  readonly redactions: RedactionCounts;
  /** Absent: names and addresses are those of the cluster. */
  readonly obfuscation?: ObfuscationNote;
}
