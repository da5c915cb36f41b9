import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, lstat, mkdir, readdir, rename, stat, unlink, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { verifyBundle } from '../bundle/verify.ts';

/** Changed when a conversion of the same input becomes another bundle without a new version of the tool. */
const CACHE_FORMAT = 1;

/** Bytes of all bundles kept together; the one used longest ago goes first. */
const MAX_BYTES = 4 * 1024 ** 3;

/** Milliseconds after which a file that a conversion left unfinished is nobody's any more. */
const STALE_MS = 24 * 3600 * 1000;

/** Bytes read from a file at a time. */
const READ_SIZE = 1024 * 1024;

const KEPT = /^[0-9a-f]{64}\.tar\.gz$/;
const UNFINISHED = /^[0-9a-f]{64}-[0-9a-f]{16}\.tar\.gz/;

/** Bundles another tool wrote, in the form they are served in. */
export interface ConvertedCache {
  /** The bundle made of the input the last time, when it is there and still as it was written. */
  find(key: string): Promise<string | undefined>;
  /** Makes the bundle and keeps it; an older one gives way when there are too many. */
  keep(key: string, convert: (outputFile: string) => Promise<void>): Promise<string>;
}

/** The folder for what can be made again: `kubecase/served` below `XDG_CACHE_HOME`, else below `~/.cache`. */
export function cacheFolder(env: Readonly<NodeJS.ProcessEnv> = process.env): string {
  const told = env.XDG_CACHE_HOME ?? '';
  // The specification wants relative paths ignored.
  const base = isAbsolute(told) ? told : join(env.HOME || homedir(), '.cache');
  return join(base, 'kubecase', 'served');
}

/** The name of what is made of an input by this version: it hangs on every byte of it, and for a folder on all names. */
export async function cacheKey(input: string, version: string): Promise<string> {
  const hash = createHash('sha256').update(`${CACHE_FORMAT}\0${version}\0`);
  const found = await stat(input);
  if (!found.isDirectory()) {
    await addFile(hash.update('file\0'), input);
    return hash.digest('hex');
  }
  const entries = await readdir(input, { recursive: true, withFileTypes: true });
  const paths = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  for (const path of paths.sort()) {
    const { size } = await stat(path);
    await addFile(hash.update(`${path.slice(input.length)}\0${size}\0`), path);
  }
  return hash.digest('hex');
}

async function addFile(hash: ReturnType<typeof createHash>, path: string): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: READ_SIZE }))
    hash.update(chunk as Buffer);
}

/**
 * Opens the cache in a folder only its owner can read. Throws when the folder cannot be made, is a link or belongs
 * to somebody else.
 */
export async function openCache(folder: string, maxBytes: number = MAX_BYTES): Promise<ConvertedCache> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const own = await lstat(folder);
  if (!own.isDirectory()) throw new Error(`${folder} is no folder`);
  if (process.getuid && own.uid !== process.getuid()) throw new Error(`${folder} belongs to somebody else`);
  if ((own.mode & 0o077) !== 0) await chmod(folder, 0o700);

  return {
    async find(key) {
      const file = join(folder, `${key}.tar.gz`);
      if (!(await isSound(file))) return undefined;
      const now = new Date();
      await utimes(file, now, now);
      return file;
    },
    async keep(key, convert) {
      const file = join(folder, `${key}.tar.gz`);
      const unfinished = join(folder, `${key}-${randomBytes(8).toString('hex')}.tar.gz`);
      try {
        await convert(unfinished);
        await rename(unfinished, file);
      } catch (error) {
        await remove(unfinished);
        throw error;
      }
      await makeRoom(folder, { kept: `${key}.tar.gz`, maxBytes });
      return file;
    },
  };
}

/** Whether a kept bundle is there and every entry of it is what its manifest says; one that is not is removed. */
async function isSound(file: string): Promise<boolean> {
  const found = await lstat(file).catch(() => undefined);
  if (found === undefined) return false;
  if (found.isFile()) {
    const verified = await verifyBundle(file).catch(() => undefined);
    if (verified?.problems.length === 0) return true;
  }
  await remove(file);
  return false;
}

/** Removes what was used longest ago until the rest fits; never the one in use. */
async function makeRoom(
  folder: string,
  { kept, maxBytes }: { readonly kept: string; readonly maxBytes: number },
): Promise<void> {
  const found: { readonly path: string; readonly size: number; readonly usedAt: number }[] = [];
  let sum = 0;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const one = await lstat(path).catch(() => undefined);
    if (one === undefined) continue;
    if (UNFINISHED.test(name) && Date.now() - one.mtimeMs > STALE_MS) await remove(path);
    if (!KEPT.test(name)) continue;
    sum += one.size;
    if (name !== kept) found.push({ path, size: one.size, usedAt: one.mtimeMs });
  }
  for (const { path, size } of found.sort((a, b) => a.usedAt - b.usedAt)) {
    if (sum <= maxBytes) return;
    await remove(path);
    sum -= size;
  }
}

/** Somebody else may have removed it. */
async function remove(path: string): Promise<void> {
  await unlink(path).catch(() => {});
}
