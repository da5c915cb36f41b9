/** What a collector has given so far. */
export interface Given {
  /** Logs and documents. */
  readonly entries: number;
  /** Objects of its lists. */
  readonly objects: number;
  /** Uncompressed bytes of both. */
  readonly bytes: number;
}

/** What each collector gave, by its id. */
export interface Tally {
  add(collector: string, given: Partial<Given>): void;
  of(collector: string): Given;
}

const NOTHING: Given = { entries: 0, objects: 0, bytes: 0 };

/** A tally of nothing yet. */
export function createTally(): Tally {
  const sums = new Map<string, Given>();
  const of = (collector: string) => sums.get(collector) ?? NOTHING;
  return {
    of,
    add(collector, { entries = 0, objects = 0, bytes = 0 }) {
      const sum = of(collector);
      sums.set(collector, {
        entries: sum.entries + entries,
        objects: sum.objects + objects,
        bytes: sum.bytes + bytes,
      });
    },
  };
}
