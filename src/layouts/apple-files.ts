import type { EntryHandler, ReadProblem, ReadSummary } from '../bundle/entry-sink.ts';

/** Code of the problem that says so; nothing of the bundle is lost with them. */
export const APPLE_FILES = 'apple-files';

/** Leaves out what macOS puts beside files when it packs them. */
export interface AppleFilter {
  /** The same entries without such files. */
  without(handler: EntryHandler): EntryHandler;
  /** The summary of the input with how many were left out. */
  summary(read: ReadSummary): ReadSummary;
}

/**
 * Leaves out AppleDouble files (`._pods.yaml` beside `pods.yaml`, all below `__MACOSX/` in a ZIP): their names look
 * like those of a bundle, and what is in them is about the file on that machine.
 */
export function createAppleFilter(): AppleFilter {
  let count = 0;
  let first = '';
  return {
    without: (handler) => ({
      onEntry(header) {
        if (!isAppleFile(header.path)) return handler.onEntry(header);
        count++;
        first ||= header.path;
        return undefined;
      },
    }),
    summary(read) {
      if (count === 0) return read;
      const more = count > 1 ? ` and ${count - 1} more` : '';
      const problem: ReadProblem = {
        code: APPLE_FILES,
        message: `${first}${more}: made by macOS, no part of the bundle`,
        path: first,
      };
      return { ...read, problems: [...read.problems, problem] };
    },
  };
}

function isAppleFile(path: string): boolean {
  return /(?:^|\/)(?:\._[^/]+$|__MACOSX\/)/.test(path);
}
