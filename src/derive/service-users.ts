import {
  apiServices,
  customResourceDefinitions,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from '../artifacts/extension-resources.ts';
import { httpRoutes } from '../artifacts/gateway-resources.ts';
import { ingresses, type ServiceItem, services } from '../artifacts/network-resources.ts';
import { type PodItem, pods } from '../artifacts/resources.ts';
import { defineDerived, type Inputs, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { matchesLabels } from './label-selector.ts';
import { backendsOfRoute } from './service-links.ts';

/** A place that names a Service. */
export interface ServiceUser {
  readonly item: ResourceIdentity;
  /** JSON Pointer to the field that names it. */
  readonly pointer: string;
}

/** Who needs which Service, as far as the objects tell. What uses it without naming it is not seen. */
export interface ServiceUsers {
  usersOf(service: ServiceItem): readonly ServiceUser[];
}

/** Kept of one Service: enough to cite. */
const MAX_USERS = 5;
const HOST = /(^|\/\/|@|[\s,;=])([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)((?:\.[a-z0-9-]+)*)(:\d+)?/g;
/** Without one of these a text names no host, unless the whole of it is one. */
const HOST_MARK = /[.:@]|\/\//;
/** Environment variables whose whole value is a host name. */
const HOST_VARIABLE = /(?:HOST|HOSTNAME|ADDR|ADDRESS|SERVER|ENDPOINT|SERVICE|UPSTREAM)$/i;

const needs = {
  services: optional(services),
  pods: optional(pods),
  ingresses: optional(ingresses),
  apiServices: optional(apiServices),
  validating: optional(validatingWebhookConfigurations),
  mutating: optional(mutatingWebhookConfigurations),
  definitions: optional(customResourceDefinitions),
  routes: optional(httpRoutes),
};

/** References to Services: Ingresses, routes, webhooks, APIServices, CRD conversions, and host names in commands and environment of pods. */
export const serviceUsers = defineDerived({
  id: 'service-users',
  title: 'Users of Services',
  needs,
  derive(inputs): ServiceUsers {
    let users: ReadonlyMap<string, readonly ServiceUser[]> | undefined;
    return {
      usersOf(service) {
        // Asked only about Services in trouble: most clusters never pay for reading every environment.
        users ??= findUsers(inputs);
        return users.get(keyOf(service.metadata)) ?? [];
      },
    };
  },
});

function findUsers(inputs: Inputs<typeof needs>): ReadonlyMap<string, readonly ServiceUser[]> {
  const known = new Map(inputs.services.items.map((service) => [keyOf(service.metadata), service]));
  const users = new Map<string, ServiceUser[]>();
  function note(namespace: string | undefined, name: string | undefined, user: ServiceUser): void {
    const key = keyOf({ namespace, name: name ?? '' });
    if (!known.has(key)) return;
    const list = getOrCreate(users, key, () => []);
    if (list.length < MAX_USERS) list.push(user);
  }
  for (const item of inputs.ingresses.items) {
    const { namespace } = item.metadata;
    note(namespace, item.spec?.defaultBackend?.service?.name, { item, pointer: '/spec/defaultBackend' });
    for (const [index, rule] of (item.spec?.rules ?? []).entries())
      for (const path of rule.http?.paths ?? [])
        note(namespace, path.backend.service?.name, { item, pointer: `/spec/rules/${index}` });
  }
  for (const item of inputs.apiServices.items) {
    const service = item.spec?.service;
    note(service?.namespace, service?.name, { item, pointer: '/spec/service' });
  }
  for (const item of [...inputs.validating.items, ...inputs.mutating.items]) {
    for (const [index, { clientConfig }] of (item.webhooks ?? []).entries())
      note(clientConfig?.service?.namespace, clientConfig?.service?.name, {
        item,
        pointer: `/webhooks/${index}/clientConfig`,
      });
  }
  for (const item of inputs.routes.items) {
    for (const { namespace, name } of backendsOfRoute(item))
      note(namespace, name, { item, pointer: '/spec/rules' });
  }
  for (const item of inputs.definitions.items) {
    const service = item.spec?.conversion?.webhook?.clientConfig?.service;
    note(service?.namespace, service?.name, { item, pointer: '/spec/conversion' });
  }
  for (const pod of inputs.pods.items) {
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
    for (const { namespace, name, pointer } of namedIn(pod)) {
      const service = known.get(keyOf({ namespace, name }));
      // A pod that names the Service in front of itself does not need it to be up.
      if (service && !matchesLabels(pod.metadata.labels, service.spec?.selector ?? {}))
        note(namespace, name, { item: pod, pointer });
    }
  }
  return users;
}

function keyOf({ namespace, name }: { namespace?: string; name: string }): string {
  return `${namespace ?? ''}/${name}`;
}

function* namedIn(pod: PodItem): Generator<{ namespace: string; name: string; pointer: string }> {
  const own = pod.metadata.namespace ?? '';
  for (const [index, container] of (pod.spec?.containers ?? []).entries()) {
    const at = `/spec/containers/${index}`;
    for (const [number, { name, value = '' }] of (container.env ?? []).entries())
      for (const host of hostsIn(value, HOST_VARIABLE.test(name)))
        yield { namespace: own, ...host, pointer: `${at}/env/${number}` };
    for (const field of ['command', 'args'] as const)
      for (const text of container[field] ?? [])
        for (const host of hostsIn(text, false)) yield { namespace: own, ...host, pointer: `${at}/${field}` };
  }
}

/** Service names in a text: `name.namespace[.svc…]`, or a bare name where a host stands. */
function* hostsIn(text: string, isHost: boolean): Generator<{ name: string; namespace?: string }> {
  if (!isHost && !HOST_MARK.test(text)) return;
  for (const [whole, before = '', name = '', domain = '', port] of text.matchAll(HOST)) {
    const [, namespace, svc] = domain.split('.');
    if (namespace !== undefined) {
      if (svc === undefined || svc === 'svc') yield { name, namespace };
    } else if (before === '//' || before === '@' || port !== undefined || (isHost && whole === text)) {
      yield { name };
    }
  }
}
