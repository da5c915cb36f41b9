import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import { collectSink } from './collect-sink.ts';
import type { EntryHeader, EntrySink } from './entry-sink.ts';
import { readFooter } from './footer.ts';
import { inputKind, openInput } from './input.ts';
import { READ_LIMITS, type ReadLimits } from './limits.ts';
import { MAGIC_BYTES, type Packing, packingOf } from './magic.ts';
import { MANIFEST_PATH, type Manifest, METADATA_PATH } from './manifest.ts';
import { parseManifest, parseMetadata } from './manifest-check.ts';
import { readAt, readMember } from './member-file.ts';
import { readEntries } from './reader.ts';
import { parsePax, parseTarHeader } from './tar-header.ts';

/** What a check of a bundle found. */
export interface Verification {
  /** One line each; empty: the bundle is as it was written. */
  readonly problems: readonly string[];
  /** Entries besides the manifest. */
  readonly entries: number;
  /** What the manifest says of the collection; false without a manifest. */
  readonly complete: boolean;
  readonly incompleteReason?: string;
}

/** Problems named one by one. */
const MAX_PROBLEMS = 200;

/** Bytes of metadata.json. */
const METADATA_MAX = 16 * 1024 * 1024;

interface SeenEntry {
  readonly size: number;
  readonly sha256: string;
}

/**
 * Checks a bundle of ours: every entry against size and SHA-256 of the manifest, nothing missing and nothing
 * more, and the index against the archive. Throws UserError when the file cannot be read at all.
 */
export async function verifyBundle(file: string, limits: ReadLimits = READ_LIMITS): Promise<Verification> {
  const problems: string[] = [];
  const seen = new Map<string, SeenEntry>();
  const order: string[] = [];
  let manifest: Manifest | undefined;
  let isOurs = false;

  function checkManifest(bytes: Buffer, _complete: boolean, limit?: Error): void {
    if (limit) problems.push(`${MANIFEST_PATH}: ${limit.message}`);
    else manifest = attempt(problems, MANIFEST_PATH, () => parseManifest(bytes));
  }

  function checkMetadata(bytes: Buffer): void {
    isOurs = attempt(problems, METADATA_PATH, () => parseMetadata(bytes)) !== undefined;
  }

  const kind = await inputKind(file);
  if (kind === 'directory' && !(await hasRecord(file))) throw notOurs(file);
  const summary = await readEntries(
    file,
    {
      onEntry(header) {
        if (seen.has(header.path)) problems.push(`${header.path}: is in the archive twice`);
        order.push(header.path);
        const hashing = hashSink(header, (entry) => seen.set(header.path, entry), problems);
        if (header.path === MANIFEST_PATH)
          return both(hashing, collectSink(limits.maxManifestBytes, checkManifest));
        return header.path === METADATA_PATH
          ? both(hashing, collectSink(METADATA_MAX, checkMetadata))
          : hashing;
      },
    },
    { limits },
  );

  const packed = kind === 'file' ? await packingOfFile(file) : undefined;
  if (!isOurs && manifest === undefined && (kind !== 'file' || (await readFooter(file)) === undefined))
    throw notOurs(file);
  if (summary.truncated) problems.push(`the archive is not whole: ${summary.truncated.reason}`);
  for (const problem of summary.problems) problems.push(problem.message);
  if (manifest === undefined) {
    const why = summary.truncated ? 'the archive ends before it' : 'the collection was cut off';
    problems.push(`${MANIFEST_PATH} is missing: ${why}`);
  } else {
    compareEntries(manifest, seen, problems);
    // Order and index are of the archive: a folder has none, a stream cannot be read twice, and a bundle that was
    // packed into another container has neither.
    if (kind === 'stdin' || packed === 'gzip') compareOrder(order, problems);
    if (packed === 'gzip') await compareIndex(file, manifest, problems);
  }
  return {
    problems: limited(problems),
    entries: Math.max(0, seen.size - (seen.has(MANIFEST_PATH) ? 1 : 0)),
    complete: manifest?.complete ?? false,
    incompleteReason: manifest?.incompleteReason,
  };
}

