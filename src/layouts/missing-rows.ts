import type { Manifest } from '../bundle/manifest.ts';
import type { CoverageRow } from '../model/coverage.ts';

/** Rows of what the manifest lists but the bundle does not hold as it was written: lost or cut by some tool. */
export function missingRows(
  manifest: Manifest | undefined,
  sizes: ReadonlyMap<string, number>,
): (CoverageRow & { readonly reason: string })[] {
  return (manifest?.entries ?? []).flatMap(({ path, size, artifact, scope, sample }) => {
    const found = sizes.get(path);
    if (found === size) return [];
    const state = found === undefined ? 'is missing' : `has ${found} bytes`;
    const reason = `${path} ${state}, the manifest lists it with ${size} bytes`;
    return [{ artifact, scope, sample, outcome: 'error', reason } as const];
  });
}
