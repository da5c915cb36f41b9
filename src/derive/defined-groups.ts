import { customResourceDefinitions } from '../artifacts/extension-resources.ts';
import type { Applicability } from '../model/analyzer.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';

/** API groups custom resources are defined in. */
export interface DefinedGroups {
  /** Undefined when not every definition was seen. */
  has(group: string): boolean | undefined;
}

/** The groups of the CustomResourceDefinitions: kinds of an operator that is not installed have none. */
export const definedGroups = defineDerived({
  id: 'defined-groups',
  title: 'Groups of custom resources',
  needs: { definitions: optional(customResourceDefinitions) },
  derive({ definitions }): DefinedGroups {
    // A definition is called `<plural>.<group>`.
    const groups = new Set(
      definitions.items.map(({ metadata: { name } }) => name.slice(name.indexOf('.') + 1)),
    );
    return {
      has(group) {
        if (groups.has(group)) return true;
        return definitions.coverage.complete ? false : undefined;
      },
    };
  },
});

/** Outcomes of kinds nobody looked for: no attempt was made, so that no answer was lost. */
const NOT_LOOKED = new Set(['skipped', 'absent-from-layout']);

/**
 * Whether an analyzer of custom kinds applies where no object of them is seen. Bundles of other tools hold no empty
 * lists of custom kinds: there the definitions tell that none can exist.
 */
export function appliesWithout(
  gaps: readonly Gap[],
  { groups, defined, reason }: { groups: readonly string[]; defined: DefinedGroups; reason: string },
): Applicability {
  if (gaps.length === 0) return { applies: false, reason };
  const unasked = gaps.every(({ outcome }) => NOT_LOOKED.has(outcome));
  const undefinedAll = groups.every((group) => defined.has(group) === false);
  return unasked && undefinedAll ? { applies: false, reason } : { applies: 'unseen', gaps };
}
