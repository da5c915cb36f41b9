/** Collects a run of bytes that may span chunks, up to a limit. */
export interface Capture {
  /** Begins at an offset of the current chunk. */
  start(at: number): void;
  active(): boolean;
  /** Ends before an offset of the current chunk; undefined when the run was longer than the limit. */
  take(chunk: Buffer, end: number): Buffer | undefined;
  /** To be called at the end of every chunk. */
  carry(chunk: Buffer): void;
  drop(): void;
  /** Whether the run is already longer than the limit. */
  isOver(): boolean;
}

/** Makes a capture; a run within one chunk is not copied. */
export function createCapture(limit: number): Capture {
  let parts: Buffer[] = [];
  let size = 0;
  let from = -1;
  let over = false;

  function drop(): void {
    parts = [];
    size = 0;
    from = -1;
    over = false;
  }

  function keep(part: Buffer): void {
    size += part.length;
    if (size > limit) {
      over = true;
      parts = [];
    }
    if (!over && part.length > 0) parts.push(part);
  }

  return {
    start(at) {
      drop();
      from = at;
    },
    active: () => from >= 0,
    take(chunk, end) {
      keep(chunk.subarray(from, end));
      const taken = over ? undefined : parts.length === 1 ? parts[0] : Buffer.concat(parts, size);
      drop();
      return taken;
    },
    carry(chunk) {
      if (from < 0) return;
      keep(Buffer.from(chunk.subarray(from)));
      from = 0;
    },
    drop,
    isOver: () => over,
  };
}
