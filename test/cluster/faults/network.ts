import { createAuthority } from '../pki.ts';
import type { Fault } from './fault.ts';
import { APP, object, podSpec, service, workload } from './objects.ts';

const DAY_MS = 86_400_000;
const HTTP_PORT = { ports: [{ name: 'http', containerPort: 8080 }] };

/** A working Deployment with a Service that may lead past it. */
function served(
  name: string,
  message: string,
  options: { readonly spec: Record<string, unknown>; readonly analyzer?: string; readonly pods?: boolean },
): Fault {
  const { spec, analyzer = 'network/service-without-endpoints', pods = true } = options;
  return {
    name,
    objects: [
      ...(pods ? [workload(name, 'Deployment', { spec: podSpec(HTTP_PORT) })] : []),
      service(name, spec),
    ],
    settled: (seen) =>
      seen.of('EndpointSlice').length > 0 &&
      seen.of('Pod').every(({ status }) => status?.phase === 'Running'),
    expect: { analyzer, message, subject: `Service ${name}/${APP}` },
  };
}

/** A working Deployment and Service behind an Ingress with something wrong. */
function routed(
  name: string,
  message: string,
  options: {
    readonly backend?: Record<string, unknown>;
    readonly spec?: Record<string, unknown>;
    readonly objects?: Fault['objects'];
    readonly afterwards?: Fault['afterwards'];
    readonly expect?: Fault['expect'];
  },
): Fault {
  const { backend = { name: APP, port: { number: 80 } }, spec, objects = [], afterwards, expect } = options;
  const path = { path: '/', pathType: 'Prefix', backend: { service: backend } };
  return {
    name,
    objects: [
      ...objects,
      workload(name, 'Deployment', { spec: podSpec(HTTP_PORT) }),
      service(name, { ports: [{ name: 'http', port: 80, targetPort: 'http' }] }),
      object(
        'networking.k8s.io/v1',
        'Ingress',
        { name: APP, namespace: name },
        {
          spec: { rules: [{ host: 'shop.example.com', http: { paths: [path] } }], ...spec },
        },
      ),
    ],
    ...(afterwards ? { afterwards } : {}),
    settled: (seen) => seen.condition('Pod', 'Ready'),
    expect: expect ?? { analyzer: 'network/route-broken', message, subject: `Ingress ${name}/${APP}` },
  };
}

/** Services, Ingresses and certificates that lead nowhere. */
export const networkFaults: readonly Fault[] = [
  served('service-labels', 'labelsDiffer', { spec: { selector: { app: APP, tier: 'front' } } }),
  served('service-nobody', 'noPodMatches', { spec: { selector: { app: 'nobody' } }, pods: false }),
  served('service-port-name', 'nameMissing', {
    analyzer: 'network/service-port-unserved',
    spec: { ports: [{ name: 'http', port: 80, targetPort: 'web' }] },
  }),
  {
    name: 'service-scaled-down',
    objects: [
      workload('service-scaled-down', 'Deployment', { replicas: 0, spec: podSpec(HTTP_PORT) }),
      service('service-scaled-down'),
    ],
    settled: (seen) => seen.of('EndpointSlice').length > 0,
    expect: 'fine',
  },
  {
    name: 'load-balancer',
    objects: [
      workload('load-balancer', 'Deployment', { spec: podSpec(HTTP_PORT) }),
      service('load-balancer', { type: 'LoadBalancer' }),
    ],
    settled: (seen) => seen.condition('Pod', 'Ready'),
    expect: {
      analyzer: 'network/load-balancer-pending',
      message: 'nobodyGives',
      subject: `Service load-balancer/${APP}`,
    },
  },
  routed('ingress-backend', 'backendMissing', { backend: { name: 'shop', port: { number: 80 } } }),
  routed('ingress-port', 'portMissing', { backend: { name: APP, port: { number: 8443 } } }),
  routed('ingress-class', 'classMissing', { spec: { ingressClassName: 'fault-no-such-class' } }),
  routed('ingress-secret', 'secretMissing', {
    spec: { tls: [{ hosts: ['shop.example.com'], secretName: 'shop-tls' }] },
  }),
  routed('certificate-expired', '', {
    spec: { tls: [{ hosts: ['shop.example.com'], secretName: 'shop-tls' }] },
    afterwards: async ({ apply }) => apply([await tls('certificate-expired', 'shop.example.com', 2)]),
    expect: {
      analyzer: 'certificate/expired',
      message: 'expired',
      subject: 'Secret certificate-expired/shop-tls',
    },
  }),
  routed('certificate-name', '', {
    spec: { tls: [{ hosts: ['shop.example.com'], secretName: 'shop-tls' }] },
    afterwards: async ({ apply }) => apply([await tls('certificate-name', 'www.example.org', -80)]),
    expect: {
      analyzer: 'certificate/name-mismatch',
      message: 'hostMissing',
      subject: 'Ingress certificate-name/app',
    },
  }),
];

/** A Secret with a certificate for this host that expired so many days ago. */
async function tls(namespace: string, host: string, expiredDays: number) {
  const authority = await createAuthority('fault-ca');
  const { certificate, key } = await authority.issue({
    commonName: host,
    names: [host],
    notBefore: new Date(Date.now() - 90 * DAY_MS),
    notAfter: new Date(Date.now() - expiredDays * DAY_MS),
  });
  return object(
    'v1',
    'Secret',
    { name: 'shop-tls', namespace },
    {
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': certificate, 'tls.key': key },
    },
  );
}
