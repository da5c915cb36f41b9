import type { ServiceItem } from '../artifacts/network-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import type { Coverage, Gap } from '../model/coverage.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { type Closest, closestLabels } from './closest-labels.ts';
import { hasEnded, isReady, readinessSince } from './pod-readiness.ts';
import type { ServiceBackends, WantedPods } from './service-backends.ts';
import { operatorOf } from './service-operator.ts';
import { staleEndpoints } from './stale-endpoints.ts';
import { undecidedAge } from './undecided-age.ts';

type Of<Message extends string, Values> = {
  readonly message: Message;
  readonly values: { readonly service: ObjectRef } & Values;
};

/** Why a Service has no endpoint although something should stand behind it. */
export type ServiceFault =
  | Of<'labelsDiffer', { pod: ObjectRef; wanted: readonly string[]; found: readonly string[] }>
  | Of<'noPodMatches', { selector: readonly string[] }>
  | Of<'podsNotCreated', { workload: ObjectRef; wanted: number }>
  | Of<'noneReady' | 'endpointsNotReady' | 'notPublished', { count: number }>
  | Of<'endpointsStale', { missing: number; dead: number }>
  | Of<'portNotNamed', { count: number; port: readonly string[] }>;

/** Why a Service lawfully has none. */
export type ServiceRest = Of<'scaledToZero', { workload: ObjectRef }> | Of<'onlyEnded', { count: number }>;

/** What stands behind a Service, judged. */
export type ServiceGap =
  | { readonly kind: 'fine'; readonly ready: number }
  | { readonly kind: 'unseen'; readonly reason: string | Gap }
  /** Something began a moment ago: a rollout, not an outage. */
  | { readonly kind: 'passing' }
  | {
      readonly kind: 'rest';
      readonly finding: ServiceRest;
      readonly shown: ResourceIdentity;
      readonly pointer: string;
    }
  | {
      readonly kind: 'fault';
      readonly finding: ServiceFault;
      /** An object that shows it; undefined when it is the absence of pods. */
      readonly shown?: ResourceIdentity;
      readonly pointer: string;
      readonly related: readonly ResourceIdentity[];
      readonly since?: string;
      /** What may stand behind it out of sight: then it is a possibility and no accusation. */
      readonly outOfSight?: string;
    };

/** Whether a time is so long ago that what began then has settled; undefined when the clock does not tell. */
export type IsSettled = (time: string | undefined, item: ResourceIdentity) => boolean | undefined;

/** What a Service is judged by. */
export interface Surroundings {
  readonly backends: ServiceBackends;
  /** Coverage of pods. */
  readonly coverage: Coverage;
  readonly isSettled: IsSettled;
}

/** Judges a Service that has a selector: pods first, since they say why; endpoints where they say more. */
export function serviceGap(service: ServiceItem, surroundings: Surroundings): ServiceGap {
  const { backends, coverage, isSettled } = surroundings;
  const listed = backends.endpointsOf(service);
  const covered = coverage.covers(service.metadata.namespace);
  const stale = covered === true ? staleEndpoints(service, listed, surroundings) : undefined;
  if (stale) return stale;
  if (listed && listed.ready > 0) return { kind: 'fine', ready: listed.ready };
  const values = { service: subjectOf(service) };
  if (covered !== true) {
    if (!listed || listed.total === 0) return { kind: 'unseen', reason: covered.reason };
    const finding = { message: 'endpointsNotReady', values: { ...values, count: listed.total } } as const;
    return { kind: 'fault', finding, shown: listed.items[0], pointer: '', related: [] };
  }
  const matched = backends.podsOf(service);
  const live = matched.filter((pod) => !hasEnded(pod));
  if (live.length === 0) return withoutPods(service, matched, surroundings);
  const ready = live.filter(isReady);
  if (ready.length === 0) {
    const known = listed !== undefined || !service.spec?.publishNotReadyAddresses;
    return known
      ? noneReady(service, live, isSettled)
      : { kind: 'unseen', reason: 'its endpoints were not seen' };
  }
  if (!listed) return { kind: 'fine', ready: ready.length };
  const settled = ready.find((pod) => isSettled(readinessSince(pod), pod));
  if (!settled) return unsettled(service, ready, isSettled);
  const port = unnamedPorts(service, ready);
  const count = ready.length;
  const shown = { shown: settled, pointer: '/spec/containers', related: [] };
  if (port.length > 0) {
    return {
      kind: 'fault',
      finding: { message: 'portNotNamed', values: { ...values, count, port } },
      ...shown,
    };
  }
  const finding = { message: 'notPublished', values: { ...values, count } } as const;
  return { kind: 'fault', finding, ...shown, pointer: '/status/conditions' };
}

