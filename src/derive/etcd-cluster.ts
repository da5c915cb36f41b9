import { etcdMetrics } from '../artifacts/etcd-metrics.ts';
import {
  type EtcdEndpointHealth,
  type EtcdEndpointStatus,
  type EtcdMember,
  type EtcdStatus,
  etcdStatus,
} from '../artifacts/etcd-status.ts';
import type { Metrics } from '../artifacts/prometheus-text.ts';
import type { Applicability } from '../model/analyzer.ts';
import { type DocumentItem, defineDerived, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ObjectRef, Subject } from '../model/subject.ts';
import { type ComponentInstance, controlPlane } from './control-plane.ts';
import { type CounterLook, counterLooks } from './counter-rates.ts';

/** A value of an etcd-status document with the place it was read from. */
export interface Told<T> {
  readonly value: T;
  readonly document: DocumentItem<EtcdStatus>;
  /** JSON Pointer into the document's value. */
  readonly pointer: string;
}

/** One member of the etcd cluster, or an etcd pod that is not known to be one. */
export interface EtcdMemberView {
  /** Decimal; undefined for a pod of which the id is not known. */
  readonly id?: string;
  readonly name: string;
  /** From the member list; undefined when the list was not read or has no such member. */
  readonly listed?: Told<EtcdMember>;
  readonly instance?: ComponentInstance;
  /** The pod, or the member by name for one without a pod. */
  readonly subject: Subject;
  readonly status?: Told<EtcdEndpointStatus>;
  readonly health?: Told<EtcdEndpointHealth>;
  readonly metrics?: DocumentItem<Metrics>;
  /** What its counters say; present with `metrics`. */
  readonly counters?: CounterLook;
  /** The document of its own pod. */
  readonly own?: DocumentItem<EtcdStatus>;
  /** Whether it answered when it was asked; undefined when nobody asked. */
  readonly answers?: boolean;
  /** Why it did not. */
  readonly failure?: string;
}

/** The etcd cluster behind the API server as far as it was asked. */
export interface EtcdCluster {
  readonly members: readonly EtcdMemberView[];
  readonly documents: readonly DocumentItem<EtcdStatus>[];
  /** Whether a member list was read: then who is a member is known. */
  readonly listed: boolean;
  /** Raised alarms by name, with their member's id; both the list's and the statuses'. */
  readonly alarms: readonly Told<{ readonly memberId: string; readonly alarm: string }>[];
  /** Of the newest member, e.g. `3.5.30`. */
  readonly version?: string;
  /** Whether etcd can be asked about at all; `unseen` when nothing of it is in the bundle. */
  readonly applies: Applicability;
  /** Why etcd's own answers are not there. */
  readonly unasked: readonly Gap[];
  /** Why not every pod was seen that may be a member. */
  readonly unseenPods?: Gap;
}

/** Members, their status, health, metrics and pods joined by id, name and address. */
export const etcdCluster = defineDerived({
  id: 'etcd-cluster',
  title: 'etcd cluster',
  needs: { plane: controlPlane, statuses: optional(etcdStatus), metrics: optional(etcdMetrics) },
  derive({ plane, statuses, metrics }, context): EtcdCluster {
    const documents = statuses.items;
    const instances = plane.of('etcd');
    const looks = new Map(counterLooks(metrics.items, context).map((look) => [look.item, look]));
    const members = joinMembers(documents, instances, [...looks.keys()]).map((member) => {
      const counters = member.metrics && looks.get(member.metrics);
      return counters === undefined ? member : { ...member, counters };
    });
    const version = members
      .flatMap(({ status, own }) => status?.value.version ?? own?.value.version ?? [])
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .at(-1);
    return {
      members,
      documents,
      listed: documents.some(({ value }) => value.members !== undefined),
      alarms: documents.flatMap(alarmsIn),
      ...(version === undefined ? {} : { version }),
      applies: documents.length > 0 || metrics.items.length > 0 ? true : plane.applies('etcd'),
      unasked: documents.length > 0 ? [] : statuses.coverage.gaps,
      ...(plane.unseenPods === undefined ? {} : { unseenPods: plane.unseenPods }),
    };
  },
});

const ALARM_TEXT = /memberID:(\d+) alarm:(\w+)/;

