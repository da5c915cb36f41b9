/** What an archive says of an entry before its bytes. */
export interface EntryHeader {
  /** Relative, `/`-separated, without `..`: a name, never a place on this machine. */
  readonly path: string;
  /** Bytes announced. */
  readonly size: number;
  /** Modification time in the archive or folder, where there is one. */
  readonly modified?: Date;
  /** Target of a link, relative to the root of the bundle; links carry no bytes and are not followed. */
  readonly link?: string;
  /** True when the input is this one file and no archive or folder. */
  readonly alone?: boolean;
}

/** Takes the bytes of one entry as they come, synchronously. */
export interface EntrySink {
  /** The bytes are gone when the call returns: copy what is kept. */
  chunk(bytes: Buffer): void;
  /** `complete` is false when the input ended or broke before the announced size. */
  end(complete: boolean): void;
  /** True when further bytes are of no use: a source that can pass over them does. */
  readonly isIdle?: () => boolean;
}

/** Decides for each entry whether its bytes are wanted. */
export interface EntryHandler {
  onEntry(header: EntryHeader): EntrySink | undefined;
}

/** Something of the input that could not be read, while the rest could. */
export interface ReadProblem {
  /** A limit's name, or `link`, `unreadable`, `damaged`. */
  readonly code: string;
  readonly message: string;
  readonly path?: string;
}

/** How reading an input ended. */
export interface ReadSummary {
  readonly entries: number;
  /** Bytes of entries handed out or skipped. */
  readonly bytes: number;
  /** Set when the input ended early or is damaged: entries before it are whole. */
  readonly truncated?: {
    /** Offset in the uncompressed archive up to which everything was whole. */
    readonly at: number;
    readonly reason: string;
  };
  readonly problems: readonly ReadProblem[];
}
