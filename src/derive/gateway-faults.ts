import {
  type GatewayClassItem,
  type GatewayItem,
  gatewayClasses,
  gateways,
  type HttpRouteItem,
} from '../artifacts/gateway-resources.ts';
import { type ServiceItem, services } from '../artifacts/network-resources.ts';
import type { Collection } from '../model/artifact.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import type { RouteFault } from './route-fault.ts';

/** What Gateways and HTTPRoutes name. */
export interface GatewaySurroundings {
  readonly services: Collection<ServiceItem>;
  readonly gateways: Collection<GatewayItem>;
  readonly classes: Collection<GatewayClassItem>;
}

const GROUP = 'gateway.networking.k8s.io';
/** Conditions that have to be True, with what their being False means (Gateway API, GEP-1364). */
const WANTED = {
  Accepted: 'notAccepted',
  Programmed: 'notProgrammed',
  ResolvedRefs: 'refsNotResolved',
} as const;
/** A Gateway none of whose routes has come is told by its routes. */
const NO_FAULT_REASONS = new Set(['Pending']);

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly observedGeneration?: number;
}

/** What keeps a GatewayClass from being used. */
export function* gatewayClassFaults(item: GatewayClassItem): Generator<RouteFault> {
  const conditions = item.status?.conditions ?? [];
  yield* conditionFaults(item, conditions, { place: 'its controller', pointer: '/status/conditions' });
  if (isUnclaimed(conditions)) yield unclaimed(item, '/status');
}

/** What keeps a Gateway from taking requests: its class, itself, its listeners. */
export function* gatewayFaults(item: GatewayItem, around: GatewaySurroundings): Generator<RouteFault> {
  const name = item.spec?.gatewayClassName ?? '';
  const found = around.classes.lookup({ name });
  const ref = { group: GROUP, kind: 'GatewayClass', name };
  const route = subjectOf(item);
  if (found.state === 'absent') {
    const finding = { message: 'classMissing', values: { route, class: ref } } as const;
    const absent = { artifact: gatewayClasses, name };
    yield { kind: 'fault', finding, pointer: '/spec/gatewayClassName', absent, related: [ref] };
    return;
  }
  const conditions = item.status?.conditions ?? [];
  if (found.state === 'unseen' && conditions.length === 0) yield { kind: 'unseen', gap: found.gap };
  const related = [ref];
  const where = { place: 'its controller', pointer: '/status/conditions', related };
  const own = [...conditionFaults(item, conditions, where)];
  yield* own;
  for (const [index, listener] of (item.status?.listeners ?? []).entries()) {
    const at = {
      place: `listener ${listener.name}`,
      pointer: `/status/listeners/${index}/conditions`,
      related,
    };
    for (const fault of conditionFaults(item, listener.conditions ?? [], at)) {
      // That a listener is not programmed follows from the Gateway, or from what the listener itself lacks.
      if (fault.kind === 'fault' && fault.finding.message === 'notProgrammed') continue;
      yield fault;
    }
  }
  if (isUnclaimed(conditions)) yield { ...unclaimed(item, '/status'), related };
}

/** What keeps an HTTPRoute from sending requests on: its Gateways, their answer, its Services. */
export function* httpRouteFaults(item: HttpRouteItem, around: GatewaySurroundings): Generator<RouteFault> {
  const parents = item.status?.parents ?? [];
  const route = subjectOf(item);
  let refsTold = false;
  for (const [index, parent] of parents.entries()) {
    const { namespace = item.metadata.namespace, name, kind = 'Gateway', group = GROUP } = parent.parentRef;
    const related = [{ group, kind, namespace, name }];
    const at = {
      place: `${kind} ${namespace}/${name}`,
      pointer: `/status/parents/${index}/conditions`,
      related,
    };
    for (const fault of conditionFaults(item, parent.conditions ?? [], at)) {
      if (fault.kind === 'fault' && fault.finding.message === 'refsNotResolved') refsTold = true;
      yield fault;
    }
  }
  for (const [index, parent] of (item.spec?.parentRefs ?? []).entries()) {
    const { namespace = item.metadata.namespace, name, kind = 'Gateway', group = GROUP } = parent;
    if (kind !== 'Gateway' || group !== GROUP) continue;
    const found = around.gateways.lookup({ namespace, name });
    const ref: ObjectRef = { group: GROUP, kind: 'Gateway', namespace, name };
    const pointer = `/spec/parentRefs/${index}`;
    if (found.state === 'unseen') yield { kind: 'unseen', gap: found.gap };
    if (found.state === 'present' && parents.length === 0)
      yield { ...unclaimed(item, pointer), related: [ref] };
    if (found.state !== 'absent') continue;
    const finding = { message: 'parentMissing', values: { route, parent: ref } } as const;
    yield { kind: 'fault', finding, pointer, absent: { artifact: gateways, namespace, name } };
  }
  if (!refsTold) yield* backendFaults(item, around.services);
}