function alarmsIn(document: DocumentItem<EtcdStatus>): EtcdCluster['alarms'][number][] {
  const { value } = document;
  const raised = (value.alarms ?? []).map((alarm, index) => ({
    value: alarm,
    document,
    pointer: `/alarms/${index}`,
  }));
  const told = value.statuses.flatMap(({ errors }, index) =>
    errors.flatMap((error) => {
      const match = ALARM_TEXT.exec(error);
      if (!match) return [];
      return [
        { value: { memberId: match[1]!, alarm: match[2]! }, document, pointer: `/statuses/${index}/errors` },
      ];
    }),
  );
  const health = value.http.flatMap(({ reason }, index) => {
    const alarm = /^ALARM (\w+)/.exec(reason ?? '')?.[1];
    return alarm ? [{ value: { memberId: '', alarm }, document, pointer: `/http/${index}` }] : [];
  });
  const [first] = [raised, told, health].filter((list) => list.length > 0);
  return first ?? [];
}

function joinMembers(
  documents: readonly DocumentItem<EtcdStatus>[],
  instances: readonly ComponentInstance[],
  metrics: readonly DocumentItem<Metrics>[],
): EtcdMemberView[] {
  const ownOf = bySubject(documents);
  const metricsOf = bySubject(metrics);
  const list = documents.find(({ value }) => value.members !== undefined);
  const statuses = statusesById(documents);
  const health = healthByHost(documents);
  const left = new Set(instances);
  const views: EtcdMemberView[] = [];
  for (const [index, member] of (list?.value.members ?? []).entries()) {
    const instance = instances.find((one) => isPodOf(member, one));
    if (instance) left.delete(instance);
    const listed = { value: member, document: list!, pointer: `/members/${index}` };
    const own = instance ? ownOf.get(keyOf(instance)) : documents.find((one) => answeredBy(member, one));
    const subject = instance?.subject ?? (own && podOf(own));
    views.push(
      withAnswer({
        id: member.id,
        name: member.name,
        listed,
        ...(instance ? { instance } : {}),
        subject: subject ?? { external: 'member', name: member.name || member.id },
        status: statuses.get(member.id),
        health: healthOf(member, own, health),
        metrics: subject && metricsOf.get(keyOf({ subject })),
        own,
      }),
    );
  }
  for (const instance of left) {
    const own = ownOf.get(keyOf(instance));
    const status = own && localStatus(own);
    views.push(
      withAnswer({
        ...(status?.value.memberId === undefined ? {} : { id: status.value.memberId }),
        name: instance.node ?? instance.subject.name,
        instance,
        subject: instance.subject,
        status,
        health: own && localHealth(own),
        metrics: metricsOf.get(keyOf(instance)),
        own,
      }),
    );
  }
  return views;
}

function bySubject<T>(items: readonly DocumentItem<T>[]): Map<string, DocumentItem<T>> {
  const found = new Map<string, DocumentItem<T>>();
  for (const item of items) {
    const { scope } = item;
    if (scope.type === 'object') getOrCreate(found, `${scope.namespace ?? ''}/${scope.name}`, () => item);
  }
  return found;
}

function keyOf({ subject }: Pick<ComponentInstance, 'subject'>): string {
  return `${subject.namespace ?? ''}/${subject.name}`;
}

/** Whether a document is what this member told of itself, where its pod was not seen. */
function answeredBy(member: EtcdMember, document: DocumentItem<EtcdStatus>): boolean {
  return localStatus(document)?.value.memberId === member.id;
}

/** The pod that was asked. */
function podOf({ scope }: DocumentItem<EtcdStatus>): ObjectRef | undefined {
  if (scope.type !== 'object' || scope.kind !== 'Pod') return undefined;
  return { group: '', kind: 'Pod', namespace: scope.namespace ?? '', name: scope.name };
}

/** Statuses by member id; what a member says of itself goes before what another got from it. */
function statusesById(
  documents: readonly DocumentItem<EtcdStatus>[],
): ReadonlyMap<string, Told<EtcdEndpointStatus>> {
  const found = new Map<string, Told<EtcdEndpointStatus>>();
  for (const document of documents) {
    for (const [index, status] of document.value.statuses.entries()) {
      const told = { value: status, document, pointer: `/statuses/${index}` };
      if (status.memberId !== undefined) getOrCreate(found, status.memberId, () => told);
    }
  }
  return found;
}

