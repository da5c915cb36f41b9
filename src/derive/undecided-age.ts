import { resourcesId } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { CLUSTER_SCOPE } from '../model/scope.ts';
import { subjectOf } from '../model/subject.ts';

/**
 * Why an object is not judged whose age lies too near a limit for the clock of the bundle, or has none. It keeps
 * an analyzer from `pass`: with a better clock the object might be at fault.
 */
export function undecidedAge(item: ResourceIdentity): Gap {
  const { group, namespace, kind, name } = subjectOf(item);
  return {
    artifact: resourcesId(group, kind),
    scope: namespace === undefined ? CLUSTER_SCOPE : { type: 'namespace', namespace },
    outcome: 'partial',
    reason: `the clock of the bundle does not tell how long it is so with ${name}`,
  };
}
