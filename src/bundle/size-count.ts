import type { Archive } from './archive.ts';

/** How large a file is becoming. */
export interface SizeCount {
  /** Notes bytes that go into the archive and are not packed yet. */
  appended(bytes: number): void;
  /** Bytes of the file; what is not packed yet counts as it is. */
  size(): number;
  /** Those of them that are on the disk. */
  written(): number;
}

/** Counts what an archive has written and what is still on its way. */
export function createSizeCount({ members }: Pick<Archive, 'members'>): SizeCount {
  let pending = 0;
  let counted = 0;
  let bytes = 0;

  function look(): void {
    for (const { length, size } of members.slice(counted)) {
      // Being packed: its place is known already, its length is not.
      if (length === 0) return;
      counted++;
      bytes += length;
      pending -= size;
    }
  }

  return {
    appended(added) {
      pending += added;
    },
    size() {
      look();
      return bytes + Math.max(0, pending);
    },
    written() {
      look();
      return bytes;
    },
  };
}
