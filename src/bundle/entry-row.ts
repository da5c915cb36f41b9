import { resourcesId } from '../model/artifact.ts';
import type { EntryEnding, EntryInput } from './entry-input.ts';
import { documentPath, logPath, resourcePath } from './entry-path.ts';
import type { Filling } from './fill.ts';
import type { ManifestEntry, Truncation } from './manifest.ts';
import type { NoteRedactor } from './redaction.ts';

/** The artifact id an entry is stored under. */
export function artifactOf(entry: EntryInput): string {
  if (entry.type === 'log') return 'logs';
  return entry.type === 'document' ? entry.artifact : resourcesId(entry.group, entry.kind);
}

/** The path an entry is stored at. */
export function pathOf(entry: EntryInput): string {
  const sample = entry.sample ?? 0;
  switch (entry.type) {
    case 'resources':
      return resourcePath(entry.group, entry.resource, entry.scope, sample);
    case 'document':
      return documentPath(entry.artifact, entry.scope, sample, entry.contentType);
    case 'log':
      return logPath(entry.scope, sample);
  }
}

/** What the manifest says of what is missing: the source's own words, or that it broke. */
export function truncationOf(
  filling: Filling,
  ending: EntryEnding,
  note: NoteRedactor,
): Truncation | undefined {
  const { truncation } = ending;
  if (truncation !== undefined) return { ...truncation, reason: note(truncation.reason) };
  if (filling.broken === undefined) return undefined;
  const { broken } = filling;
  return { reason: note(`reading broke off: ${broken instanceof Error ? broken.message : String(broken)}`) };
}

/** The row of the manifest. A list whose source broke is never whole. */
export function manifestEntry(
  entry: EntryInput,
  stored: Pick<ManifestEntry, 'path' | 'size' | 'sha256' | 'member' | 'offset'>,
  filling: Filling,
  ending: EntryEnding,
): ManifestEntry {
  const declared = ending.whole ?? (entry.type === 'resources' ? entry.whole : undefined);
  const { path, size, sha256, member, offset } = stored;
  return {
    path,
    artifact: artifactOf(entry),
    version: entry.version ?? 1,
    scope: entry.scope,
    sample: entry.sample ?? 0,
    whole: filling.broken === undefined ? declared : declared === undefined ? undefined : false,
    observedAt: ending.observedAt,
    size,
    sha256,
    member,
    offset,
    items: filling.items,
    truncation: ending.truncation,
    redactions: Object.keys(filling.counts).length === 0 ? undefined : filling.counts,
  };
}
