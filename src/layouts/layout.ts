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
      readonly hint?: TypeHint;
    })
  | (EntryBase & {
      readonly kind: 'document';
      readonly artifact: string;
      readonly scope: Scope;
      readonly whole: boolean;
      /** Turns the bytes of the tool into those the artifact's parser reads; `readBundle` applies it. May throw. */
      convert?(bytes: Buffer): Uint8Array;
    })
  | (EntryBase & { readonly kind: 'log'; readonly sections: readonly LogSection[] })
  /** Says what was not collected: to be read whole and given to `coverage`. */
  | { readonly kind: 'coverage' }
  /** The two files of our own format that are about the bundle. */
  | { readonly kind: 'manifest' }
  | { readonly kind: 'metadata' }
  | { readonly kind: 'ignored' };

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
  /** Whether this file can lie only in a bundle of this layout; the answer is the folder the bundle begins in. */
  recognise(path: string, first: Buffer): string | undefined;
  /** `path` is relative to the folder `recognise` answered; `first` holds up to {@link FIRST_BYTES}. */
  classify(path: string, first: Buffer): LayoutEntry;
  /** Rows a `coverage` file stands for. */
  coverage?(path: string, bytes: Buffer): readonly CoverageRow[];
  /** What a `coverage` file says of the bundle as a whole; one answer counts for all entries. May throw. */
  about?(path: string, bytes: Buffer): AboutBundle | undefined;
  /** Why an artifact cannot be in any bundle of this layout; undefined: it can. */
  absent?(artifact: string): string | undefined;
}

/** Bytes of a file a layout may look at. */
export const FIRST_BYTES = 4096;
