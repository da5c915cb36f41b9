import { createReadStream, type Dirent } from 'node:fs';
import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { EntryGate } from './entry-gate.ts';
import type { ReadSummary } from './entry-sink.ts';

/** See `ReadOptions.ready`. */
type Ready = () => Promise<void> | undefined;

/** Bytes read from a file at a time. */
const READ_SIZE = 1024 * 1024;

/**
 * Reads an unpacked bundle: every regular file below the folder, folders and names in byte order. Links are
 * handed over as links when they lead to something below the same folder (which is read at its own path),
 * and recorded as a problem when they lead elsewhere; no file outside the folder is ever opened.
 */
export async function readDirectory(
  root: string,
  gate: EntryGate,
  { signal, ready }: { readonly signal?: AbortSignal; readonly ready?: Ready } = {},
): Promise<ReadSummary> {
  const base = await realpath(root);
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const below: string[] = [];
    for (const item of await sortedItems(base, folder, gate)) {
      signal?.throwIfAborted();
      if (gate.stopped() !== undefined) return gate.summary({ at: 0, reason: gate.stopped() ?? '' });
      const path = folder === '' ? item.name : `${folder}/${item.name}`;
      if (item.isDirectory()) below.push(path);
      else if (item.isSymbolicLink()) await openLink(base, path, gate);
      else if (item.isFile()) await readFile(base, path, gate, ready);
    }
    folders.push(...below.reverse());
  }
  const stopped = gate.stopped();
  return gate.summary(stopped === undefined ? undefined : { at: 0, reason: stopped });
}

async function sortedItems(base: string, folder: string, gate: EntryGate): Promise<Dirent[]> {
  try {
    const items = await readdir(join(base, folder), { withFileTypes: true });
    return items.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    gate.problem({ code: 'unreadable', message: (error as Error).message, path: folder });
    return [];
  }
}

async function openLink(base: string, path: string, gate: EntryGate): Promise<void> {
  try {
    const target = relative(base, await realpath(join(base, path)));
    if (target === '..' || target.startsWith(`..${sep}`) || isAbsolute(target)) {
      gate.problem({ code: 'link', message: `link out of the bundle: ${path}`, path });
      return;
    }
    const up = '../'.repeat(path.split('/').length - 1);
    gate.open({ path, size: 0, link: up + target.split(sep).join('/') });
    gate.close();
  } catch {
    const target = await readlink(join(base, path)).catch(() => '?');
    gate.problem({ code: 'link', message: `link to nothing: ${path} -> ${target}`, path });
  }
}

async function readFile(base: string, path: string, gate: EntryGate, ready?: Ready): Promise<void> {
  const place = join(base, path);
  try {
    const { size, mtime } = await lstat(place);
    gate.open({ path, size, modified: mtime });
    const sound = await pour(place, size, gate, ready);
    gate.close(sound);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    gate.problem({ code: 'unreadable', message: (error as Error).message, path });
    gate.close(false);
  }
}

/** Reads no more than the size the entry was opened with: a file that grows meanwhile is read as it was. */
async function pour(place: string, size: number, gate: EntryGate, ready?: Ready): Promise<boolean> {
  if (size === 0) return true;
  // A sparse file is as long as it claims to be, and costs its maker nothing.
  if (gate.isIdle()) return false;
  for await (const chunk of createReadStream(place, { highWaterMark: READ_SIZE, end: size - 1 })) {
    if (gate.stopped() !== undefined) return false;
    gate.chunk(chunk as Buffer);
    await ready?.();
    if (gate.isIdle()) return false;
  }
  return true;
}
