import { createReadStream, rmSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { ReadLimits } from './limits.ts';
import { type PackedSource, packedBytes } from './unpacking.ts';

/** Bytes read from a file at a time. */
const READ_SIZE = 1024 * 1024;

/** A stream, as a file nobody else can read. */
export interface SpooledFile {
  readonly file: string;
  dispose(): Promise<void>;
}

/**
 * Writes a stream to a private temporary file, which `dispose` and every orderly exit remove. Throws UserError
 * when it does not fit the disk or the limit of a whole input.
 */
export async function spoolToFile(
  source: Omit<PackedSource, 'count'>,
  limits: ReadLimits,
): Promise<SpooledFile> {
  const folder = await mkdtemp(join(tmpdir(), 'kubecase-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const dispose = async () => {
    process.off('exit', remove);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const file = join(folder, 'stdin.zip');
    await write(file, source, limits);
    return { file, dispose };
  } catch (error) {
    await dispose();
    throw spoolError(error);
  }
}

async function write(file: string, source: Omit<PackedSource, 'count'>, limits: ReadLimits): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  const count = { in: 0, out: 0 };
  try {
    for await (const bytes of packedBytes({ ...source, count })) {
      if (count.in > limits.maxTotalBytes)
        throw new UserError('input-too-large', `-: more than ${limits.maxTotalBytes} bytes`);
      await handle.appendFile(bytes);
    }
  } finally {
    await handle.close();
  }
}

function spoolError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new UserError('disk-full', `-: no space left in ${tmpdir()} for a ZIP from standard input`, {
    hint: 'Set TMPDIR to a folder with more room, or give the file itself.',
    cause: error,
  });
}

/** Shows the bytes of a file. */
export async function tapFile(file: string, tap: (bytes: Uint8Array) => void): Promise<void> {
  for await (const chunk of createReadStream(file, { highWaterMark: READ_SIZE })) tap(chunk as Buffer);
}
