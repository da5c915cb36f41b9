import { secrets } from '../artifacts/resources.ts';
import { replicaSets } from '../artifacts/workload-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ObjectRef } from '../model/subject.ts';
import { workloadRevisions } from './workload-revisions.ts';

/** When a workload was changed, as far as revisions and releases are kept. */
export interface RolloutTime {
  /** ISO 8601. */
  readonly time: string;
  /** `revision 7` (without a number the name of its ReplicaSet) or `release kong-dp v12`. */
  readonly what: string;
}

/** Rollouts of workloads: ReplicaSets of their revisions, and Helm releases by the names of their Secrets. */
export interface RolloutTimes {
  /** Newest first. `release` is the label `app.kubernetes.io/instance` of the pods. */
  of(workload: ObjectRef, release: string | undefined): readonly RolloutTime[];
  /** Why rollouts of a namespace may be missing; undefined when all that is kept was seen. */
  unseen(namespace: string): Gap | undefined;
}

/** Helm 3 stores each revision of a release as `sh.helm.release.v1.<release>.v<revision>`. */
const RELEASE_SECRET = /^sh\.helm\.release\.v1\.(?<release>.+)\.v(?<revision>\d+)$/;

/** When workloads were rolled out. Only names and times of Helm's Secrets are read. */
export const rolloutTimes = defineDerived({
  id: 'rollout-times',
  title: 'Rollouts of workloads',
  needs: {
    revisions: workloadRevisions,
    replicaSets: optional(replicaSets),
    secrets: optional(secrets),
  },
  derive(inputs): RolloutTimes {
    const releases = new Map<string, RolloutTime[]>();
    for (const { metadata } of inputs.secrets.items) {
      const { release, revision } = RELEASE_SECRET.exec(metadata.name)?.groups ?? {};
      const time = metadata.creationTimestamp;
      if (release === undefined || time === undefined) continue;
      const what = `release ${release} v${revision}`;
      getOrCreate(releases, `${metadata.namespace}/${release}`, () => []).push({ time, what });
    }
    return {
      of(workload, release) {
        const { namespace = '', name } = workload;
        const identity = { apiVersion: 'apps/v1', kind: workload.kind, metadata: { namespace, name } };
        const revisions = inputs.revisions.of(identity).flatMap(({ metadata }): RolloutTime[] => {
          const number = metadata.annotations?.['deployment.kubernetes.io/revision'];
          const what = number === undefined ? `ReplicaSet ${metadata.name}` : `revision ${number}`;
          const time = metadata.creationTimestamp;
          return time === undefined ? [] : [{ time, what }];
        });
        const installed = release === undefined ? [] : (releases.get(`${namespace}/${release}`) ?? []);
        return [...revisions, ...installed].sort((a, b) => b.time.localeCompare(a.time));
      },
      unseen(namespace) {
        const covered = [inputs.replicaSets, inputs.secrets].map(({ coverage }) =>
          coverage.covers(namespace),
        );
        return covered.find((one) => one !== true) as Gap | undefined;
      },
    };
  },
});
