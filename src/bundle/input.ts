import { type FileHandle, open, stat } from 'node:fs/promises';
import { UserError } from '../model/errors.ts';
import { type Packing, packingOf } from './magic.ts';
import { BLOCK, parseTarHeader } from './tar-header.ts';

/** What kind of input a path names. */
export type InputKind = 'directory' | 'file' | 'stdin';

/** Finds out what a path is; `-` is standard input. Throws UserError when there is nothing to read. */
export async function inputKind(input: string): Promise<InputKind> {
  if (input === '-') return 'stdin';
  try {
    const found = await stat(input);
    if (found.isDirectory()) return 'directory';
    if (found.isFile() && found.size === 0) throw emptyInput(input);
    return 'file';
  } catch (error) {
    throw inputError(input, error);
  }
}

/** Opens a file for reading; every failure is one line for the user. */
export async function openInput(input: string): Promise<FileHandle> {
  try {
    return await open(input, 'r');
  } catch (error) {
    throw inputError(input, error);
  }
}

/** The user's words for an error of the file system met while opening an input. */
export function inputError(input: string, error: unknown): unknown {
  if (error instanceof UserError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new UserError('input-missing', `${input}: no such file or folder`, { cause: error });
  if (code === 'EACCES' || code === 'EPERM')
    return new UserError('input-unreadable', `${input}: permission denied`, { cause: error });
  if (code === 'EISDIR')
    return new UserError('input-unreadable', `${input}: is a folder`, {
      hint: 'Give the name of a file.',
      cause: error,
    });
  return new UserError('input-unreadable', `${input}: cannot be read (${code ?? String(error)})`, {
    cause: error,
  });
}

/** The error for an input of no bytes. */
export function emptyInput(input: string): UserError {
  return new UserError('input-empty', `${input}: is empty`, {
    hint: 'The transfer may have failed; ask for the bundle again.',
  });
}

/** Magic numbers of archives people send that are not read here. */
const OTHERS: readonly { readonly magic: readonly number[]; readonly name: string }[] = [
  { magic: [0x42, 0x5a, 0x68], name: 'a bzip2 archive' },
  { magic: [0x37, 0x7a, 0xbc, 0xaf], name: 'a 7-Zip archive' },
];

/** What archives this can read, for hints. */
const READABLE = 'Give a .tar.gz, .tar, .tar.xz, .tar.zst or .zip, or the folder one was unpacked to.';

/** How the first bytes of a file are packed, if at all. Throws UserError for what is no archive that is read here. */
export function packing(input: string, first: Buffer): Packing | 'tar' {
  const found = packingOf(first);
  if (found !== undefined) return found;
  if (isTarStart(first)) return 'tar';
  const other = OTHERS.find(({ magic }) => magic.every((byte, index) => first[index] === byte));
  const what = other?.name ?? 'neither gzip nor tar, zstd, xz or ZIP';
  throw new UserError('input-not-archive', `${input}: is ${what}`, { hint: READABLE });
}

/** Whether a tar can begin like this; with less than one block, any bytes that fit the beginning. */
export function isTarStart(first: Buffer): boolean {
  if (first.length >= BLOCK) return parseTarHeader(first.subarray(0, BLOCK)) !== undefined;
  // A cut first header: a name of printable characters, then zeros.
  const name = first.subarray(0, 100);
  const nul = name.indexOf(0);
  const text = nul < 0 ? name : name.subarray(0, nul);
  return (
    text.length > 0 &&
    text.every((byte) => byte >= 0x20) &&
    (nul < 0 || name.subarray(nul).every((b) => b === 0))
  );
}

/** The error for a packed file, or a beginning of one, that holds something else than a tar. */
export function notTar(input: string, packed: Packing | 'tar'): UserError {
  const what = packed === 'tar' ? 'is cut' : `is ${packed}`;
  return new UserError('input-not-tar', `${input}: ${what}, but there is no tar archive inside`, {
    hint: READABLE,
  });
}
