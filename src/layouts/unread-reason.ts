import type { ReadProblem } from '../bundle/entry-sink.ts';
import { APPLE_FILES } from './apple-files.ts';

/** What the problems of a reading say about the whole: links and files of macOS are no loss, all else is. */
export function unreadReason(problems: readonly ReadProblem[]): string | undefined {
  const losses = problems.filter(({ code }) => code !== 'link' && code !== APPLE_FILES);
  const more = losses.length > 1 ? ` (and ${losses.length - 1} more)` : '';
  return losses[0] && `not all of it was read: ${losses[0].message}${more}`;
}
