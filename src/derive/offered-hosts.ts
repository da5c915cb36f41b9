import type { GatewayItem } from '../artifacts/gateway-resources.ts';
import type { IstioGatewayItem } from '../artifacts/istio-resources.ts';
import type { IngressItem } from '../artifacts/network-resources.ts';
import type { ResourceIdentity } from '../model/json.ts';
import type { ObjectRef } from '../model/subject.ts';

/** Hosts that an Ingress, a Gateway or an Istio Gateway offers with the certificate of one Secret. */
export interface OfferedHosts {
  readonly item: ResourceIdentity;
  readonly pointer: string;
  readonly secret: ObjectRef;
  readonly hosts: readonly string[];
}

/** The hosts of an Ingress's TLS entries. */
export function hostsOfIngress(item: IngressItem): OfferedHosts[] {
  return (item.spec?.tls ?? []).flatMap(({ hosts = [], secretName }, index) =>
    secretName
      ? [
          {
            item,
            pointer: `/spec/tls/${index}`,
            secret: secretRef(item.metadata.namespace, secretName),
            hosts,
          },
        ]
      : [],
  );
}

/** The hostnames of a Gateway's listeners that end TLS. */
export function hostsOfGateway(item: GatewayItem): OfferedHosts[] {
  return (item.spec?.listeners ?? []).flatMap(({ hostname, tls }, index) => {
    // Of several certificates the one that fits is served: which, the Gateway does not say.
    const [reference, ...more] = tls?.certificateRefs ?? [];
    if (!hostname || !reference || more.length > 0 || (reference.kind ?? 'Secret') !== 'Secret') return [];
    const secret = secretRef(reference.namespace ?? item.metadata.namespace, reference.name);
    return [{ item, pointer: `/spec/listeners/${index}`, secret, hosts: [hostname] }];
  });
}

/**
 * The hosts of an Istio Gateway's servers that end TLS, with the Secret in each namespace its pods run in. Hosts
 * with a wildcard are left out: a certificate may be valid for those that are used.
 */
export function hostsOfIstioGateway(item: IstioGatewayItem, namespaces: readonly string[]): OfferedHosts[] {
  return (item.spec?.servers ?? []).flatMap(({ hosts = [], tls }, index) => {
    const { credentialName, mode } = tls ?? {};
    const named = hosts
      .map((host) => host.slice(host.indexOf('/') + 1))
      .filter((host) => !host.includes('*'));
    if (!credentialName || mode === 'PASSTHROUGH' || named.length === 0) return [];
    return namespaces.map((namespace) => ({
      item,
      pointer: `/spec/servers/${index}`,
      secret: secretRef(namespace, credentialName),
      hosts: named,
    }));
  });
}

function secretRef(namespace: string | undefined, name: string): ObjectRef {
  return { group: '', kind: 'Secret', ...(namespace === undefined ? {} : { namespace }), name };
}
