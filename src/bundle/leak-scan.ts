import type { EntrySink } from './entry-sink.ts';
import { createNeedles } from './leak-needles.ts';
import { LEAK_SHAPES } from './leak-shapes.ts';
import { READ_LIMITS } from './limits.ts';
import { readEntries } from './reader.ts';

/** Something secret that got into a finished bundle: where, never what. */
export interface Leak {
  readonly path: string;
  /** Which check found it: `known-value`, or the id of a shape. */
  readonly rule: string;
}

/** Reads a finished bundle again and looks for what must not be in it. */
export interface LeakScanner {
  /** One row per entry that holds something. Throws when the bundle cannot be read to its end. */
  scan(file: string): Promise<readonly Leak[]>;
}

/** Bytes of one piece and the next that are looked at together: shapes are shorter. */
const OVERLAP = 16 * 1024;

/** A scanner for some known values (none without `--known-secrets`) and for the shapes of secrets. */
export function createLeakScanner(values: readonly string[] = []): LeakScanner {
  const needles = createNeedles(values);
  const overlap = Math.max(OVERLAP, needles.longest);

  function ruleIn(bytes: Buffer): string | undefined {
    if (needles.in(bytes)) return 'known-value';
    const text = bytes.toString('latin1');
    return LEAK_SHAPES.find((shape) => shape.isIn(text))?.id;
  }

  return {
    async scan(file) {
      const leaks = new Map<string, string>();
      const summary = await readEntries(
        file,
        {
          onEntry({ path }) {
            const found = (rule: string) => void leaks.set(path, leaks.get(path) ?? rule);
            const rule = ruleIn(Buffer.from(path));
            if (rule !== undefined) found(rule);
            return createSink(overlap, ruleIn, found);
          },
        },
        // Our own archive: however well a log packs, it is read to its end.
        { limits: { ...READ_LIMITS, maxRatio: Number.POSITIVE_INFINITY } },
      );
      const [problem] = summary.problems;
      if (summary.truncated || problem)
        throw new Error(summary.truncated?.reason ?? problem?.message ?? 'the bundle cannot be read again');
      return [...leaks].map(([path, rule]) => ({ path, rule }));
    },
  };
}

function createSink(
  overlap: number,
  ruleIn: (bytes: Buffer) => string | undefined,
  found: (rule: string) => void,
): EntrySink {
  let tail = Buffer.alloc(0);
  let done = false;
  return {
    chunk(bytes) {
      if (done) return;
      const together = tail.length === 0 ? bytes : Buffer.concat([tail, bytes]);
      const rule = ruleIn(together);
      if (rule !== undefined) {
        done = true;
        found(rule);
      }
      tail = Buffer.from(together.subarray(Math.max(0, together.length - overlap)));
    },
    end() {},
  };
}
