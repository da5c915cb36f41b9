import type { ContentType } from '../model/artifact.ts';
import type { Observation } from '../model/observation.ts';
import type { LogScope, Scope } from '../model/scope.ts';
import type { RedactionCounts, Truncation } from './manifest.ts';

/** One element of a resource list, as the server sent it; `ListItem` of src/model/kube.ts is one. */
export interface ResourceItem {
  /** JSON text of one object, UTF-8. */
  readonly bytes: Buffer;
  /** The same parsed, where the caller has it already; it is not changed. */
  readonly value?: unknown;
}

/** What is known only when the source has come to its end. */
export interface EntryEnding {
  readonly observedAt?: Observation;
  readonly truncation?: Truncation;
  /** Overrides the `whole` of the entry, e.g. when the source turned out to be less. */
  readonly whole?: boolean;
}

interface EntryBase {
  readonly scope: Scope;
  /** Version of the artifact; 1 unless said. */
  readonly version?: number;
  /** 0 unless said. */
  readonly sample?: number;
  /** Stops reading the source; what came is kept and marked. */
  readonly signal?: AbortSignal;
  /** Asked once, after the last byte of the source or after it broke. */
  ending?(): EntryEnding;
}

/** A list of one kind in one scope. */
export interface ResourcesEntry extends EntryBase {
  readonly type: 'resources';
  /** Empty: the core group. */
  readonly group: string;
  /** `v1`, `apps/v1`; added to items that lack it. */
  readonly apiVersion: string;
  /** Kind of the items; added to those that lack it. */
  readonly kind: string;
  /** Plural in lower case, as in the path of the API. */
  readonly resource: string;
  /** True: the answer of one LIST of exactly this scope. Lost when the source breaks. */
  readonly whole: boolean;
  readonly items: AsyncIterable<readonly ResourceItem[]> | Iterable<readonly ResourceItem[]>;
  /** `metadata` of the list, e.g. its resourceVersion; asked when the first items have come. */
  listMetadata?(): Readonly<Record<string, unknown>>;
}

/** One small document. */
export interface DocumentEntry extends EntryBase {
  readonly type: 'document';
  readonly artifact: string;
  readonly contentType: ContentType;
  readonly bytes: Uint8Array;
}

/** One container log. */
export interface LogEntry extends EntryBase {
  readonly type: 'log';
  readonly scope: LogScope;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** What can be added to a bundle. */
export type EntryInput = ResourcesEntry | DocumentEntry | LogEntry;

/** What became of an entry. */
export type AddResult =
  | {
      readonly stored: true;
      readonly path: string;
      readonly size: number;
      readonly sha256: string;
      /** Items of a resource list. */
      readonly items?: number;
      readonly redactions: RedactionCounts;
      readonly truncation?: Truncation;
      /** What the source threw after it had given something; the entry holds what came before. */
      readonly broken?: unknown;
    }
  | {
      readonly stored: false;
      /** `redaction`: the writer has recorded an `error` row for the scope; `source`: it gave nothing. */
      readonly failure: 'redaction' | 'source';
      readonly error: unknown;
    };
