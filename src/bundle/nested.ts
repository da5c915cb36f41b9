import { createEntryGate } from './entry-gate.ts';
import type { EntryHandler, EntryHeader, EntrySink, ReadProblem, ReadSummary } from './entry-sink.ts';
import { RATIO_FLOOR_BYTES, type ReadLimits } from './limits.ts';
import { createTarParserSource } from './tar-parser.ts';

/** Opens archives that lie inside the input. */
export interface Nested {
  /** To be given the entries of the input. */
  readonly handler: EntryHandler;
  /** The summary of the input with what was met inside its archives. */
  summary(read: ReadSummary): ReadSummary;
}

/** Endings of the archives that are opened. */
const ENDING = /\.(?:tar\.gz|tgz)$/;

/**
 * Hands on the entries of an input, and instead of each .tar.gz that `opens` says yes to the entries inside it,
 * below its name without the ending. They are read as they stream by; the limits of an input hold for the
 * archives of one input together, and what lies inside them is not opened again.
 */
export function createNested(
  handler: EntryHandler,
  opens: (path: string) => boolean,
  limits: ReadLimits,
): Nested {
  const problems: ReadProblem[] = [];
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

  return {
    handler: {
      onEntry: (header) =>
        header.link === undefined && ENDING.test(header.path) && opens(header.path)
          ? open(header)
          : handler.onEntry(header),
    },
    summary(read) {
      const inside = gate.summary();
      return {
        ...read,
        entries: read.entries + inside.entries,
        bytes: read.bytes + inside.bytes,
        problems: [...read.problems, ...inside.problems, ...problems],
      };
    },
  };
}

/** Compressed bytes between two looks at the limits. */
const STEP = 64 * 1024;
