import {
  apiServices,
  customResourceDefinitions,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from '../artifacts/extension-resources.ts';
import { gateways, httpRoutes } from '../artifacts/gateway-resources.ts';
import { destinationRules, virtualServices } from '../artifacts/istio-resources.ts';
import { endpointSlices, ingresses, services } from '../artifacts/network-resources.ts';
import { type HorizontalPodAutoscalerItem, horizontalPodAutoscalers } from '../artifacts/policy-resources.ts';
import { nodes, type PodItem, pods } from '../artifacts/resources.ts';
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
import { groupOf, type ObjectRef } from '../model/subject.ts';
import { servicesOfDestinationRule, servicesOfVirtualService } from './istio-links.ts';
import { createLinks, linkMaker } from './object-links.ts';
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
  /** The VirtualServices and DestinationRules of Istio that requests to a Service go by. */
  routesTo(serviceKey: string): readonly string[];
  /** The workload an autoscaler scales. */
  scaleTarget(autoscalerKey: string): string | undefined;
}

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
    virtualServices: optional(virtualServices),
    destinationRules: optional(destinationRules),
    autoscalers: optional(horizontalPodAutoscalers),
  },
  derive(inputs, { safely }): ObjectGraph {
    const linkEach = linkMaker(safely);
    const workloads = [
      inputs.replicaSets,
      inputs.deployments,
      inputs.statefulSets,
      inputs.daemonSets,
      inputs.jobs,
    ];
    const { pods: podItems, services: serviceItems, classes } = inputs;
    const owned = [...workloads, inputs.pods, inputs.cronJobs, inputs.claims, inputs.endpointSlices];
    const owners = createLinks(owned.map(({ items }) => linkEach(items, ownerOf)));
    const placement = createLinks([linkEach(podItems.items, nodeOf)]);
    const selection = createLinks([() => selectPods(serviceItems.items, podItems.items)]);
    const usage = createLinks([
      linkEach(podItems.items, usesOfPod),
      ...workloads.map(({ items }) => linkEach(items, usesOfTemplate)),
      linkEach(inputs.claims.items, (claim) => usesOfClaim(claim, classes.items)),
      linkEach(inputs.volumes.items, classOfVolume),
    ]);
    const backing = createLinks([
      linkEach(inputs.ingresses.items, backendsOfIngress),
      linkEach(inputs.routes.items, backendsOfRoute),
      linkEach(inputs.validating.items, (one) => backendsOfWebhooks(one.webhooks)),
      linkEach(inputs.mutating.items, (one) => backendsOfWebhooks(one.webhooks)),
      linkEach(inputs.apiServices.items, (one) => serviceRef(one.spec?.service)),
      linkEach(inputs.definitions.items, (one) =>
        serviceRef(one.spec?.conversion?.webhook?.clientConfig?.service),
      ),
    ]);
    const routing = createLinks([
      linkEach(inputs.virtualServices.items, servicesOfVirtualService),
      linkEach(inputs.destinationRules.items, servicesOfDestinationRule),
    ]);
    const scaling = createLinks([linkEach(inputs.autoscalers.items, scaleTarget)]);
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
      routesTo: routing.to,
      scaleTarget: (key) => scaling.from(key)[0],
    };
  },
});

/** The node a pod is placed on. */
function nodeOf({ spec }: PodItem): ObjectRef[] {
  return spec?.nodeName ? [{ group: '', kind: 'Node', name: spec.nodeName }] : [];
}

function ownerOf(item: ResourceIdentity): ObjectRef[] {
  const references = item.metadata.ownerReferences ?? [];
  const reference = references.find((one) => one.controller) ?? references[0];
  if (!reference || reference.kind === 'Node') return [];
  const { apiVersion, kind, name } = reference;
  return [{ group: groupOf(apiVersion), kind, namespace: item.metadata.namespace, name }];
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

function scaleTarget({ metadata, spec }: HorizontalPodAutoscalerItem): ObjectRef[] {
  const { apiVersion = '', kind, name } = spec?.scaleTargetRef ?? {};
  if (!kind || !name) return [];
  return [{ group: groupOf(apiVersion), kind, namespace: metadata.namespace, name }];
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