function undecided(item: ResourceIdentity): ServiceGap {
  return { kind: 'unseen', reason: undecidedAge(item) };
}

function unsettled(service: ServiceItem, pods: readonly PodItem[], isSettled: IsSettled): ServiceGap {
  const known = pods.every((pod) => isSettled(readinessSince(pod), pod) !== undefined);
  return known ? { kind: 'passing' } : undecided(service);
}

function noneReady(service: ServiceItem, pods: readonly PodItem[], isSettled: IsSettled): ServiceGap {
  const settled = pods.find((pod) => isSettled(readinessSince(pod), pod));
  if (!settled) return unsettled(service, pods, isSettled);
  // It lost its last endpoint when the last of them stopped being ready.
  const times = pods.map(readinessSince).filter((time) => time !== undefined);
  const since = times.sort().at(-1);
  const values = { service: subjectOf(service), count: pods.length };
  return {
    kind: 'fault',
    finding: { message: 'noneReady', values },
    shown: settled,
    pointer: '/status/conditions',
    related: pods,
    ...(since === undefined ? {} : { since }),
  };
}

function withoutPods(
  service: ServiceItem,
  ended: readonly PodItem[],
  surroundings: Surroundings,
): ServiceGap {
  const { backends, isSettled } = surroundings;
  const values = { service: subjectOf(service) };
  const old = isSettled(service.metadata.creationTimestamp, service);
  if (!old) return old === undefined ? undecided(service) : { kind: 'passing' };
  const completed = ended.find((pod) => pod.status?.phase === 'Succeeded');
  if (completed) {
    const finding = { message: 'onlyEnded', values: { ...values, count: ended.length } } as const;
    return { kind: 'rest', finding, shown: completed, pointer: '/status/phase' };
  }
  const workloads = backends.workloadsOf(service);
  const wanting = workloads?.find(({ wanted }) => wanted > 0) ?? workloads?.[0];
  if (wanting?.wanted === 0) {
    const finding = {
      message: 'scaledToZero',
      values: { ...values, workload: wanting.subject },
    } as const;
    return { kind: 'rest', finding, shown: wanting.item, pointer: '/spec' };
  }
  if (ended.length > 0) return noneReady(service, ended, isSettled);
  if (wanting) return notCreated(service, wanting, isSettled);
  const selector = service.spec?.selector ?? {};
  const others = backends.labelledIn(service.metadata.namespace);
  const near = closestLabels(others, (pod) => pod.metadata.labels, selector);
  if (near) return differing(service, near);
  if (!workloads) {
    const reason = backends.workloadsGap(service) ?? 'the workloads of its namespace were not all seen';
    return { kind: 'unseen', reason };
  }
  const finding = { message: 'noPodMatches', values: { ...values, selector: pairs(selector) } } as const;
  const outOfSight = operatorOf(service, backends);
  return { kind: 'fault', finding, pointer: '', related: [], ...(outOfSight ? { outOfSight } : {}) };
}

function notCreated(
  service: ServiceItem,
  { item, wanted, subject }: WantedPods,
  isSettled: IsSettled,
): ServiceGap {
  const old = isSettled(item.metadata.creationTimestamp, item);
  if (!old) return old === undefined ? undecided(service) : { kind: 'passing' };
  const values = { service: subjectOf(service), workload: subject, wanted };
  const finding = { message: 'podsNotCreated', values } as const;
  return { kind: 'fault', finding, shown: item, pointer: '/status', related: [item] };
}

function differing(service: ServiceItem, { item, differences }: Closest<PodItem>): ServiceGap {
  const wanted = differences.map((one) => `${one.label}=${one.wanted}`);
  const found = differences.map((one) =>
    one.found === undefined ? `no ${one.label}` : `${one.label}=${one.found}`,
  );
  const values = { service: subjectOf(service), pod: subjectOf(item), wanted, found };
  const finding = { message: 'labelsDiffer', values } as const;
  return { kind: 'fault', finding, shown: item, pointer: '/metadata/labels', related: [] };
}

/** Target ports by name that no container of the pods has, when the Service has no other port. */
function unnamedPorts({ spec }: ServiceItem, pods: readonly PodItem[]): string[] {
  const named = new Set(
    pods
      .flatMap((pod) => [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])])
      .flatMap((container) => container.ports ?? [])
      .map((port) => port.name),
  );
  const targets = (spec?.ports ?? []).map((port) => String(port.targetPort ?? port.port));
  const missing = targets.filter((target) => !/^\d+$/.test(target) && !named.has(target));
  return missing.length === targets.length ? missing : [];
}

function pairs(selector: Readonly<Record<string, string>>): string[] {
  return Object.entries(selector).map(([label, value]) => `${label}=${value}`);
}
