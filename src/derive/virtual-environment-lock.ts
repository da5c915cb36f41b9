import type { ConfigMapItem, configMaps, PodItem, pods } from '../artifacts/resources.ts';
import type { DeriveContext, Input } from '../model/artifact.ts';
import { isOlder } from '../model/observation.ts';
import { hasEnded } from './pod-readiness.ts';
import { SETTLED_SECONDS } from './virtual-environment-changes.ts';

/** The lock of an operator, which belongs to a pod that does not lead any more. */
export interface LockHolder {
  readonly lock: ConfigMapItem;
  /** Name of the pod the lock belongs to. */
  readonly name: string;
  /** What is known of it, e.g. `which does not exist any more`. */
  readonly state: string;
}

/** Name of the ConfigMap that says who leads (cmd/operator/main.go). */
const LOCK = 'virtual-env-operator-lock';

interface Lists {
  readonly configMaps: Input<typeof configMaps>;
  readonly pods: Input<typeof pods>;
}

/**
 * Whom an operator's pod waits for: the lock is the ConfigMap owned by the leader's pod, which Kubernetes deletes
 * with it. Undefined when the pod leads, another one leads and runs, or a change is under way.
 */
export function lockHolder(
  pod: PodItem,
  lists: Lists,
  context: Pick<DeriveContext, 'age'>,
): LockHolder | undefined {
  const { namespace = '', uid, creationTimestamp } = pod.metadata;
  const found = lists.configMaps.lookup({ namespace, name: LOCK });
  if (found.state !== 'present') return undefined;
  const owner = found.item.metadata.ownerReferences?.find(({ kind }) => kind === 'Pod');
  if (!owner || uid === undefined || owner.uid === uid) return undefined;
  const started = context.age(creationTimestamp, pod);
  if (isOlder(started, SETTLED_SECONDS) !== true) return undefined;
  const leader = lists.pods.lookup({ namespace, name: owner.name });
  const state = stateOf(leader.state === 'present' ? leader.item : leader.state, owner.uid, context);
  return state === undefined ? undefined : { lock: found.item, name: owner.name, state };
}

function stateOf(
  leader: PodItem | 'absent' | 'unseen',
  uid: string,
  { age }: Pick<DeriveContext, 'age'>,
): string | undefined {
  if (leader === 'unseen') return undefined;
  if (leader === 'absent' || (leader.metadata.uid !== undefined && leader.metadata.uid !== uid))
    return 'which does not exist any more';
  const { deletionTimestamp } = leader.metadata;
  if (deletionTimestamp) {
    const deleted = isOlder(age(deletionTimestamp, leader), SETTLED_SECONDS);
    return deleted === true ? 'which is being deleted and does not go' : undefined;
  }
  if (!hasEnded(leader)) return undefined;
  const { reason } = leader.status ?? {};
  return `which has ended${reason ? ` (${reason})` : ''}`;
}
