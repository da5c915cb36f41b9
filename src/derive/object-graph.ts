import {
  apiServices,
  customResourceDefinitions,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from '../artifacts/extension-resources.ts';
import { gateways, httpRoutes } from '../artifacts/gateway-resources.ts';
import { endpointSlices, ingresses, services } from '../artifacts/network-resources.ts';
import { horizontalPodAutoscalers } from '../artifacts/policy-resources.ts';
import { nodes, pods } from '../artifacts/resources.ts';
import { persistentVolumeClaims, persistentVolumes, storageClasses } from '../artifacts/storage-resources.ts';
import {
  cronJobs,
  daemonSets,
  deployments,
  jobs,
  replicaSets,
  statefulSets,
} from '../artifacts/workload-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { groupOf, type ObjectRef, subjectKey, subjectOf } from '../model/subject.ts';
import { createLinks } from './object-links.ts';
import { backendsOfIngress, backendsOfRoute, backendsOfWebhooks } from './service-links.ts';
import { selectPods } from './service-selection.ts';
import { usesOfClaim, usesOfPod, usesOfTemplate } from './used-objects.ts';

/** How the objects of the bundle hang together. Keys are those of `subjectKey`. */
export interface ObjectGraph {
  /** Owners from the nearest to the root. */
  owners(key: string): readonly string[];
  /** Everything owned, at any depth. */
  owned(key: string): readonly string[];
  /** The node a pod runs on. */
  nodeOf(podKey: string): string | undefined;
  /** The pods placed on a node. */
  podsOn(nodeKey: string): readonly string[];
  /** The Services whose selector matches a pod. */
  servicesOf(podKey: string): readonly string[];
  /** The pods a Service's selector matches. */
  podsOf(serviceKey: string): readonly string[];
  /** What an object mounts or names: a pod's Secrets, ConfigMaps, claims, ServiceAccount; a claim's volume and class. */
  uses(key: string): readonly string[];
  /** The objects that mount or name this one. */
  usersOf(key: string): readonly string[];
  /** The Services behind a webhook configuration, an APIService, an Ingress, a route or a CRD's conversion. */
  backends(key: string): readonly string[];
  /** What calls or routes through a Service. */
  frontends(serviceKey: string): readonly string[];
  /** The workload an autoscaler scales. */
  scaleTarget(autoscalerKey: string): string | undefined;
}

const NODE_KEY = (name: string): string => subjectKey({ group: '', kind: 'Node', name });

/** Relations of all objects, from whatever kinds were collected; each is built on its first use. */
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
    claims: optional(persistentVolumeClaims),
    volumes: optional(persistentVolumes),
    classes: optional(storageClasses),
    ingresses: optional(ingresses),
    gateways: optional(gateways),
    routes: optional(httpRoutes),
    validating: optional(validatingWebhookConfigurations),
    mutating: optional(mutatingWebhookConfigurations),
    apiServices: optional(apiServices),
    definitions: optional(customResourceDefinitions),
    autoscalers: optional(horizontalPodAutoscalers),
  },
  derive(inputs): ObjectGraph {
    const workloads = [
      inputs.replicaSets,
      inputs.deployments,
      inputs.statefulSets,
      inputs.daemonSets,
      inputs.jobs,
    ];
    const owners = createLinks(() => {
      const owned = [...workloads, inputs.pods, inputs.cronJobs, inputs.claims, inputs.endpointSlices];
      return owned.flatMap(({ items }) => (items as readonly ResourceIdentity[]).flatMap(ownerLink));
    });
    const placement = createLinks(() =>
      inputs.pods.items.flatMap((pod) =>
        pod.spec?.nodeName ? [[keyOf(pod), NODE_KEY(pod.spec.nodeName)] as const] : [],
      ),
    );
    const selection = createLinks(() => selectPods(inputs.services.items, inputs.pods.items));
    const usage = createLinks(() => [
      ...inputs.pods.items.flatMap((pod) => fromOne(pod, usesOfPod(pod))),
      ...workloads.flatMap(({ items }) =>
        items.flatMap((workload) => fromOne(workload, usesOfTemplate(workload))),
      ),
      ...inputs.claims.items.flatMap((claim) => fromOne(claim, usesOfClaim(claim, inputs.classes.items))),
      ...inputs.volumes.items.flatMap((volume) => fromOne(volume, classOfVolume(volume))),
    ]);
    const backing = createLinks(() => [
      ...inputs.ingresses.items.flatMap((one) => fromOne(one, backendsOfIngress(one))),
      ...inputs.routes.items.flatMap((one) => fromOne(one, backendsOfRoute(one))),
      ...[...inputs.validating.items, ...inputs.mutating.items].flatMap((one) =>
        fromOne(one, backendsOfWebhooks(one.webhooks)),
      ),
      ...inputs.apiServices.items.flatMap((one) => fromOne(one, serviceRef(one.spec?.service))),
      ...inputs.definitions.items.flatMap((one) =>
        fromOne(one, serviceRef(one.spec?.conversion?.webhook?.clientConfig?.service)),
      ),
    ]);
    const scaling = createLinks(() =>
      inputs.autoscalers.items.flatMap((one) => fromOne(one, scaleTarget(one, one.spec?.scaleTargetRef))),
    );
    return {
      owners: (key) => chain(key, (one) => owners.from(one)[0]),
      owned: (key) => closure(key, owners.to),
      nodeOf: (key) => placement.from(key)[0],
      podsOn: placement.to,
      servicesOf: selection.to,
      podsOf: selection.from,
      uses: usage.from,
      usersOf: usage.to,
      backends: backing.from,
      frontends: backing.to,
      scaleTarget: (key) => scaling.from(key)[0],
    };
  },
});

function keyOf(item: ResourceIdentity): string {
  return subjectKey(subjectOf(item));
}

function fromOne(item: ResourceIdentity, refs: readonly ObjectRef[]): (readonly [string, string])[] {
  if (refs.length === 0) return [];
  const from = keyOf(item);
  return [...new Set(refs.map(subjectKey))].map((to) => [from, to] as const);
}

function ownerLink(item: ResourceIdentity): (readonly [string, string])[] {
  const references = item.metadata.ownerReferences ?? [];
  const reference = references.find((one) => one.controller) ?? references[0];
  if (!reference || reference.kind === 'Node') return [];
  const { apiVersion, kind, name } = reference;
  return fromOne(item, [{ group: groupOf(apiVersion), kind, namespace: item.metadata.namespace, name }]);
}

function serviceRef(
  service: { readonly namespace?: string; readonly name?: string } | undefined,
): ObjectRef[] {
  const { namespace, name } = service ?? {};
  return name === undefined ? [] : [{ group: '', kind: 'Service', namespace, name }];
}

function classOfVolume(volume: { readonly spec?: { readonly storageClassName?: string } }): ObjectRef[] {
  const name = volume.spec?.storageClassName;
  return name ? [{ group: 'storage.k8s.io', kind: 'StorageClass', name }] : [];
}

function scaleTarget(
  item: ResourceIdentity,
  target: { readonly apiVersion?: string; readonly kind: string; readonly name: string } | undefined,
): ObjectRef[] {
  if (!target) return [];
  const { apiVersion = '', kind, name } = target;
  return [{ group: groupOf(apiVersion), kind, namespace: item.metadata.namespace, name }];
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