const LOCAL = /^(?:https?:\/\/)?(?:127\.0\.0\.1|localhost|\[::1\])[:/]/;

function healthByHost(documents: readonly DocumentItem<EtcdStatus>[]) {
  const found = new Map<string, Told<EtcdEndpointHealth>>();
  for (const document of documents) {
    for (const [index, health] of document.value.health.entries()) {
      if (LOCAL.test(health.endpoint)) continue;
      const told = { value: health, document, pointer: `/health/${index}` };
      getOrCreate(found, hostOf(health.endpoint), () => told);
    }
  }
  return found;
}

function healthOf(
  member: EtcdMember,
  own: DocumentItem<EtcdStatus> | undefined,
  byHost: ReadonlyMap<string, Told<EtcdEndpointHealth>>,
): Told<EtcdEndpointHealth> | undefined {
  for (const url of member.clientURLs) {
    const found = byHost.get(hostOf(url));
    if (found) return found;
  }
  return own && localHealth(own);
}

function localHealth(document: DocumentItem<EtcdStatus>): Told<EtcdEndpointHealth> | undefined {
  const { health } = document.value;
  const index = health.length === 1 ? 0 : health.findIndex(({ endpoint }) => LOCAL.test(endpoint));
  const value = health[index];
  return value && { value, document, pointer: `/health/${index}` };
}

function localStatus(document: DocumentItem<EtcdStatus>): Told<EtcdEndpointStatus> | undefined {
  const { statuses } = document.value;
  const index = statuses.length === 1 ? 0 : statuses.findIndex(({ endpoint }) => LOCAL.test(endpoint));
  const value = statuses[index];
  return value && { value, document, pointer: `/statuses/${index}` };
}

/** `https://10.0.0.1:2379` → `10.0.0.1:2379`. */
function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

/** kubeadm and OpenShift name a member as its node; RKE2 adds a suffix, so the address decides there. */
function isPodOf(member: EtcdMember, { node, pod }: ComponentInstance): boolean {
  if (member.name !== '' && member.name === node) return true;
  const address = pod?.status?.podIP ?? pod?.status?.hostIP;
  if (address === undefined) return false;
  const host = address.includes(':') ? `[${address}]` : address;
  return [...member.clientURLs, ...member.peerURLs].some((url) => hostOf(url).startsWith(`${host}:`));
}

/** `endpoint health` is false under an alarm too (from 3.5 on): such a member answers. */
function withAnswer(view: EtcdMemberView): EtcdMemberView {
  const { status, health, own } = view;
  if (status || health?.value.healthy || /alarm/i.test(health?.value.error ?? '')) {
    return { ...view, answers: true };
  }
  const failure = health?.value.error ?? unreachableIn(view);
  if (failure !== undefined) return { ...view, answers: false, failure };
  // A reply of any kind, also one that tells of a missing leader, is an answer.
  if (own?.value.http.some(({ ok, reason, checks }) => ok || checks.length > 0 || RAFT.test(reason ?? ''))) {
    return { ...view, answers: true };
  }
  // A refused exec says nothing of etcd: only what etcdctl itself says of the connection does.
  const refused = own?.value.failures.map(({ error }) => error).find((error) => CONNECTION.test(error));
  return refused === undefined ? view : { ...view, answers: false, failure: refused };
}

const RAFT = /^(?:RAFT|RANGE|ALARM|QGET|AUTH) /;
const CONNECTION = /context deadline exceeded|connection refused|unhealthy cluster|request timed out/;

function unreachableIn({ listed }: EtcdMemberView): string | undefined {
  if (!listed) return undefined;
  const hosts = new Set(listed.value.clientURLs.map(hostOf));
  const { unreachable } = listed.document.value;
  return unreachable.find(({ endpoint }) => hosts.has(hostOf(endpoint)))?.error;
}

/** A member id as etcdctl and the logs write it. */
export function hexId(id: string | undefined): string {
  return id === undefined || !/^\d+$/.test(id) ? (id ?? '') : BigInt(id).toString(16);
}
