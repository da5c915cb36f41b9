import { LimitError } from '../model/errors.ts';
import type { EntryHandler, EntrySink, ReadProblem, ReadSummary } from './entry-sink.ts';
import { checkedPath, type ReadLimits } from './limits.ts';

/** At most this many problems are kept one by one. */
const MAX_PROBLEMS = 1000;

/** What a source of entries says of one before its limits are checked. */
export interface RawEntry {
  readonly path: string;
  readonly size: number;
  readonly modified?: Date;
  /** Link target as written in the source. */
  readonly link?: string;
  /** The input is this one file. */
  readonly alone?: boolean;
}

/** Stands between a source of entries and the handler: checks limits and names, counts, and tells whole from cut. */
export interface EntryGate {
  open(entry: RawEntry): void;
  chunk(bytes: Buffer): void;
  /** Whether nobody wants more bytes of the open entry. */
  isIdle(): boolean;
  /** Ends the open entry; it is complete when exactly the announced bytes came and the source says it is sound. */
  close(sound?: boolean): void;
  problem(problem: ReadProblem): void;
  /** Records a limit of the whole input as reached. */
  stop(code: string, message: string): void;
  /** Set when a limit of the whole input was reached: the source stops. */
  stopped(): string | undefined;
  summary(truncated?: ReadSummary['truncated']): ReadSummary;
}

/** Makes the gate for one reading. */
export function createEntryGate(handler: EntryHandler, limits: ReadLimits): EntryGate {
  const problems: ReadProblem[] = [];
  let entries = 0;
  let bytes = 0;
  let stop: string | undefined;
  let sink: EntrySink | undefined;
  let missing = 0;
  let names = 0;
  let path = '';
  let spent = 0;

  function problem(found: ReadProblem): void {
    if (problems.length < MAX_PROBLEMS) problems.push(found);
  }

  function stopFor(code: string, message: string): void {
    stop ??= message;
    problem({ code, message });
  }

  /** The entry as the handler sees it; undefined when a limit forbids it. */
  function admit(entry: RawEntry): EntrySink | undefined {
    try {
      path = checkedPath(entry.path, limits);
      if (path === '') return undefined;
      if (entry.size > limits.maxEntryBytes)
        throw new LimitError('maxEntryBytes', `${path}: ${entry.size} bytes, above the limit of one entry`);
      const link = entry.link === undefined ? undefined : linkPath(path, entry.link);
      const alone = entry.alone ? { alone: true } : {};
      return handler.onEntry({ path, size: entry.size, modified: entry.modified, link, ...alone });
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      problem({ code: error.limit, message: error.message, path: entry.path.slice(0, 200) });
      return undefined;
    }
  }

  /** Ends an entry that takes too long, as if it were cut here. */
  function leave(): void {
    const ended = sink;
    sink = undefined;
    const message = `${path}: takes more than ${limits.maxEntrySeconds} seconds, the rest of it was left out`;
    problem({ code: 'maxEntrySeconds', message, path });
    ended?.end(false);
  }

  return {
    open(entry) {
      entries++;
      if (entries > limits.maxEntries) {
        stopFor('maxEntries', `more than ${limits.maxEntries} entries`);
        return;
      }
      names += entry.path.length;
      if (names > limits.maxNameBytes) {
        stopFor('maxNameBytes', `more than ${limits.maxNameBytes} bytes of entry names`);
        return;
      }
      missing = entry.size;
      spent = 0;
      sink = admit(entry);
    },
    chunk(part) {
      bytes += part.length;
      missing -= part.length;
      if (bytes > limits.maxTotalBytes) {
        stopFor('maxTotalBytes', `more than ${limits.maxTotalBytes} bytes uncompressed`);
        return;
      }
      if (sink === undefined) return;
      const before = performance.now();
      sink.chunk(part);
      spent += performance.now() - before;
      if (spent > limits.maxEntrySeconds * 1000) leave();
    },
    isIdle: () => sink === undefined || (sink.isIdle?.() ?? false),
    close(sound = true) {
      const ended = sink;
      sink = undefined;
      ended?.end(sound && missing === 0 && stop === undefined);
    },
    problem,
    stop: stopFor,
    stopped: () => stop,
    summary: (truncated) => ({ entries, bytes, truncated, problems }),
  };
}

/** A link target as a path from the root; throws LimitError when it leads out of it. */
function linkPath(path: string, target: string): string {
  if (target.startsWith('/')) throw new LimitError('link', `link to an absolute path: ${path}`);
  const segments = path.split('/').slice(0, -1);
  for (const segment of target.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) throw new LimitError('link', `link out of the bundle: ${path}`);
  }
  return segments.join('/');
}
