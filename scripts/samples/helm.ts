import { objectOf } from './object.ts';
import type { ApiObject } from './scenario.ts';

/** A revision of a release, as the labels of its Secret tell it. */
export interface Revision {
  readonly version: number;
  readonly status: string;
  /** Seconds since it was begun, and since its status changed last. */
  readonly age: number;
  readonly changed?: number;
}

/** Seconds since 1970 of the moment of the samples. */
const NOW = 1_772_530_200;

/** The Secrets Helm keeps the revisions of a release in; what they hold is left out, nobody reads it. */
export function releaseSecrets(
  namespace: string,
  release: string,
  revisions: readonly Revision[],
): ApiObject[] {
  return revisions.map(({ version, status, age, changed }) =>
    objectOf(
      {
        kind: 'Secret',
        namespace,
        name: `sh.helm.release.v1.${release}.v${version}`,
        age,
        labels: {
          ...(changed === undefined ? {} : { modifiedAt: String(NOW - changed) }),
          name: release,
          owner: 'helm',
          status,
          version: String(version),
        },
      },
      { type: 'helm.sh/release.v1', data: { release: '' } },
    ),
  );
}
