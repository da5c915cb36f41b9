import { endpointSlices, type ServiceItem, services } from '../artifacts/network-resources.ts';
import { nodes, type PodItem, pods } from '../artifacts/resources.ts';
import {
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  replicaSets,
  statefulSets,
} from '../artifacts/workload-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { groupOf, type ObjectRef, subjectKey, subjectOf } from '../model/subject.ts';
import { matchesLabels } from './label-selector.ts';

/** How the objects of the bundle hang together. Keys are those of `subjectKey`. */
export interface ObjectGraph {
  /** Owners from the nearest to the root. */
  owners(key: string): readonly string[];
  /** Everything owned, at any depth. */
  owned(key: string): readonly string[];
  /** The node a pod runs on. */
  nodeOf(podKey: string): string | undefined;
  /** The Services whose selector matches a pod. */
  servicesOf(podKey: string): readonly string[];
  /** The pods a Service's selector matches. */
  podsOf(serviceKey: string): readonly string[];
}

const NODE_KEY = (name: string): string => subjectKey({ group: '', kind: 'Node', name });

/** Owners, placement and Service selection, from whatever kinds were collected. */
export const objectGraph = defineDerived({
  id: 'object-graph',
  title: 'Object graph',
  needs: {
    pods: optional(pods),
    nodes: optional(nodes),
    services: optional(services),
    endpointSlices: optional(endpointSlices),
    replicaSets: optional(replicaSets),
    deployments: optional(deployments),
    statefulSets: optional(statefulSets),
    daemonSets: optional(daemonSets),
    jobs: optional(jobs),
    cronJobs: optional(cronJobs),
  },
  derive(inputs): ObjectGraph {
    const ownerOf = new Map<string, string>();
    const ownedBy = new Map<string, string[]>();
    for (const collection of [
      inputs.pods,
      inputs.replicaSets,
      inputs.deployments,
      inputs.statefulSets,
      inputs.daemonSets,
      inputs.jobs,
      inputs.cronJobs,
    ]) {
      for (const item of collection.items) linkOwner(item, ownerOf, ownedBy);
    }
    const placement = new Map<string, string>();
    for (const pod of inputs.pods.items) {
      if (pod.spec?.nodeName) placement.set(subjectKey(subjectOf(pod)), NODE_KEY(pod.spec.nodeName));
    }
    const { servicesOf, podsOf } = linkServices(inputs.services.items, inputs.pods.items);
    return {
      owners: (key) => chain(key, (one) => ownerOf.get(one)),
      owned: (key) => closure(key, (one) => ownedBy.get(one) ?? []),
      nodeOf: (key) => placement.get(key),
      servicesOf: (key) => servicesOf.get(key) ?? [],
      podsOf: (key) => podsOf.get(key) ?? [],
    };
  },
});

function linkOwner(
  item: ResourceIdentity,
  ownerOf: Map<string, string>,
  ownedBy: Map<string, string[]>,
): void {
  const references = item.metadata.ownerReferences ?? [];
  const reference = references.find((one) => one.controller) ?? references[0];
  if (!reference || reference.kind === 'Node') return;
  const owner: ObjectRef = {
    group: groupOf(reference.apiVersion),
    kind: reference.kind,
    namespace: item.metadata.namespace,
    name: reference.name,
  };
  const key = subjectKey(subjectOf(item));
  ownerOf.set(key, subjectKey(owner));
  getOrCreate(ownedBy, subjectKey(owner), () => []).push(key);
}

/** Selection by labels: of each selector only the pods of its rarest pair are looked at. */
function linkServices(serviceItems: readonly ServiceItem[], podItems: readonly PodItem[]) {
  const servicesOf = new Map<string, string[]>();
  const podsOf = new Map<string, string[]>();
  const podsByLabel = new Map<string, PodItem[]>();
  for (const pod of podItems) {
    for (const [label, value] of Object.entries(pod.metadata.labels ?? {})) {
      getOrCreate(podsByLabel, `${pod.metadata.namespace}/${label}=${value}`, () => []).push(pod);
    }
  }
  for (const service of serviceItems) {
    const selector = service.spec?.selector ?? {};
    if (service.spec?.type === 'ExternalName') continue;
    const key = subjectKey(subjectOf(service));
    const candidates = Object.entries(selector).map(
      ([label, value]) => podsByLabel.get(`${service.metadata.namespace}/${label}=${value}`) ?? [],
    );
    const [rarest = []] = candidates.sort((a, b) => a.length - b.length);
    for (const pod of rarest) {
      if (!matchesLabels(pod.metadata.labels, selector)) continue;
      const podKey = subjectKey(subjectOf(pod));
      getOrCreate(podsOf, key, () => []).push(podKey);
      getOrCreate(servicesOf, podKey, () => []).push(key);
    }
  }
  return { servicesOf, podsOf };
}

function chain(key: string, next: (key: string) => string | undefined): string[] {
  const keys: string[] = [];
  for (let one = next(key); one !== undefined && !keys.includes(one); one = next(one)) keys.push(one);
  return keys;
}

function closure(key: string, next: (key: string) => readonly string[]): string[] {
  const found = new Set<string>();
  const open = [...next(key)];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (found.has(one)) continue;
    found.add(one);
    open.push(...next(one));
  }
  return [...found];
}
