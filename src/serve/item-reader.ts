import { itemLines } from './item-lines.ts';
import type { BundleSource } from './source.ts';

/** Reads the items of several lists one after another, as many as are asked for at a time. */
export interface ItemReader {
  /** The next items, in runs; fewer when the lists end. */
  take(count: number): AsyncGenerator<readonly Buffer[]>;
  close(): Promise<void>;
}

/** A reader that begins `skip` items into the first list. */
export function createItemReader(source: BundleSource, paths: readonly string[], skip: number): ItemReader {
  const runs = allRuns(source, paths);
  let left: readonly Buffer[] = [];
  let toSkip = skip;

  async function next(): Promise<readonly Buffer[] | undefined> {
    while (left.length === 0) {
      const step = await runs.next();
      if (step.done) return undefined;
      left = step.value.slice(toSkip);
      toSkip = Math.max(0, toSkip - step.value.length);
    }
    return left;
  }

  return {
    async *take(count) {
      let wanted = count;
      while (wanted > 0) {
        const run = await next();
        if (run === undefined) return;
        const taken = wanted >= run.length ? run : run.slice(0, wanted);
        left = run.slice(taken.length);
        wanted -= taken.length;
        yield taken;
      }
    },
    async close() {
      await runs.return(undefined);
    },
  };
}

async function* allRuns(source: BundleSource, paths: readonly string[]): AsyncGenerator<readonly Buffer[]> {
  for (const path of paths) yield* itemLines(source.chunks(path));
}

/** Readers that wait for the next page of their list; each holds up to a few MiB. */
const KEPT = 4;

/** Keeps readers between pages: without one the list is read again from its beginning, which is only slower. */
export interface ReaderShelf {
  /** Takes a reader off the shelf. */
  take(key: string): ItemReader | undefined;
  put(key: string, reader: ItemReader): void;
}

/** An empty shelf; the longest unused reader makes room. */
export function createReaderShelf(): ReaderShelf {
  const kept = new Map<string, ItemReader>();
  function drop(key: string): void {
    void kept
      .get(key)
      ?.close()
      .catch(() => {});
    kept.delete(key);
  }
  return {
    take(key) {
      const reader = kept.get(key);
      kept.delete(key);
      return reader;
    },
    put(key, reader) {
      drop(key);
      kept.set(key, reader);
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) drop(oldest);
    },
  };
}
