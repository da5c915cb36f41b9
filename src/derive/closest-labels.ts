import { getOrCreate } from '../model/get-or-create.ts';
import { isAlike } from './name-likeness.ts';

type Labels = Readonly<Record<string, string>>;

/** Something labelled that comes near to a selector, and the pairs in which it differs. */
export interface Closest<T> {
  readonly item: T;
  readonly differences: readonly {
    readonly label: string;
    readonly wanted: string;
    readonly found?: string;
  }[];
}

/** Different label sets of a namespace that are looked at: more are generated ones. */
const MAX_SETS = 500;
/** Labels with a value of their own for each pod or revision. */
const GENERATED = /hash$|pod-name$|pod-index$|completion-index$|job-name$|controller-uid$/;

/**
 * The item whose labels come nearest to a selector none matches. Near means: it has at least half of the
 * pairs, or all of the labels with a value that looks like the wanted one. Undefined when none is near.
 */
export function closestLabels<T>(
  items: readonly T[],
  labelsOf: (item: T) => Labels | undefined,
  selector: Labels,
): Closest<T> | undefined {
  const pairs = Object.entries(selector);
  let best: Closest<T> | undefined;
  for (const item of items) {
    const labels = labelsOf(item) ?? {};
    const differences = pairs
      .filter(([label, wanted]) => labels[label] !== wanted)
      .map(([label, wanted]) => {
        const found = labels[label];
        return { label, wanted, ...(found === undefined ? {} : { found }) };
      });
    const matching = pairs.length - differences.length;
    const similar = differences.every(({ wanted, found }) => found !== undefined && isAlike(wanted, found));
    if (matching * 2 < pairs.length && !similar) continue;
    if (differences.length > 0 && (!best || differences.length < best.differences.length))
      best = { item, differences };
  }
  return best;
}

/** One item for each set of labels, labels that controllers generate left aside; at most {@link MAX_SETS}. */
export function distinctLabels<T>(items: Iterable<T>, labelsOf: (item: T) => Labels | undefined): T[] {
  const sets = new Map<string, T>();
  for (const item of items) {
    const pairs = Object.entries(labelsOf(item) ?? {}).filter(([label]) => !GENERATED.test(label));
    getOrCreate(sets, JSON.stringify(pairs.sort()), () => item);
    if (sets.size >= MAX_SETS) break;
  }
  return [...sets.values()];
}
