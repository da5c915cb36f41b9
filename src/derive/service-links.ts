import type { HttpRouteItem } from '../artifacts/gateway-resources.ts';
import type { IngressItem } from '../artifacts/network-resources.ts';
import type { ObjectRef } from '../model/subject.ts';

/** The Services an Ingress sends requests to. */
export function backendsOfIngress({ metadata, spec }: IngressItem): ObjectRef[] {
  const backends = [
    spec?.defaultBackend,
    ...(spec?.rules ?? []).flatMap((rule) => rule.http?.paths?.map((path) => path.backend) ?? []),
  ];
  return backends.flatMap((backend) => service(metadata.namespace, backend?.service?.name));
}

/** The Services an HTTPRoute sends requests to; other kinds of backend are left out. */
export function backendsOfRoute({ metadata, spec }: HttpRouteItem): ObjectRef[] {
  const refs = (spec?.rules ?? []).flatMap((rule) => rule.backendRefs ?? []);
  return refs
    .filter((ref) => (ref.kind ?? 'Service') === 'Service' && !ref.group)
    .flatMap((ref) => service(ref.namespace ?? metadata.namespace, ref.name));
}

/** The Services the webhooks of one configuration are called through; those with a URL have none. */
export function backendsOfWebhooks(
  webhooks:
    | readonly {
        readonly clientConfig?: {
          readonly service?: { readonly namespace: string; readonly name: string };
        };
      }[]
    | undefined,
): ObjectRef[] {
  return (webhooks ?? []).flatMap(({ clientConfig }) =>
    service(clientConfig?.service?.namespace, clientConfig?.service?.name),
  );
}

function service(namespace: string | undefined, name: string | undefined): ObjectRef[] {
  return name === undefined ? [] : [{ group: '', kind: 'Service', namespace, name }];
}
