import { createHash } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { type FileHandle, lstat, open, realpath, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, UserError } from '../model/errors.ts';

/** What an output that failed leaves on the disk. */
export interface Leftover {
  readonly path: string;
  /** True: a finished bundle that only lacks its name. */
  readonly whole: boolean;
}

/** The bundle while it is written. */
export interface OutputFile {
  /** Where the bytes are until `commit`: `<file>.partial`. */
  readonly partialPath: string;
  /** What would be left under the partial name now. */
  left(): Leftover | undefined;
  /** Bytes its file system has for this user; undefined when it does not say. */
  free(): number | undefined;
  write(bytes: Buffer): Promise<void>;
  /** Makes the file durable and gives it its name. */
  commit(): Promise<{ readonly size: number; readonly sha256: string }>;
  /** Removes what was written. */
  discard(): Promise<void>;
  /** Closes and leaves what was written under the partial name. */
  leave(): Promise<void>;
}

/**
 * Opens `<file>.partial`, mode 0600, beside the file it will become: whatever ends the process, a bundle
 * without its last part never bears the name of a whole one. Throws UserError when it cannot be written.
 */
export async function openOutputFile(file: string): Promise<OutputFile> {
  await refuseOddTarget(file);
  const partialPath = `${file}.partial`;
  const handle = await openPartial(file, partialPath);
  const hash = createHash('sha256');
  let size = 0;
  let open = true;

  async function close(): Promise<void> {
    if (!open) return;
    open = false;
    await handle.close().catch(() => {});
  }

  function left(): Leftover | undefined {
    return size > 0 ? { path: partialPath, whole: false } : undefined;
  }

  return {
    partialPath,
    left,
    free: () => freeBytes(dirname(partialPath)),
    async write(bytes) {
      try {
        await writeAll(handle, bytes);
      } catch (error) {
        throw writeError(file, error, left());
      }
      hash.update(bytes);
      size += bytes.length;
    },
    async commit() {
      try {
        await handle.sync();
        await close();
        await rename(partialPath, file);
      } catch (error) {
        throw writeError(file, error, { path: partialPath, whole: true });
      }
      return { size, sha256: hash.digest('hex') };
    },
    async discard() {
      await close();
      await unlink(partialPath).catch(() => {});
    },
    async leave() {
      await close();
      if (size === 0) await unlink(partialPath).catch(() => {});
    },
  };
}

/** Some file systems tell nothing, or always 0; one that has nothing left refuses the next write. */
function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail > 0 ? bavail * bsize : undefined;
  } catch {
    return undefined;
  }
}

/** A device, pipe or folder is never replaced by renaming. */
async function refuseOddTarget(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found === undefined || found.isFile() || found.isSymbolicLink()) return;
  throw new UserError(
    'output-unwritable',
    `${file}: is ${found.isDirectory() ? 'a folder' : 'not a regular file'}`,
    {
      hint: 'Give the name of a file with --output-file.',
    },
  );
}

/** A partial file left by a killed run is replaced; a link of that name is not followed. */
async function openPartial(file: string, partialPath: string): Promise<FileHandle> {
  try {
    await unlink(partialPath).catch(() => {});
    return await open(partialPath, 'wx', 0o600);
  } catch (error) {
    throw writeError(file, error, undefined);
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  let at = 0;
  while (at < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at);
    at += bytesWritten;
  }
}

/** The user's words for an error of writing; `left` names what remains on disk. */
export function writeError(file: string, error: unknown, left: Leftover | undefined): UserError {
  if (error instanceof UserError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const reason =
    full || code === 'EFBIG'
      ? 'no space left on the disk'
      : code === 'ENOENT' || code === 'ENOTDIR'
        ? 'its folder does not exist'
        : code === 'EACCES' || code === 'EPERM'
          ? 'permission denied'
          : code === 'EROFS'
            ? 'the file system is read-only'
            : code === 'EISDIR'
              ? 'it is a folder'
              : (code ?? (error as Error).message);
  const hint =
    left === undefined
      ? 'Choose another place with --output-file.'
      : left.whole
        ? `The whole bundle is in ${left.path}.`
        : `What was written until then is in ${left.path}, without an index.`;
  return new UserError(full ? 'disk-full' : 'output-unwritable', `${file}: cannot be written: ${reason}`, {
    hint,
    exitCode: left === undefined ? EXIT.usage : EXIT.incomplete,
    cause: error,
  });
}

/** Refuses to write over what is read. */
export async function refuseSameFile(file: string, outputFile: string): Promise<void> {
  const [from, to] = await Promise.all([file, outputFile].map((path) => realpath(path).catch(() => path)));
  if (from === to)
    throw new UserError('output-is-input', `${outputFile}: is the bundle that is read`, {
      hint: 'Give another name with --output-file.',
    });
}
