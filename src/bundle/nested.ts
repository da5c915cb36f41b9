import { createEntryGate } from './entry-gate.ts';
import type { EntryHandler, EntryHeader, EntrySink, ReadProblem, ReadSummary } from './entry-sink.ts';
import { RATIO_FLOOR_BYTES, type ReadLimits } from './limits.ts';
import { createNestedZips } from './nested-zips.ts';
import { createTarParserSource } from './tar-parser.ts';
import type { ZipContext } from './zip.ts';

/** Opens archives that lie inside the input. */
export interface Nested {
  /** To be given the entries of the input. */
  readonly handler: EntryHandler;
  /** Reads the input, then what of its archives is left, and answers with what was met in all of them. */
  read(
    input: () => Promise<ReadSummary>,
    context?: Pick<ZipContext, 'signal' | 'ready'>,
  ): Promise<ReadSummary>;
}

/** Endings of the archives that are opened. */
const ENDING = /\.(?:tar\.gz|tgz|zip)$/;

/**
 * Hands on the entries of an input, and instead of each .tar.gz or .zip that `opens` says yes to the entries
 * inside it, below its name without the ending. A .tar.gz is read as it streams by, a .zip behind the input, if
 * `opens` then still says so. The limits of an input hold for the archives of one input together, and what lies
 * inside them is not opened again.
 */
export function createNested(
  handler: EntryHandler,
  opens: (path: string) => boolean,
  limits: ReadLimits,
): Nested {
  const problems: ReadProblem[] = [];
  const zips = createNestedZips((problem) => void problems.push(problem));
  let folder = '';
  const gate = createEntryGate(
    {
      onEntry: ({ path, link, ...header }) =>
        handler.onEntry({
          ...header,
          path: `${folder}/${path}`,
          ...(link === undefined ? {} : { link: `${folder}/${link}` }),
        }),
    },
    limits,
  );

  function open({ path }: EntryHeader): EntrySink {
    if (path.endsWith('.zip')) return zips.sink(path);
    folder = path.replace(ENDING, '');
    const tar = createTarParserSource(gate, 'gzip');
    const before = gate.summary().bytes;
    let packed = 0;
    let wanted = true;
    return {
      chunk(bytes) {
        packed += bytes.length;
        for (let at = 0; wanted && at < bytes.length; at += STEP) {
          wanted = tar.write(bytes.subarray(at, at + STEP));
          const inflated = gate.summary().bytes - before;
          if (inflated > RATIO_FLOOR_BYTES && inflated / packed > limits.maxRatio)
            gate.stop('maxRatio', `${path}: inflates to more than ${limits.maxRatio} times its size`);
        }
      },
      end(complete) {
        const reason = tar.end() ?? (complete ? undefined : 'the bundle ends inside it');
        gate.close(false);
        if (reason === undefined || gate.stopped() !== undefined) return;
        problems.push({ code: 'damaged', message: `${path}: ${reason}`, path });
      },
    };
  }

  function summary(read: ReadSummary): ReadSummary {
    const inside = gate.summary();
    return {
      ...read,
      entries: read.entries + inside.entries,
      bytes: read.bytes + inside.bytes,
      problems: [...read.problems, ...inside.problems, ...problems],
    };
  }

  return {
    handler: {
      onEntry: (header) =>
        header.link === undefined && ENDING.test(header.path) && opens(header.path)
          ? open(header)
          : handler.onEntry(header),
    },
    async read(input, context = {}) {
      try {
        const read = await input();
        await zips.read({ ...context, gate, limits }, (path) => {
          folder = path.replace(ENDING, '');
          return opens(path);
        });
        return summary(read);
      } finally {
        zips.dispose();
      }
    },
  };
}

/** Compressed bytes between two looks at the limits. */
const STEP = 64 * 1024;
