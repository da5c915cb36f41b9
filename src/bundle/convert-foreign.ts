import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { UserError } from '../model/errors.ts';
import { openArchive } from './archive.ts';
import { encodeSegment } from './entry-path.ts';
import { type IndexedBundle, openIndexed } from './indexed.ts';
import { type BundleMetadata, type ManifestEntry, METADATA_PATH } from './manifest.ts';
import { parseMetadata } from './manifest-check.ts';
import { openOutputFile } from './output-file.ts';
import type { FinishedBundle } from './writer.ts';

/** Bytes of one document. */
export const DOCUMENT_MAX = 16 * 1024 * 1024;

/** A bundle in the arrangement of another tool, and what of ours it could not take. */
export interface ForeignBundle extends FinishedBundle {
  /** Entries that have no place in it. */
  readonly left: readonly ManifestEntry[];
}

/** Where the files of such a bundle go. */
export interface ForeignFiles {
  readonly metadata: BundleMetadata;
  /** Writes a file; without a time of its own it has that of the bundle. */
  put(path: string, content: Buffer, modified?: string): Promise<void>;
  /** Writes the bytes of an entry of ours as they are. */
  copy(path: string, entry: ManifestEntry): Promise<void>;
}

/** Writes the files, and answers with the entries left out. */
export type Arrange = (bundle: IndexedBundle, files: ForeignFiles) => Promise<ManifestEntry[]>;

/**
 * Writes a bundle of ours as a .tar.gz whose files `arrange` chooses, all in one folder of the name of the output.
 * Throws UserError when the bundle is not whole or the output cannot be written.
 */
export async function writeForeign(
  file: string,
  outputFile: string,
  arrange: Arrange,
): Promise<ForeignBundle> {
  const bundle = await openIndexed(file);
  if (bundle === undefined)
    throw new UserError('not-a-bundle', `${file}: is not a kubecase bundle with its index`);
  try {
    const output = await openOutputFile(outputFile);
    try {
      let failure: { readonly error: unknown } | undefined;
      const archive = openArchive(output.write, (error) => {
        failure ??= { error };
      });
      const left = await arrange(bundle, await filesOf(bundle, archive, outputFile));
      await archive.settle();
      await archive.finish();
      if (failure) throw failure.error;
      return { file: outputFile, left, ...(await output.commit()) };
    } catch (error) {
      await output.discard();
      throw error;
    }
  } finally {
    await bundle.close();
  }
}

async function filesOf(
  bundle: IndexedBundle,
  archive: ReturnType<typeof openArchive>,
  outputFile: string,
): Promise<ForeignFiles> {
  const bytes = await bundle.read(METADATA_PATH, DOCUMENT_MAX);
  if (bytes === undefined) throw new UserError('not-a-bundle', `${bundle.file}: ${METADATA_PATH} is missing`);
  const metadata = parseMetadata(bytes);
  const name = basename(outputFile).replace(/(?:\.tar\.gz|\.tgz)$/, '');
  const root = encodeSegment(name === '' ? 'bundle' : name);
  return {
    metadata,
    put: async (path, content, modified = metadata.createdAt) => {
      const size = content.length;
      await archive.append({ path: `${root}/${path}`, size, modified: new Date(modified), content });
    },
    copy: async (path, entry) => {
      const { size } = entry;
      const modified = new Date(entry.observedAt?.time ?? metadata.createdAt);
      const chunks = size === 0 ? undefined : bundle.chunks(entry.path);
      const content = chunks ? Readable.from(chunks, { objectMode: false }) : Buffer.alloc(0);
      await archive.append({ path: `${root}/${path}`, size, modified, content });
    },
  };
}
