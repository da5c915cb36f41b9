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

/** Looks for something else in a text, cut where no word is; gives the rule it breaks. */
export type Search = (text: string) => string | undefined;

/** Characters a word or an address is made of, which a piece may cut, and how many of them at most. */
const PART = /[A-Za-z0-9.:_-]/;
const MAX_PART = 512;

/**
 * A scanner for some known values (none without `--known-secrets`) and for the shapes of secrets; `search` is asked for
 * when a bundle is finished, since only then is known what there is to look for.
 */
export function createLeakScanner(values: readonly string[] = [], search?: () => Search): LeakScanner {
  const needles = createNeedles(values);
  const overlap = Math.max(OVERLAP, needles.longest);

  function ruleIn(bytes: Buffer): string | undefined {
    if (needles.in(bytes)) return 'known-value';
    const text = bytes.toString('latin1');
    return LEAK_SHAPES.find((shape) => shape.isIn(text))?.id;
  }

  return {
    async scan(file) {
      const further = search?.();
      const leaks = new Map<string, string>();
      const summary = await readEntries(
        file,
        {
          onEntry({ path }) {
            const found = (rule: string) => void leaks.set(path, leaks.get(path) ?? rule);
            const rule = ruleIn(Buffer.from(path)) ?? further?.(path);
            if (rule !== undefined) found(rule);
            return createSink(overlap, { ruleIn, further }, found);
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

interface Checks {
  readonly ruleIn: (bytes: Buffer) => string | undefined;
  readonly further: Search | undefined;
}

function createSink(overlap: number, { ruleIn, further }: Checks, found: (rule: string) => void): EntrySink {
  let tail = Buffer.alloc(0);
  let isFirst = true;
  let done = false;

  function whole(bytes: Buffer, isLast: boolean): string {
    const text = bytes.toString('latin1');
    return text.slice(isFirst ? 0 : partEnd(text), isLast ? text.length : partStart(text));
  }

  return {
    chunk(bytes) {
      if (done) return;
      const together = tail.length === 0 ? bytes : Buffer.concat([tail, bytes]);
      const rule = ruleIn(together) ?? further?.(whole(together, false));
      isFirst &&= together.length <= overlap;
      if (rule !== undefined) {
        done = true;
        found(rule);
      }
      tail = Buffer.from(together.subarray(Math.max(0, together.length - overlap)));
    },
    end() {
      const rule = done ? undefined : further?.(whole(tail, true));
      if (rule !== undefined) found(rule);
    },
  };
}

/** Where a part begins that a piece may have cut at its end. */
function partStart(text: string): number {
  let at = text.length;
  while (at > Math.max(0, text.length - MAX_PART) && PART.test(text.charAt(at - 1))) at--;
  return at;
}

/** Where a part ends that a piece may have cut at its beginning. */
function partEnd(text: string): number {
  let at = 0;
  while (at < Math.min(text.length, MAX_PART) && PART.test(text.charAt(at))) at++;
  return at;
}
