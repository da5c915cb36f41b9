import { resourcesId } from '../model/artifact.ts';
import { readPath } from './entry-path.ts';
import { openInput } from './input.ts';
import {
  type BundleMetadata,
  FORMAT_VERSION,
  MANIFEST_PATH,
  type Manifest,
  type ManifestEntry,
  METADATA_PATH,
  type MemberInfo,
} from './manifest.ts';
import { parseMetadata } from './manifest-check.ts';
import { createPrefixWalk, type PrefixEntry } from './prefix-entries.ts';
import { prefixMembers } from './prefix-members.ts';

/** What is in a bundle of ours that ends before its record. */
export interface Recordless {
  readonly metadata: BundleMetadata;
  /** Made from what is there: every row says that nobody knows whether it is whole. */
  readonly manifest: Manifest;
}

/** The header of an entry has the time it was read at, where it was known, in whole seconds. */
const FILE_TIME_ERROR = 60;

/** The row of every entry. */
const UNKNOWN = 'it comes from a collection that left no record: whether it is whole is not known';

/**
 * Reads what a killed process, or a broken transfer, left of a bundle: the entries in its whole gzip members.
 * Undefined when the file does not begin as a bundle of ours.
 */
export async function readRecordless(file: string): Promise<Recordless | undefined> {
  const members: MemberInfo[] = [];
  const walk = createPrefixWalk();
  const handle = await openInput(file);
  try {
    for await (const { plain, ...member } of prefixMembers(handle)) {
      members.push(member);
      walk.push(plain);
    }
  } finally {
    await handle.close();
  }
  const [first] = walk.entries;
  const metadata = first?.path === METADATA_PATH ? metadataIn(first.head) : undefined;
  return metadata && { metadata, manifest: manifestOf(members, walk.entries) };
}

function metadataIn(bytes: Buffer): BundleMetadata | undefined {
  try {
    return parseMetadata(bytes);
  } catch {
    return undefined;
  }
}

function manifestOf(members: readonly MemberInfo[], whole: readonly PrefixEntry[]): Manifest {
  const starts = [0];
  for (const { size } of members) starts.push(starts.at(-1)! + size);
  const placeOf = (offset: number) => {
    const member = starts.findLastIndex((start, index) => start <= offset && index < members.length);
    return { member, offset: offset - starts[member]! };
  };
  const entries = whole.map((entry) => ({ ...about(entry), ...placeOf(entry.from) }));
  const end = whole.at(-1)?.to ?? 0;
  // What follows the last whole entry stands in the index as well, so that it is never copied with it.
  if (end < starts.at(-1)!) entries.push({ ...NOTHING, ...placeOf(end) });
  const coverage = entries
    .filter(({ artifact }) => artifact !== '')
    .map(({ artifact, scope, sample }) => ({
      artifact,
      scope,
      sample,
      outcome: 'partial' as const,
      reason: UNKNOWN,
    }));
  const record = { complete: false, expected: [], collectors: [], redactions: {} };
  return { formatVersion: FORMAT_VERSION, ...record, coverage, members, entries };
}

type Unplaced = Omit<ManifestEntry, 'member' | 'offset'>;

/** An entry nobody asks for. */
const NOTHING: Unplaced = {
  path: '',
  artifact: '',
  version: 1,
  scope: { type: 'cluster' },
  sample: 0,
  size: 0,
  sha256: '',
};

/** What path and first line tell of an entry; nothing of one that is not of the cluster. */
function about({ path, size, sha256, head, mtime }: PrefixEntry): Unplaced {
  const meaning = path === MANIFEST_PATH ? undefined : readPath(path);
  const time = new Date(mtime * 1000).toISOString();
  const observedAt = { time, source: 'file-time', errorSeconds: FILE_TIME_ERROR } as const;
  const own = { ...NOTHING, path, size, sha256, observedAt };
  switch (meaning?.type) {
    case 'log':
      return { ...own, artifact: 'logs', scope: meaning.scope, sample: meaning.sample };
    case 'document':
      return { ...own, artifact: meaning.artifact, scope: meaning.scope, sample: meaning.sample };
    case 'resources':
      return { ...own, artifact: kindIn(head), scope: meaning.scope, sample: meaning.sample, whole: false };
    default:
      return own;
  }
}

/** The artifact of a list, by its first line. */
function kindIn(head: Buffer): string {
  const line = head.toString('utf8', 0, 1024);
  const [, kind = '', apiVersion = ''] = /^\{"kind":"(\w+)List","apiVersion":"([^"]+)"/.exec(line) ?? [];
  const [group, version] = apiVersion.split('/');
  return kind === '' ? '' : resourcesId(version === undefined ? '' : (group ?? ''), kind);
}