/** Services behind a route that are not there, where no controller has said so. */
function* backendFaults(item: HttpRouteItem, collection: Collection<ServiceItem>): Generator<RouteFault> {
  const told = new Set<string>();
  for (const [index, { backendRefs = [] }] of (item.spec?.rules ?? []).entries()) {
    for (const { group, kind = 'Service', namespace = item.metadata.namespace, name, port } of backendRefs) {
      const key = `${namespace}/${name}:${port}`;
      if (kind !== 'Service' || group || told.has(key)) continue;
      told.add(key);
      const found = collection.lookup({ namespace, name });
      const service: ObjectRef = { group: '', kind: 'Service', namespace, name };
      const values = { route: subjectOf(item), service };
      const pointer = `/spec/rules/${index}/backendRefs`;
      if (found.state === 'unseen') {
        yield { kind: 'unseen', gap: found.gap };
      } else if (found.state === 'absent') {
        const absent = { artifact: services, namespace, name };
        yield {
          kind: 'fault',
          finding: { message: 'backendMissing', values },
          pointer,
          absent,
          related: [service],
        };
      } else if (port !== undefined && found.item.spec?.type !== 'ExternalName') {
        const ports = found.item.spec?.ports ?? [];
        if (ports.some((one) => one.port === port)) continue;
        const offered = ports.map((one) => String(one.port));
        const finding = {
          message: 'portMissing',
          values: { ...values, port: String(port), offered },
        } as const;
        const shown = { item: found.item, pointer: '/spec/ports' };
        yield { kind: 'fault', finding, pointer, shown, related: [service] };
      }
    }
  }
}

/** Conditions that are False; what was said of an earlier generation is no answer to this one. */
function* conditionFaults(
  item: ResourceIdentity,
  conditions: readonly Condition[],
  at: { readonly place: string; readonly pointer: string; readonly related?: readonly ObjectRef[] },
): Generator<RouteFault> {
  for (const [index, condition] of conditions.entries()) {
    const message = WANTED[condition.type as keyof typeof WANTED];
    const { status, reason = '', message: detail = '', lastTransitionTime: since } = condition;
    if (!message || status !== 'False' || NO_FAULT_REASONS.has(reason)) continue;
    if ((condition.observedGeneration ?? Infinity) < (item.metadata.generation ?? 0)) continue;
    const values = { route: subjectOf(item), place: at.place, reason, detail: detail.replace(/\.$/, '') };
    yield {
      kind: 'fault',
      finding: { message, values },
      pointer: `${at.pointer}/${index}`,
      ...(at.related ? { related: at.related } : {}),
      ...(since ? { since } : {}),
    };
    // The first that is False is the reason of those after it.
    return;
  }
}

/** No controller has looked at it: the default conditions of the CRD, or none at all. */
function isUnclaimed(conditions: readonly Condition[]): boolean {
  const accepted = conditions.find((one) => one.type === 'Accepted');
  return accepted === undefined ? conditions.length === 0 : accepted.status === 'Unknown';
}

function unclaimed(item: ResourceIdentity, pointer: string): Extract<RouteFault, { kind: 'fault' }> {
  const values = { route: subjectOf(item), since: item.metadata.creationTimestamp ?? '' };
  return { kind: 'fault', finding: { message: 'unclaimed', values }, pointer };
}
