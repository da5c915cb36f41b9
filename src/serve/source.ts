import { createReadStream } from 'node:fs';
import { lstat, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { openIndexed } from '../bundle/indexed.ts';
import { inputKind } from '../bundle/input.ts';
import { type BundleMetadata, MANIFEST_PATH, type Manifest, METADATA_PATH } from '../bundle/manifest.ts';
import { FormatVersionError, parseManifest, parseMetadata } from '../bundle/manifest-check.ts';
import { UserError } from '../model/errors.ts';

/** Bytes read from a file at a time. */
const READ_SIZE = 1024 * 1024;

/** Bytes of metadata.json. */
const METADATA_MAX = 16 * 1024 * 1024;

/** A bundle with random access: an archive of ours with its index, or the folder one was unpacked to. */
export interface BundleSource {
  readonly manifest: Manifest;
  readonly metadata: BundleMetadata;
  /** The bytes of an entry, read as they are asked for. Throws when it is not as the manifest says. */
  chunks(path: string): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/** Opens what is to be served. Throws UserError for everything but a bundle of ours that was closed. */
export async function openSource(input: string): Promise<BundleSource> {
  const source = await openOwnSource(input);
  if (source === undefined) throw unusable(input, 'is not a whole kubecase bundle: it has no index');
  return source;
}

/** The same; undefined for what is no bundle of ours, or none that was closed. */
export async function openOwnSource(input: string): Promise<BundleSource | undefined> {
  const kind = await inputKind(input);
  if (kind === 'stdin') throw unusable(input, 'standard input cannot be read at any place');
  return kind === 'directory' ? openFolder(input) : openArchive(input);
}

/** An entry whole; throws above `maxBytes`. */
export async function readEntry(source: BundleSource, path: string, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of source.chunks(path)) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`${path}: above ${maxBytes} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts, size);
}

/**
 * A bundle whose files are texts that `read` gives by their path, as the sample this package ships.
 * Throws UserError when they are not a bundle.
 */
export function openTexts(name: string, read: (path: string) => string): BundleSource {
  return {
    manifest: checked(name, () => parseManifest(Buffer.from(read(MANIFEST_PATH)))),
    metadata: checked(name, () => parseMetadata(Buffer.from(read(METADATA_PATH)))),
    async *chunks(path) {
      yield Buffer.from(read(path));
    },
    close: async () => {},
  };
}

function unusable(input: string, why: string): UserError {
  return new UserError('input-not-served', `${input}: ${why}`, {
    hint: 'Give a file or a folder; `kubecase verify` says what is wrong with a bundle of ours.',
  });
}

async function openArchive(file: string): Promise<BundleSource | undefined> {
  const indexed = await openIndexed(file).catch((error: unknown) => {
    throw error instanceof FormatVersionError ? unusable(file, error.message) : error;
  });
  if (indexed === undefined) return undefined;
  try {
    const bytes = await indexed.read(METADATA_PATH, METADATA_MAX);
    if (bytes === undefined) throw unusable(file, `${METADATA_PATH} is missing`);
    const metadata = checked(file, () => parseMetadata(bytes));
    return { manifest: indexed.manifest, metadata, chunks: indexed.chunks, close: indexed.close };
  } catch (error) {
    await indexed.close();
    throw error;
  }
}

async function openFolder(folder: string): Promise<BundleSource | undefined> {
  const [manifestBytes, metadataBytes] = await Promise.all(
    [MANIFEST_PATH, METADATA_PATH].map((path) => readFile(join(folder, path)).catch(() => undefined)),
  );
  if (manifestBytes === undefined || metadataBytes === undefined) return undefined;
  const manifest = checked(folder, () => parseManifest(manifestBytes));
  const metadata = checked(folder, () => parseMetadata(metadataBytes));
  const known = new Set(manifest.entries.map(({ path }) => path));
  const root = await realpath(folder);
  return {
    manifest,
    metadata,
    async *chunks(path) {
      if (!known.has(path)) throw new Error(`${path}: is not in the bundle`);
      const place = join(root, path);
      // A link in an unpacked folder may lead anywhere on this machine.
      const real = await realpath(place);
      if (!real.startsWith(root + sep) || !(await lstat(real)).isFile())
        throw new Error(`${path}: is not a file of the bundle`);
      yield* createReadStream(real, { highWaterMark: READ_SIZE }) as AsyncIterable<Buffer>;
    },
    close: async () => {},
  };
}

function checked<T>(input: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UserError('input-not-served', `${input}: ${(error as Error).message}`, { cause: error });
  }
}
