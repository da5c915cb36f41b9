import { UserError } from '../model/errors.ts';
import type { Manifest, ManifestEntry, MemberInfo } from './manifest.ts';

/** A part of an uncompressed member: start inclusive, end exclusive, in bytes. */
export interface MemberRange {
  readonly from: number;
  readonly to: number;
}

/** Where an entry stands in the uncompressed archive: from its first header to that of the next entry. */
interface Extent {
  readonly entry: ManifestEntry;
  readonly from: number;
  readonly to: number;
}

/** What of each member stays without the dropped entries, in the order of the members. */
export function keptRanges(
  manifest: Manifest,
  dropped: ReadonlySet<ManifestEntry>,
): readonly (readonly MemberRange[])[] {
  const starts = memberStarts(manifest.members);
  const kept: MemberRange[][] = manifest.members.map(() => []);
  for (const { entry, from, to } of extents(manifest)) {
    if (dropped.has(entry)) continue;
    for (let index = entry.member; index < manifest.members.length; index++) {
      const start = starts[index]!;
      if (start >= to) break;
      const range = { from: Math.max(from, start) - start, to: Math.min(to, starts[index + 1]!) - start };
      if (range.to > range.from) kept[index]!.push(range);
    }
  }
  return kept;
}

/** The rows of the kept entries with their positions in the new members. */
export function placeEntries(
  kept: readonly ManifestEntry[],
  manifest: Manifest,
  dropped: ReadonlySet<ManifestEntry>,
  members: readonly MemberInfo[],
): ManifestEntry[] {
  const starts = memberStarts(members);
  const position = new Map<ManifestEntry, { readonly member: number; readonly offset: number }>();
  let at = 0;
  let member = 0;
  for (const { entry, from, to } of extents(manifest)) {
    if (dropped.has(entry)) continue;
    while (member + 1 < members.length && at >= starts[member + 1]!) member++;
    position.set(entry, { member, offset: at - starts[member]! });
    at += to - from;
  }
  return kept.map((entry) => ({ ...entry, ...position.get(entry) }));
}

/** The entries in the order of the archive, without gaps. Throws UserError when the index claims anything else. */
function extents(manifest: Manifest): Extent[] {
  const starts = memberStarts(manifest.members);
  const placed = manifest.entries.map((entry) => ({ entry, from: starts[entry.member]! + entry.offset }));
  placed.sort((a, b) => a.from - b.from);
  const end = starts.at(-1)!;
  return placed.map(({ entry, from }, index) => {
    const to = placed[index + 1]?.from ?? end;
    if ((index === 0 && from !== 0) || to <= from + entry.size)
      throw new UserError('bundle-not-editable', `the index lies about ${entry.path}`, {
        hint: '`kubecase verify` says what is wrong with a bundle.',
      });
    return { entry, from, to };
  });
}

/** Where each member begins in the uncompressed archive, and where the last one ends. */
function memberStarts(members: readonly MemberInfo[]): number[] {
  const starts = [0];
  for (const { size } of members) starts.push(starts.at(-1)! + size);
  return starts;
}
