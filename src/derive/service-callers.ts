import type { ApiServiceItem, CustomResourceDefinitionItem } from '../artifacts/extension-resources.ts';
import type { Collection } from '../model/artifact.ts';
import type { ResourceIdentity } from '../model/json.ts';
import type { ObjectRef } from '../model/subject.ts';
import type { WebhookCalls } from './webhook-calls.ts';

/** An object because of which the API server calls a Service over TLS. */
export interface ServiceCaller {
  readonly item: ResourceIdentity;
  /** JSON Pointer to where the Service is named. */
  readonly pointer: string;
  readonly service: ObjectRef;
  /** Base64, as the object holds it; undefined when it trusts what the system trusts. */
  readonly caBundle?: string;
  /** How heavy it weighs when the call fails. */
  readonly severity: 'critical' | 'warning';
}

/** Objects that extend the API by a Service. */
export interface ApiExtensions {
  readonly apiServices: Collection<ApiServiceItem>;
  readonly definitions: Collection<CustomResourceDefinitionItem>;
}

/** Webhooks, APIServices and conversions that check the certificate of a Service. */
export function callersOfServices(
  inputs: ApiExtensions & { readonly webhooks: WebhookCalls },
): ServiceCaller[] {
  const webhooks = inputs.webhooks.all.flatMap(
    ({ config, hook, pointer, service, refuses }): ServiceCaller[] => {
      const severity = refuses ? 'critical' : 'warning';
      const { caBundle } = hook.clientConfig ?? {};
      return service ? [{ item: config, pointer, service, severity, ...bundle(caBundle) }] : [];
    },
  );
  return [...webhooks, ...extensionCallers(inputs)];
}

/** APIServices and conversions that check the certificate of a Service. */
export function extensionCallers(inputs: ApiExtensions): ServiceCaller[] {
  const callers: ServiceCaller[] = [];
  for (const item of inputs.apiServices.items) {
    const { service, caBundle, insecureSkipTLSVerify } = item.spec ?? {};
    if (!service?.name || insecureSkipTLSVerify || isAvailable(item)) continue;
    const ref = serviceRef(service.namespace, service.name);
    callers.push({ item, pointer: '/spec', service: ref, severity: 'critical', ...bundle(caBundle) });
  }
  for (const item of inputs.definitions.items) {
    const { strategy, webhook } = item.spec?.conversion ?? {};
    const { service, caBundle } = webhook?.clientConfig ?? {};
    if (strategy !== 'Webhook' || !service) continue;
    const ref = serviceRef(service.namespace, service.name);
    const pointer = '/spec/conversion/webhook/clientConfig';
    callers.push({ item, pointer, service: ref, severity: 'warning', ...bundle(caBundle) });
  }
  return callers;
}

/** An APIService that is available was called with its bundle: whatever Secrets lie about, it fits. */
export function isAvailable({ status }: ApiServiceItem): boolean {
  return status?.conditions?.find((one) => one.type === 'Available')?.status === 'True';
}

function bundle(caBundle: string | undefined): { readonly caBundle?: string } {
  return caBundle ? { caBundle } : {};
}

function serviceRef(namespace: string | undefined, name: string): ObjectRef {
  return { group: '', kind: 'Service', namespace: namespace ?? 'default', name };
}
