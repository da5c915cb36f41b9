import { UserError } from '../model/errors.ts';
import { globMatches } from '../model/glob.ts';

interface Unit {
  readonly meta: { readonly id: string };
}

/** The units whose id matches `--only` (all when absent) and does not match `--skip`. Throws UserError for a glob that matches nothing. */
export function selectUnits<T extends Unit>(
  units: readonly T[],
  what: string,
  { only, skip }: { readonly only?: readonly string[]; readonly skip?: readonly string[] },
): readonly T[] {
  for (const [flag, globs] of [
    ['--only', only],
    ['--skip', skip],
  ] as const) {
    for (const glob of globs ?? []) {
      if (units.some((unit) => globMatches(glob, unit.meta.id))) continue;
      throw new UserError('unknown-id', `${flag} ${glob}: no ${what} of that id`, {
        hint: `\`kubecase list ${what}s\` prints the ids.`,
      });
    }
  }
  const wanted = (unit: Unit): boolean => !only || only.some((glob) => globMatches(glob, unit.meta.id));
  const unwanted = (unit: Unit): boolean => (skip ?? []).some((glob) => globMatches(glob, unit.meta.id));
  return units.filter((unit) => wanted(unit) && !unwanted(unit));
}
