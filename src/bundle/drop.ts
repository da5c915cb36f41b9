import { UserError } from '../model/errors.ts';
import { globMatches } from '../model/glob.ts';
import { type EditedBundle, editBundle } from './edit.ts';

/** What the coverage record says of an entry the customer took out. */
export const DROPPED_REASON = 'dropped by the customer';

/**
 * Seals a bundle again without the entries whose path matches one of the globs. Throws UserError when a glob
 * matches nothing, so that a misspelled one does not pass for a removal.
 */
export async function dropEntries(
  file: string,
  globs: readonly string[],
  outputFile: string,
): Promise<EditedBundle> {
  const unmatched = new Set(globs);
  const edited = await editBundle({
    file,
    outputFile,
    drops({ path }) {
      const matching = globs.filter((glob) => globMatches(glob, path));
      for (const glob of matching) unmatched.delete(glob);
      return matching.length > 0;
    },
    row: () => ({ outcome: 'skipped', reason: DROPPED_REASON }),
    check() {
      const [first] = unmatched;
      if (first !== undefined)
        throw new UserError('nothing-to-drop', `--drop ${first}: no entry of ${file} matches`, {
          hint: 'Globs match whole paths as `kubecase inspect` prints them; `*` also stands for slashes.',
        });
    },
  });
  return edited;
}
