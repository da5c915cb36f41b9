import { createInputs } from '../../src/analyze/inputs.ts';
import type { AnyAnalyzer } from '../../src/model/analyzer.ts';
import type { Derived, Input, Needs } from '../../src/model/artifact.ts';
import { type Given, storeOf } from './given.ts';

/** What the engine hands an analyzer that has these needs, over a bundle that holds what is given. */
export function inputsFrom<const N extends Needs>(
  needs: N,
  given: Given,
): { readonly [K in keyof N]: Input<N[K]> } {
  const store = storeOf([{ needs } as unknown as AnyAnalyzer], given);
  return createInputs(store).build(needs) as { readonly [K in keyof N]: Input<N[K]> };
}

/** A derived value over a bundle that holds what is given. */
export function derivedFrom<T, N extends Needs>(derived: Derived<T, N>, given: Given): T {
  return inputsFrom({ derived: derived as Derived }, given).derived as T;
}
