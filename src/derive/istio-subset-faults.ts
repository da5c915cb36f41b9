import type { DestinationRuleItem, VirtualServiceItem } from '../artifacts/istio-resources.ts';
import type { ServiceItem } from '../artifacts/network-resources.ts';
import type { DeriveContext } from '../model/artifact.ts';
import type { Coverage } from '../model/coverage.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import type { IstioFault } from './istio-fault.ts';
import { unseen } from './istio-fault.ts';
import type { IstioHosts } from './istio-hosts.ts';
import { destinationsOf, isKeptByOperator } from './istio-routes.ts';
import { labelsText } from './istio-scope-conflicts.ts';
import type { IstioWorkloads, SelectedWorkloads } from './istio-workloads.ts';

/** A subset that no pod belongs to. */
export interface SubsetFinding {
  readonly message: 'empty' | 'asleep' | 'unused';
  readonly values: {
    readonly rule: ObjectRef;
    readonly subset: string;
    readonly service: ObjectRef;
    readonly labels: string;
    readonly routes: readonly string[];
    readonly workloads: readonly string[];
  };
}

/** Who sends to a subset of a host: VirtualServices by full host and subset. */
export type SubsetUsers = ReadonlyMap<string, readonly VirtualServiceItem[]>;

/** Labels of the node, not of the pod: Istio adds them to the endpoints (pilot/pkg/serviceregistry/kube, locality). */
const NODE_LABELS = /^(?:topology\.|failure-domain\.|kubernetes\.io\/hostname$|security\.istio\.io\/)/;

const NONE: SelectedWorkloads = { pods: [], asleep: [], machines: [] };

/** VirtualServices by the subsets they send traffic to. */
export function subsetUsers(
  items: readonly VirtualServiceItem[],
  hosts: IstioHosts,
  { safely }: Pick<DeriveContext, 'safely'>,
): SubsetUsers {
  const users = new Map<string, Set<VirtualServiceItem>>();
  for (const item of items) {
    for (const { destination, traffic } of safely(() => [...destinationsOf(item)], [])) {
      if (!destination.subset || !destination.host || traffic === 'mirror') continue;
      const key = subsetKey(hosts.full(destination.host, item.metadata.namespace), destination.subset);
      const known = users.get(key) ?? new Set();
      users.set(key, known.add(item));
    }
  }
  return new Map([...users].map(([key, found]) => [key, [...found]]));
}

/** Subsets of a rule that select none of the pods of their Service. */
export function* subsetFaults(
  rule: DestinationRuleItem,
  around: {
    readonly hosts: IstioHosts;
    readonly workloads: IstioWorkloads;
    readonly users: SubsetUsers;
    readonly routesSeen: Coverage;
  },
): Generator<IstioFault<SubsetFinding>> {
  const { namespace } = rule.metadata;
  const { host, subsets = [] } = rule.spec ?? {};
  if (!host || isKeptByOperator(rule)) return;
  const found = around.hosts.find(host, namespace);
  if (found.state !== 'service' || !hasPods(found.item, around.workloads)) return;
  for (const [index, { name = '', labels = {} }] of subsets.entries()) {
    const pairs = Object.entries(labels);
    if (pairs.length === 0 || pairs.some(([label]) => NODE_LABELS.test(label))) continue;
    const of = found.item.metadata.namespace;
    const wanted = { ...labels, ...found.item.spec?.selector };
    const contradicts = pairs.some(([label, value]) => wanted[label] !== value);
    const { pods, asleep, machines } = contradicts ? NONE : around.workloads.selected(of, wanted);
    if (pods.length > 0 || machines.length > 0) continue;
    const gap = around.workloads.gapOfWorkloads(of);
    if (gap) {
      yield unseen(gap);
      return;
    }
    const routes = around.users.get(subsetKey(around.hosts.full(host, namespace), name)) ?? [];
    const [unread] = routes.length === 0 ? around.routesSeen.gaps : [];
    if (unread) {
      yield unseen(unread);
      return;
    }
    if (routes.length === 0 && asleep.length > 0) continue;
    const message = routes.length === 0 ? 'unused' : asleep.length > 0 ? 'asleep' : 'empty';
    const values = {
      rule: subjectOf(rule),
      subset: name,
      service: subjectOf(found.item),
      labels: labelsText(labels),
      routes: routes.slice(0, 10).map((one) => `${one.metadata.namespace}/${one.metadata.name}`),
      workloads: asleep.slice(0, 10).map((one) => `${one.kind} ${one.metadata.name}`),
    };
    yield {
      kind: 'fault',
      finding: { message, values },
      pointer: `/spec/subsets/${index}`,
      shown: [...routes, found.item, ...asleep]
        .slice(0, 4)
        .map((item) => ({ item, pointer: item === found.item ? '/spec/selector' : '/spec' })),
      related: [subjectOf(found.item), ...routes.slice(0, 10).map((one) => subjectOf(one))],
    };
  }
}

/** A Service without any pod at all is told by its own analyzer; one without a selector has its endpoints by hand. */
function hasPods({ metadata, spec }: ServiceItem, workloads: IstioWorkloads): boolean {
  const { selector = {}, type } = spec ?? {};
  if (type === 'ExternalName' || Object.keys(selector).length === 0) return false;
  return workloads.selected(metadata.namespace, selector).pods.length > 0;
}

function subsetKey(host: string, subset: string): string {
  return `${host} ${subset}`;
}
