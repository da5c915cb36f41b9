import type { EventItem, PodItem, SecretItem } from '../artifacts/resources.ts';
import type { Collection } from '../model/artifact.ts';
import type { EventIndex } from './event-index.ts';

/** A pull Secret that is not there; with the event that says so when the list of Secrets was not seen. */
export interface MissingPullSecret {
  readonly name: string;
  readonly event?: EventItem;
}

/** The first pull Secret of a pod that is surely missing: by the list of Secrets, else by an event of the kubelet. */
export function missingPullSecret(
  pod: PodItem,
  secrets: Collection<SecretItem>,
  events: EventIndex,
): MissingPullSecret | undefined {
  const { namespace } = pod.metadata;
  for (const { name = '' } of pod.spec?.imagePullSecrets ?? []) {
    const { state } = secrets.lookup({ namespace, name });
    if (state === 'absent') return { name };
    if (state === 'present') continue;
    const event = events.about(pod).find((one) => unread(one).includes(name));
    if (event) return { name, event };
  }
  return undefined;
}

/** With what a pod asks a registry, in words. */
export function pullCredentials(pod: PodItem): string {
  const names = (pod.spec?.imagePullSecrets ?? []).map(({ name }) => name);
  return names.length === 0 ? 'no pull Secret' : `pull Secret ${names.join(', ')}`;
}

/** The kubelet's words: `Unable to retrieve some image pull secrets (a, b); attempting to pull …`. */
function unread({ reason, message = '' }: EventItem): string[] {
  if (reason !== 'FailedToRetrieveImagePullSecret') return [];
  return /image pull secrets \(([^)]*)\)/.exec(message)?.[1]?.split(/,\s*/) ?? [];
}
