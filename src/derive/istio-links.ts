import type { DestinationRuleItem, VirtualServiceItem } from '../artifacts/istio-resources.ts';
import type { ObjectRef } from '../model/subject.ts';

/** The Services requests to which go by a VirtualService: those it is for and those it sends to. */
export function servicesOfVirtualService({ metadata, spec }: VirtualServiceItem): ObjectRef[] {
  const rules = [...(spec?.http ?? []), ...(spec?.tls ?? []), ...(spec?.tcp ?? [])];
  const hosts = [
    ...(spec?.hosts ?? []),
    ...rules.flatMap(({ route = [] }) => route.flatMap(({ destination }) => destination?.host ?? [])),
  ];
  return hosts.flatMap((host) => serviceNamed(host, metadata.namespace));
}

/** The Service a DestinationRule is for. */
export function servicesOfDestinationRule({ metadata, spec }: DestinationRuleItem): ObjectRef[] {
  return spec?.host ? serviceNamed(spec.host, metadata.namespace) : [];
}

/** A name without a dot, or `name.namespace.svc` in any domain; others are hosts outside, or wildcards. */
function serviceNamed(host: string, namespace: string | undefined): ObjectRef[] {
  const [, name, of] = /^([^.*]+)\.([^.]+)\.svc(?:\.|$)/.exec(host) ?? [];
  if (name !== undefined) return [{ group: '', kind: 'Service', namespace: of, name }];
  return host.includes('.') || host.startsWith('*')
    ? []
    : [{ group: '', kind: 'Service', namespace, name: host }];
}
