import type { EntryHeader } from '../bundle/entry-sink.ts';
import type { ContentEntry } from './layout.ts';

/** How far the modification time of an archive entry may be from the moment of observation, seconds. */
const FILE_TIME_ERROR = 600;

/** The entry, said to be of the time its file was written if nothing else tells and that may be used. */
export function withTime(entry: ContentEntry, header: EntryHeader, useFileTime: boolean): ContentEntry {
  if (entry.observedAt !== undefined || !useFileTime || header.modified === undefined) return entry;
  const time = header.modified.toISOString();
  return { ...entry, observedAt: { time, source: 'file-time', errorSeconds: FILE_TIME_ERROR } };
}
