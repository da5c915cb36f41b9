import type { ServiceItem } from '../artifacts/network-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import { subjectOf } from '../model/subject.ts';
import { hasEnded, isReady, readinessSince } from './pod-readiness.ts';
import type { ListedEndpoints } from './service-backends.ts';
import type { IsSettled, ServiceGap, Surroundings } from './service-gap.ts';

/**
 * The fault of a Service whose slices do not follow its pods: pods that have long been ready are not listed,
 * or pods that have long not been are listed as ready. Ages are taken against the moment the slices were
 * read, since pods and slices are read one after the other. Undefined when they agree or nothing tells.
 */
export function staleEndpoints(
  service: ServiceItem,
  listed: ListedEndpoints | undefined,
  { backends, isSettled }: Surroundings,
): ServiceGap | undefined {
  const slice = listed?.items[0];
  if (!listed?.pods || !slice || listed.ready === 0) return undefined;
  const matched = backends.podsOf(service);
  const live = matched.filter((pod) => !hasEnded(pod));
  const missing = live.filter((pod) => isReady(pod) && !listed.pods?.get(pod.metadata.name) && isSince(pod));
  const publishesAll = service.spec?.publishNotReadyAddresses === true;
  const dead = publishesAll ? [] : live.filter((pod) => isDead(pod) && isSince(pod));
  const wrong = [...missing, ...dead];
  const [shown] = wrong;
  const values = { service: subjectOf(service), missing: missing.length, dead: dead.length };
  const common = { kind: 'fault', pointer: '/endpoints', shown: slice } as const;
  if (shown) {
    const finding = { message: 'endpointsStale', values } as const;
    // The pods that are not listed are well, and those listed in vain are not why they are listed.
    return { ...common, finding, related: [], ...sinceOf(wrong) };
  }
  return allGone(service, listed, { live, backends, isSettled });

  function isDead(pod: PodItem): boolean {
    return !pod.metadata.deletionTimestamp && !isReady(pod) && listed?.pods?.get(pod.metadata.name) === true;
  }
  function isSince(pod: PodItem): boolean {
    return isSettled(readinessSince(pod), slice as NonNullable<typeof slice>) === true;
  }
}

/** Every pod it lists is gone, none has come, and a workload wants some: nobody has kept the slices since. */
function allGone(
  service: ServiceItem,
  listed: ListedEndpoints,
  {
    live,
    backends,
    isSettled,
  }: { live: readonly PodItem[]; backends: Surroundings['backends']; isSettled: IsSettled },
): ServiceGap | undefined {
  const names = [...(listed.pods ?? [])].filter(([, ready]) => ready).map(([name]) => name);
  if (live.length > 0 || names.length === 0 || names.length < listed.ready) return undefined;
  const workload = backends.workloadsOf(service)?.find(({ wanted }) => wanted > 0);
  const unseen = workload ? undefined : backends.workloadsGap(service);
  if (unseen) return { kind: 'unseen', reason: unseen };
  if (!workload || !isSettled(workload.item.metadata.creationTimestamp, workload.item)) return undefined;
  const values = { service: subjectOf(service), missing: 0, dead: names.length };
  const [shown] = listed.items;
  const finding = { message: 'endpointsStale', values } as const;
  return { kind: 'fault', finding, pointer: '/endpoints', related: [], ...(shown ? { shown } : {}) };
}

function sinceOf(pods: readonly PodItem[]): { since?: string } {
  const [since] = pods
    .map(readinessSince)
    .filter((time) => time !== undefined)
    .sort();
  return since === undefined ? {} : { since };
}
