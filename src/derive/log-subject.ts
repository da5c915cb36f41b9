import type { Scope } from '../model/scope.ts';
import type { ObjectRef } from '../model/subject.ts';

/** Who wrote a log: the pod of a container, the node of a unit. */
export function logSubject(scope: Scope): ObjectRef | undefined {
  if (scope.type === 'container') {
    const { namespace, pod: name, uid } = scope;
    return { group: '', kind: 'Pod', namespace, name, ...(uid === undefined ? {} : { uid }) };
  }
  return scope.type === 'unit' ? { group: '', kind: 'Node', name: scope.node } : undefined;
}
