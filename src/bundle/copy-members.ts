import { promisify } from 'node:util';
import { gzip as gzipCallback, type InputType, type ZlibOptions } from 'node:zlib';
import { UserError } from '../model/errors.ts';
import { openInput } from './input.ts';
import { keptRanges } from './kept-ranges.ts';
import type { Manifest, ManifestEntry } from './manifest.ts';
import { readAt, readMember } from './member-file.ts';

const gzip: (data: InputType, options: ZlibOptions) => Promise<Buffer> = promisify(gzipCallback);

/** A gzip member as it goes into another file. */
export interface PackedMember {
  readonly bytes: Buffer;
  /** Uncompressed length, bytes. */
  readonly size: number;
}

/**
 * What is kept of each member of a bundle, in order, without members of which nothing is: one that is kept whole is
 * copied without being unpacked, the others are packed anew. Throws UserError where the index lies.
 */
export async function* copyMembers(
  file: string,
  manifest: Manifest,
  dropped: ReadonlySet<ManifestEntry>,
): AsyncGenerator<PackedMember, void> {
  const handle = await openInput(file);
  try {
    for (const [index, ranges] of keptRanges(manifest, dropped).entries()) {
      const member = manifest.members[index]!;
      const size = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
      if (size === 0) continue;
      if (size === member.size) {
        yield { bytes: await readAt(handle, member.offset, member.length), size };
        continue;
      }
      const plain = await readMember(handle, member);
      if (plain === undefined) throw lyingIndex(file, index);
      const kept = Buffer.concat(ranges.map(({ from, to }) => plain.subarray(from, to)));
      const bytes = await gzip(kept, { level: 6 });
      // The operating system byte of the gzip header: the same file from every machine.
      bytes[9] = 255;
      yield { bytes, size };
    }
  } finally {
    await handle.close();
  }
}

function lyingIndex(file: string, index: number): UserError {
  return new UserError('bundle-index-wrong', `${file}: member ${index} is not where the index says`, {
    hint: '`kubecase verify` says what is wrong with a bundle.',
  });
}
