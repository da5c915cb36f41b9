import type { EventItem, PodItem } from '../artifacts/resources.ts';
import type { ContainerView } from './containers.ts';
import type { EventIndex } from './event-index.ts';
import { type PullError, readPullError } from './pull-failure.ts';

/** Why a container's image is not pulled, and the event that says so when the status does not. */
export interface PullCause extends PullError {
  readonly image: string;
  readonly event?: EventItem;
}

/**
 * Reads the cause from the waiting message; from the newest event about this image where the message holds
 * none. Kubernetes ≤ 1.31 writes the cause of `ImagePullBackOff` to the event only.
 */
export function pullCause(pod: PodItem, container: ContainerView, events: EventIndex): PullCause {
  const image = container.spec?.image ?? container.status.image;
  const stated = readPullError(container.status.state?.waiting?.message ?? '', image);
  if (stated.failure) return { ...stated, image };
  const event = events
    .about(pod)
    .find((one) => one.reason === 'Failed' && one.message?.startsWith(`Failed to pull image "${image}"`));
  if (!event) return { ...stated, image };
  return { ...readPullError(event.message ?? '', image), image, event };
}
