import { UserError } from '../model/errors.ts';
import type { Archive } from './archive.ts';
import { copyMembers, type PackedMember } from './copy-members.ts';
import { openIndexed, readMetadata } from './indexed.ts';
import { inputKind } from './input.ts';
import { placeEntries } from './kept-ranges.ts';
import type { BundleMetadata, Manifest, ManifestEntry, MemberInfo } from './manifest.ts';
import { readRecordless } from './recordless.ts';
import { verifyBundle } from './verify.ts';

/** A bundle of ours from which entries go into a new one as they are. */
export interface EarlierBundle {
  readonly file: string;
  readonly manifest: Manifest;
  readonly metadata: BundleMetadata;
  /** True: it ends before its record, so that nobody knows what in it is whole. */
  readonly recordless: boolean;
  /** The bytes of one entry, holding one member at a time. */
  chunks(path: string): AsyncGenerator<Buffer, void>;
  close(): Promise<void>;
}

/**
 * Opens a bundle to go on with. It is checked whole first, since what is copied is not looked at again by those who
 * wrote it; of one that ends early only whole gzip members count. Throws UserError when it is no bundle of ours or is
 * damaged.
 */
export async function openEarlier(file: string): Promise<EarlierBundle> {
  if ((await inputKind(file)) !== 'file')
    throw unusable(file, 'is not a file', 'Give the bundle that `kubecase collect` wrote.');
  const indexed = await openIndexed(file);
  if (indexed === undefined) return openRecordless(file);
  try {
    const { problems } = await verifyBundle(file);
    if (problems[0] !== undefined) throw unusable(file, problems[0]);
    const metadata = await readMetadata(indexed);
    const { manifest, chunks, close } = indexed;
    return { file, manifest, metadata, chunks, close, recordless: false };
  } catch (error) {
    await indexed.close();
    throw error;
  }
}

async function openRecordless(file: string): Promise<EarlierBundle> {
  const found = await readRecordless(file);
  if (found === undefined) {
    // Says what the file is instead.
    const { problems } = await verifyBundle(file);
    throw unusable(file, problems[0] ?? 'it does not begin as a bundle');
  }
  return { file, ...found, recordless: true, chunks: notAsked, close: async () => {} };
}

/** Nothing of a bundle without a record is finished, so no list is read from it. */
function notAsked(path: string): never {
  throw new Error(`${path}: a bundle without a record has no index`);
}

function unusable(
  file: string,
  why: string,
  hint = '`kubecase verify` says what is wrong with a bundle.',
): UserError {
  return new UserError('bundle-not-resumable', `${file}: cannot be resumed: ${why}`, { hint });
}

/** Copies entries into an archive member by member; resolves with their rows as they stand there. */
export async function carryEntries(
  archive: Archive,
  { file, manifest }: Pick<EarlierBundle, 'file' | 'manifest'>,
  kept: ReadonlySet<ManifestEntry>,
  onMember: (size: number) => void,
): Promise<ManifestEntry[]> {
  const entries = manifest.entries.filter((entry) => kept.has(entry));
  if (entries.length === 0) return [];
  const dropped = new Set(manifest.entries.filter((entry) => !kept.has(entry)));
  const members: MemberInfo[] = [];
  async function* counted(): AsyncGenerator<PackedMember> {
    for await (const member of copyMembers(file, manifest, dropped)) {
      members.push({ offset: 0, length: member.bytes.length, size: member.size });
      onMember(member.size);
      yield member;
    }
  }
  const indexes = await archive.insert(counted());
  return placeEntries(entries, manifest, dropped, members).map((entry) => ({
    ...entry,
    member: indexes[entry.member]!,
  }));
}
