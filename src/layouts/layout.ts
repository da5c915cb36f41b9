import type { Truncation } from '../bundle/manifest.ts';
import type { CoverageRow } from '../model/coverage.ts';
import type { Observation } from '../model/observation.ts';
import type { Scope } from '../model/scope.ts';

/** A part of a log file that belongs to one source; without a range: the whole file. */
export interface LogSection {
  readonly scope: Scope;
  /** Byte offsets within the entry, the end excluded. */
  readonly range?: readonly [from: number, to: number];
}

/** Type fields for items of a list that carries none, from what the layout knows of the path. */
export interface TypeHint {
  readonly apiVersion: string;
  readonly kind: string;
}

interface EntryBase {
  /** Which of several snapshots of the scope; 0 is the first. */
  readonly sample: number;
  readonly observedAt?: Observation;
  /** Set when the entry is less than its source: cut by a cap, or the source broke. */
  readonly truncation?: Truncation;
}

/** What a layout says of one file; which kind a resource file holds is said by its content. */
export type LayoutEntry =
  | (EntryBase & {
      readonly kind: 'resources';
      readonly format: 'json' | 'yaml';
      readonly scope: Scope;
      /** True: the answer of one LIST of this scope, when the file turns out to be a list read to its end. */
      readonly whole: boolean;
      /** True: one item per line, as our writer makes it. */
      readonly lines?: boolean;
      /** True: the path does not say whose list it is; the namespaces of its items do, `scope` is a stand-in. */
      readonly scopeByItems?: boolean;
      readonly hint?: TypeHint;
      /** Turns the bytes of the tool into objects as the API serves them; `readBundle` applies it. May throw. */
      convert?(bytes: Buffer): Uint8Array;
    })
  | (EntryBase & {
      readonly kind: 'document';
      readonly artifact: string;
      readonly scope: Scope;
      readonly whole: boolean;
      /** Turns the bytes of the tool into those the artifact's parser reads; `readBundle` applies it. May throw. */
      convert?(bytes: Buffer): Uint8Array;
    })
  | (EntryBase & {
      readonly kind: 'log';
      readonly sections: readonly LogSection[];
      /** True: packed by gzip as a whole; `readBundle` unpacks it. */
      readonly packed?: boolean;
      /** True: its newest lines come first; `readBundle` turns it round, and lines count in the order of time. */
      readonly newestFirst?: boolean;
    })
  /** A file of several entries; the divider finds them line by line. */
  | { readonly kind: 'parts'; divider(): Divider }
  /** One of the files a document is assembled from; they are given to `assemble` together. */
  | {
      readonly kind: 'piece';
      /** True: that it is there says all; its bytes are not read. */
      readonly nameOnly?: true;
    }
  /** Says what was not collected: to be read whole and given to `coverage`. */
  | { readonly kind: 'coverage' }
  /** The two files of our own format that are about the bundle. */
  | { readonly kind: 'manifest' }
  | { readonly kind: 'metadata' }
  | { readonly kind: 'ignored' };

/** An entry a visitor is given. */
export type ContentEntry = Extract<LayoutEntry, { kind: 'resources' | 'document' | 'log' }>;

/** What a divider makes of the lines it is given. */
export interface PartWriter {
  /** Begins an entry, or with the key of an open one goes on with it; an entry without key ends at the next call. */
  open(entry: ContentEntry, key?: string): void;
  /** Bytes of the entry that is open; without one they are dropped. */
  write(bytes: Buffer): void;
  /** Ends the entry that is open. */
  close(complete: boolean): void;
  /** Says what is not in the file. */
  report(row: CoverageRow): void;
}

/** Finds the entries of one file. */
export interface Divider {
  /** One line with its end; of an overlong line the pieces, `continued` from the second on. */
  line(bytes: Buffer, continued: boolean, out: PartWriter): void;
  /** The file is over; `complete` tells whether it was read to its end. */
  end(complete: boolean, out: PartWriter): void;
}

/** A document made of several files. */
export interface AssembledDocument {
  readonly path: string;
  readonly entry: Extract<LayoutEntry, { kind: 'document' }>;
  readonly bytes: Uint8Array;
}

/** What a bundle says of itself, where its layout has a file for it. */
export interface AboutBundle {
  /** How a person would call it: `node worker-1`. */
  readonly name: string;
  /** When everything in it was read. */
  readonly observedAt: Observation | undefined;
}

/** How some tool arranges its bundle: path and first bytes to entry. Pure. */
export interface Layout {
  readonly id: string;
  readonly title: string;
  /**
   * Whether this file can lie only in a bundle of this layout; with `alone`, where it is the whole input, whether
   * it is one. The answer is the folder the bundle begins in.
   */
  recognise(path: string, first: Buffer, alone?: boolean): string | undefined;
  /** Whether a file is an archive whose files count as lying in a folder of its name, the ending left out. */
  nested?(path: string): boolean;
  /** `path` is relative to the folder `recognise` answered; `first` holds up to {@link FIRST_BYTES}. */
  classify(path: string, first: Buffer): LayoutEntry;
  /** Rows a `coverage` file stands for. */
  coverage?(path: string, bytes: Buffer): readonly CoverageRow[];
  /** Documents of the pieces read whole, by path; rows for what they lack. */
  assemble?(pieces: ReadonlyMap<string, Buffer>): {
    readonly documents: readonly AssembledDocument[];
    readonly rows: readonly CoverageRow[];
  };
  /** What a `coverage` file says of the bundle as a whole; one answer counts for all entries. May throw. */
  about?(path: string, bytes: Buffer): AboutBundle | undefined;
  /** Why an artifact cannot be in any bundle of this layout; undefined: it can. */
  absent?(artifact: string): string | undefined;
}

/** Bytes of a file a layout may look at. */
export const FIRST_BYTES = 4096;

/**
 * Samples of a log from this number on are files it was rotated to, older parts of the same log: the number is the
 * time of the rotation as it stands in the file's name, `20260301115900`.
 */
export const ROTATED_FROM = 10 ** 13;
