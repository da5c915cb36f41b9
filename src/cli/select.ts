import { UserError } from '../model/errors.ts';

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

/** Whether an id matches a glob: `*` is any run of characters, the slash included. */
export function globMatches(glob: string, id: string): boolean {
  const pieces = glob.split('*');
  if (pieces.length === 1) return glob === id;
  const first = pieces[0] as string;
  const last = pieces.at(-1) as string;
  if (!id.startsWith(first) || !id.endsWith(last) || id.length < first.length + last.length) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = id.indexOf(piece, from);
    if (at < 0 || at + piece.length > id.length - last.length) return false;
    from = at + piece.length;
  }
  return true;
}