/** Whether a folder, or one right below it, has a file only bundles of ours have: any other is not read for it. */
async function hasRecord(folder: string): Promise<boolean> {
  const names = [METADATA_PATH, MANIFEST_PATH];
  const children = await readdir(folder, { withFileTypes: true });
  for (const child of children) {
    if (names.includes(child.name)) return true;
    if (!child.isDirectory()) continue;
    const below = await readdir(join(folder, child.name)).catch((): string[] => []);
    if (names.some((name) => below.includes(name))) return true;
  }
  return false;
}

function notOurs(file: string): UserError {
  return new UserError('not-a-bundle', `${file}: is not a kubecase bundle`, {
    hint: 'Only bundles written by kubecase carry what is needed to verify them.',
  });
}

async function packingOfFile(file: string): Promise<Packing | undefined> {
  const handle = await openInput(file);
  try {
    return packingOf(await readAt(handle, 0, MAGIC_BYTES));
  } finally {
    await handle.close();
  }
}

function compareOrder(order: readonly string[], problems: string[]): void {
  if (order[0] !== METADATA_PATH) problems.push(`${METADATA_PATH} is not the first entry`);
  if (order.at(-1) !== MANIFEST_PATH) problems.push(`${MANIFEST_PATH} is not the last entry`);
}

function attempt<T>(problems: string[], path: string, parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    problems.push(`${path}: ${(error as Error).message}`);
    return undefined;
  }
}

function hashSink(header: EntryHeader, done: (entry: SeenEntry) => void, problems: string[]): EntrySink {
  const hash = createHash('sha256');
  let size = 0;
  return {
    chunk(bytes) {
      hash.update(bytes);
      size += bytes.length;
    },
    end(complete) {
      if (!complete) problems.push(`${header.path}: is cut (${size} of ${header.size} bytes)`);
      done({ size, sha256: hash.digest('hex') });
    },
  };
}

function both(first: EntrySink, second: EntrySink): EntrySink {
  return {
    chunk(bytes) {
      first.chunk(bytes);
      second.chunk(bytes);
    },
    end(complete) {
      first.end(complete);
      second.end(complete);
    },
  };
}

function compareEntries(manifest: Manifest, seen: ReadonlyMap<string, SeenEntry>, problems: string[]): void {
  const listed = new Set<string>([MANIFEST_PATH]);
  for (const row of manifest.entries) {
    if (listed.has(row.path)) problems.push(`${row.path}: is in the manifest twice`);
    listed.add(row.path);
    const found = seen.get(row.path);
    if (found === undefined) problems.push(`${row.path}: is missing`);
    else if (found.size !== row.size)
      problems.push(`${row.path}: has ${found.size} bytes, the manifest says ${row.size}`);
    else if (found.sha256 !== row.sha256)
      problems.push(`${row.path}: is not what was written (SHA-256 differs)`);
  }
  for (const path of seen.keys()) if (!listed.has(path)) problems.push(`${path}: is not in the manifest`);
}

/** Compares members and positions with the file, member by member. */
async function compareIndex(file: string, manifest: Manifest, problems: string[]): Promise<void> {
  if ((await readFooter(file)) === undefined)
    problems.push('the footer is missing: the index cannot be found');
  const byMember = Map.groupBy(manifest.entries, (row) => row.member);
  const handle = await openInput(file);
  try {
    for (const [index, member] of manifest.members.entries()) {
      const bytes = await readMember(handle, member);
      if (bytes === undefined) problems.push(`index: member ${index} is not where the manifest says`);
      for (const row of bytes === undefined ? [] : (byMember.get(index) ?? [])) {
        if (!hasHeader(bytes!, row.offset, row.path))
          problems.push(`${row.path}: is not where the manifest says`);
      }
    }
  } finally {
    await handle.close();
  }
}

/** Whether the tar header (or the pax header in front of it) of a path begins at an offset. */
function hasHeader(bytes: Buffer, offset: number, path: string): boolean {
  if (offset + 512 > bytes.length) return false;
  const header = parseTarHeader(bytes.subarray(offset, offset + 512));
  if (!header) return false;
  if (header.type !== 'x') return header.path === path;
  const body = bytes.subarray(offset + 512, offset + 512 + header.size);
  const pax = body.length === header.size ? parsePax(body) : undefined;
  // A pax header over a member border is rare; reading by index checks it in full.
  return pax === undefined || pax.get('path') === undefined || pax.get('path') === path;
}

function limited(problems: readonly string[]): readonly string[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  return [...problems.slice(0, MAX_PROBLEMS), `and ${problems.length - MAX_PROBLEMS} more`];
}
