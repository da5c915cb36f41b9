import type { ServiceItem } from '../artifacts/network-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import type { Collection } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { hasEnded, isReady, readinessSince } from './pod-readiness.ts';
import type { ServiceBackends } from './service-backends.ts';

/** Whether the API server, which calls Services by name, can reach anything through one. */
export type ServiceReach =
  | { readonly state: 'fine' }
  /** A rollout that began a moment ago, not an outage. */
  | { readonly state: 'passing' }
  | { readonly state: 'unseen'; readonly gap: Gap }
  | { readonly state: 'serviceMissing' }
  | { readonly state: 'portMissing'; readonly service: ServiceItem }
  | {
      readonly state: 'noEndpoints';
      readonly service: ServiceItem;
      /** What should stand behind it: workloads, and pods that are not ready; a few of each. */
      readonly behind: readonly ObjectRef[];
    };

/** What a Service is judged by. */
export interface Reachables {
  readonly services: Collection<ServiceItem>;
  readonly pods: Collection<PodItem>;
  readonly backends: ServiceBackends;
  /** Whether a time is so long ago that what began then has settled; undefined when the clock does not tell. */
  isSettled(time: string | undefined, item: ResourceIdentity): boolean | undefined;
}

/** Judges the Service a webhook, an APIService or a conversion names. */
export function reachOf(
  { namespace, name }: ObjectRef,
  port: number,
  { services, pods, backends, isSettled }: Reachables,
): ServiceReach {
  const found = services.lookup({ ...(namespace === undefined ? {} : { namespace }), name });
  if (found.state === 'absent') return { state: 'serviceMissing' };
  if (found.state === 'unseen') return { state: 'unseen', gap: found.gap };
  const service = found.item;
  // What an external name leads to is not in the bundle.
  if (service.spec?.type === 'ExternalName') return { state: 'fine' };
  if (!(service.spec?.ports ?? []).some((one) => one.port === port)) return { state: 'portMissing', service };
  const listed = backends.endpointsOf(service);
  const selected = backends.podsOf(service).filter((pod) => !hasEnded(pod));
  if (listed ? listed.ready > 0 : selected.some(isReady)) return { state: 'fine' };
  const covered = pods.coverage.covers(namespace);
  if (!listed && covered !== true) return { state: 'unseen', gap: covered };
  if (!listed && !service.spec?.selector) return { state: 'fine' };
  const began = selected.map((pod) => isSettled(readinessSince(pod), pod));
  const old = began.length > 0 ? began.some(Boolean) : isSettled(service.metadata.creationTimestamp, service);
  if (!old) return { state: 'passing' };
  const behind = behindService(service, backends);
  return { state: 'noEndpoints', service, behind };
}

/** Of each kind named: enough to find the cause by. */
const SHOWN = 5;

/** The workloads a Service's selector means, and its pods that have not ended. */
export function behindService(service: ServiceItem, backends: ServiceBackends): ObjectRef[] {
  const workloads = backends.workloadsOf(service) ?? [];
  const pods = backends.podsOf(service).filter((pod) => !hasEnded(pod));
  return [
    ...workloads.slice(0, SHOWN).map((one) => one.subject),
    ...pods.slice(0, SHOWN).map((pod) => subjectOf(pod)),
  ];
}
