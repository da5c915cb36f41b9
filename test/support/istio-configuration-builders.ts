import { anyObject, type Built, pod } from './builders.ts';

type Parts = Record<string, unknown> & { metadata?: Record<string, unknown> };

const NETWORKING = 'networking.istio.io/v1';
const SECURITY = 'security.istio.io/v1';

/** An object of networking.istio.io in namespace shop, or the one `metadata` names. */
export function networking(kind: string, name: string, spec: object, parts: Parts = {}): Built {
  return anyObject(NETWORKING, kind, name, 'shop', { spec, ...parts });
}

/** An object of security.istio.io in namespace shop, or the one `metadata` names. */
export function security(kind: string, name: string, spec: object, parts: Parts = {}): Built {
  return anyObject(SECURITY, kind, name, 'shop', { spec, ...parts });
}

/** A VirtualService for its own name with one HTTP route. */
export function virtualService(
  name: string,
  destination: object,
  spec: object = {},
  parts: Parts = {},
): Built {
  return networking(
    'VirtualService',
    name,
    { hosts: [name], http: [{ route: [{ destination }] }], ...spec },
    parts,
  );
}

/** A DestinationRule for a host with subsets `name: {version: name}`. */
export function destinationRule(host: string, subsets: readonly string[] = [], spec: object = {}): Built {
  return networking('DestinationRule', host.split('.')[0] ?? host, {
    host,
    subsets: subsets.map((name) => ({ name, labels: { version: name } })),
    ...spec,
  });
}

/** A Gateway of the pods labelled `istio: ingressgateway` with one server per port. */
export function istioGateway(name: string, servers: readonly object[], parts: Parts = {}): Built {
  return networking('Gateway', name, { selector: { istio: 'ingressgateway' }, servers }, parts);
}

/** A server of a Gateway: plain HTTP on port 80. */
export function httpServer(hosts: readonly string[], number = 80): object {
  return { port: { number, name: `http-${number}`, protocol: 'HTTP' }, hosts };
}

/** A server of a Gateway: HTTPS on port 443 with a certificate from a Secret. */
export function httpsServer(hosts: readonly string[], credentialName = 'shop-tls'): object {
  return {
    port: { number: 443, name: 'https', protocol: 'HTTPS' },
    tls: { mode: 'SIMPLE', credentialName },
    hosts,
  };
}

/** A pod of the mesh: an application with a sidecar. */
export function meshPod(
  name: string,
  labels: Record<string, string> = { app: 'web' },
  parts: Parts = {},
): Built {
  const { metadata, ...rest } = parts;
  return pod(name, {
    metadata: { labels, ...metadata },
    spec: {
      containers: [
        { name: 'app', image: 'registry.example/shop/app:1.2' },
        { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.26.2', args: ['proxy', 'sidecar'] },
      ],
    },
    ...rest,
  });
}

/** A pod of the ingress gateway in namespace istio-system. */
export function gatewayPod(name = 'istio-ingressgateway-1', parts: Parts = {}): Built {
  const { metadata, ...rest } = parts;
  return pod(name, {
    metadata: { namespace: 'istio-system', labels: { istio: 'ingressgateway' }, ...metadata },
    spec: {
      containers: [
        { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.26.2', args: ['proxy', 'router'] },
      ],
    },
    ...rest,
  });
}
