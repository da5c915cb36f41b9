import type { AnyCollector } from '../model/collector.ts';
import { UserError } from '../model/errors.ts';
import { globMatches } from '../model/glob.ts';

/** Which collectors run, and why the others do not. */
export interface Selection {
  /** In the order they run: by priority, then id. */
  readonly selected: readonly AnyCollector[];
  readonly left: readonly { readonly collector: AnyCollector; readonly reason: string }[];
}

/** What the user asked for; globs of ids. */
export interface SelectionOptions {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** Opt-in flags that were given, e.g. `--nodes`. */
  readonly optIns?: readonly string[];
}

const DEFAULT_PRIORITY = 50;

/** Chooses collectors. A glob that matches none is a UserError: a typing slip must not shrink a collection. */
export function selectCollectors(
  collectors: readonly AnyCollector[],
  { only = [], skip = [], optIns = [] }: SelectionOptions,
): Selection {
  for (const [flag, globs] of [['--only', only] as const, ['--skip', skip] as const]) {
    for (const glob of globs) refuseUnknown(collectors, flag, glob);
  }
  const selected: AnyCollector[] = [];
  const left: { collector: AnyCollector; reason: string }[] = [];
  for (const collector of collectors) {
    const reason = reasonToLeave(collector, { only, skip, optIns });
    if (reason === undefined) selected.push(collector);
    else left.push({ collector, reason });
  }
  const priority = (collector: AnyCollector) => collector.meta.priority ?? DEFAULT_PRIORITY;
  selected.sort((a, b) => priority(a) - priority(b) || (a.meta.id < b.meta.id ? -1 : 1));
  return { selected, left };
}

function reasonToLeave(collector: AnyCollector, options: Required<SelectionOptions>): string | undefined {
  const { id, optIn } = collector.meta;
  const { only, skip, optIns } = options;
  if (only.length > 0 && !only.some((glob) => globMatches(glob, id)))
    return 'not among those named with `--only`';
  if (skip.some((glob) => globMatches(glob, id))) return 'left out with `--skip`';
  if (optIn !== undefined && !optIns.includes(optIn)) return `runs only with \`${optIn}\``;
  return undefined;
}

function refuseUnknown(collectors: readonly AnyCollector[], flag: string, glob: string): void {
  if (collectors.some((collector) => globMatches(glob, collector.meta.id))) return;
  const ids = collectors.map((collector) => collector.meta.id).sort();
  throw new UserError('unknown-collector', `${flag} ${glob}: no collector has such an id`, {
    hint: `the ids are ${ids.join(', ')}`,
  });
}
