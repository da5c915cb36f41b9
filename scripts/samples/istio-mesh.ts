import { samplePem } from './certificates.ts';
import { ISTIO, istioTime, REVISION, syncRow } from './istio-proxies.ts';
import { type ClusterPart, DAY, logOf, objectOf, type Parts } from './object.ts';
import type { ApiObject, SampleReply } from './scenario.ts';
import { service } from './services.ts';
import { deployment, podsIn, type Workload } from './workloads.ts';

const SYSTEM = 'istio-system';
const AGE = 30 * DAY;

/** What Istio adds to a cluster, with what the proxies and istiod answer. */
export interface MeshPart extends ClusterPart {
  readonly podReplies: Readonly<Record<string, SampleReply>>;
}

/** What differs in the control plane of a sample. */
export interface PlaneChange {
  /** In the workload of istiod. */
  readonly istiod?: Partial<Workload>;
  /** Memory each pod of istiod asks for; 2 GiB unless said. */
  readonly memory?: string;
  /** What istiod lists of a proxy; nothing: it is not connected. */
  readonly row?: (pod: ApiObject) => Parts | undefined;
  /** Proxies write a line of every request. */
  readonly accessLog?: boolean;
}

/** istiod with its Services, webhooks and settings, as `istioctl install` makes them, serving these pods. */
export async function istioControlPlane(
  pods: readonly ApiObject[],
  { istiod: change = {}, memory = '2Gi', row = syncRow, accessLog = false }: PlaneChange = {},
): Promise<MeshPart> {
  const ca = await samplePem({
    name: 'istio-ca',
    organization: 'cluster.local',
    notBefore: '2026-02-01T09:00:00Z',
    notAfter: '2036-01-30T09:00:00Z',
  });
  const labels = { app: 'istiod', istio: 'pilot' };
  const istiod = deployment({
    namespace: SYSTEM,
    name: 'istiod',
    hash: '6f7d8c9b54',
    age: AGE,
    labels: { ...labels, 'istio.io/rev': REVISION },
    container: {
      name: 'discovery',
      image: `docker.io/istio/pilot:${ISTIO}`,
      args: ['discovery', '--monitoringAddr=:15014', '--log_output_level=default:info'],
      env: [{ name: 'REVISION', value: REVISION }],
      ports: [
        { name: 'http-debug', containerPort: 8080 },
        { containerPort: 15010 },
        { containerPort: 15012 },
      ],
      readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 3 },
      resources: { requests: { cpu: '500m', memory } },
    },
    replicas: [{ suffix: 'v4x2m', node: 'worker-1', ip: '10.244.1.60' }],
    ...change,
  });
  const [pod] = podsIn(istiod);
  const ports = [
    { name: 'grpc-xds', port: 15010, targetPort: 15010 },
    { name: 'https-dns', port: 15012, targetPort: 15012 },
    { name: 'https-webhook', port: 443, targetPort: 15017 },
    { name: 'http-monitoring', port: 15014, targetPort: 15014 },
  ];
  const namespaces = [...new Set(pods.map(({ metadata }) => metadata.namespace!)), SYSTEM];
  const name = pod!.metadata.name;
  return {
    objects: [
      objectOf({ kind: 'Namespace', name: SYSTEM, age: AGE }, { status: { phase: 'Active' } }),
      ...istiod,
      ...service({
        namespace: SYSTEM,
        name: 'istiod',
        selector: labels,
        clusterIP: '10.99.12.40',
        ports,
        pods: podsIn(istiod),
        age: AGE,
      }),
      ...settings(accessLog),
      ...namespaces.map((namespace) =>
        objectOf(
          {
            kind: 'ConfigMap',
            namespace,
            name: 'istio-ca-root-cert',
            age: AGE,
            labels: { 'istio.io/config': 'true' },
          },
          { data: { 'root-cert.pem': ca } },
        ),
      ),
      injector(Buffer.from(ca).toString('base64')),
    ],
    logs: [
      [
        `${SYSTEM}/${name}/discovery`,
        logOf(
          pods.map(
            ({ metadata }) =>
              [
                2 * DAY,
                `${istioTime(2 * DAY)}\tinfo\tads\tADS: new connection for node:${metadata.name}.${metadata.namespace}-1`,
              ] as const,
          ),
        ),
      ],
    ],
    podReplies: {
      [`${SYSTEM}/${name}:15014/debug/syncz`]: {
        body: JSON.stringify(pods.flatMap((one) => row(one) ?? [])),
      },
    },
  };
}

function settings(accessLog: boolean): ApiObject[] {
  const settingsOf = (name: string, data: Readonly<Record<string, string>>) =>
    objectOf(
      { kind: 'ConfigMap', namespace: SYSTEM, name, age: AGE, labels: { 'istio.io/rev': REVISION } },
      { data },
    );
  return [
    settingsOf('istio', {
      mesh: `accessLogFile: "${accessLog ? '/dev/stdout' : ''}"\ndefaultConfig:\n  discoveryAddress: istiod.istio-system.svc:15012\nrootNamespace: istio-system\ntrustDomain: cluster.local\n`,
      meshNetworks: 'networks: {}',
    }),
    settingsOf('istio-sidecar-injector', {
      values: JSON.stringify({
        global: {
          hub: 'docker.io/istio',
          tag: ISTIO,
          proxy: { image: 'proxyv2', clusterDomain: 'cluster.local' },
        },
        revision: '',
      }),
    }),
  ];
}

/** The two webhooks that matter of the four `istioctl` makes: by namespace, and by pod where no namespace says anything. */
function injector(caBundle: string): ApiObject {
  const hook = (name: string, namespaceSelector: Parts, objectSelector: Parts) => ({
    name,
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    reinvocationPolicy: 'Never',
    timeoutSeconds: 10,
    clientConfig: { caBundle, service: { namespace: SYSTEM, name: 'istiod', path: '/inject', port: 443 } },
    rules: [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: '*' },
    ],
    namespaceSelector,
    objectSelector,
  });
  const without = { key: 'istio-injection', operator: 'DoesNotExist' };
  const noRevision = { key: 'istio.io/rev', operator: 'DoesNotExist' };
  return objectOf(
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      name: 'istio-sidecar-injector',
      age: AGE,
      labels: { app: 'sidecar-injector', 'istio.io/rev': REVISION },
    },
    {
      webhooks: [
        hook(
          'namespace.sidecar-injector.istio.io',
          { matchExpressions: [{ key: 'istio-injection', operator: 'In', values: ['enabled'] }] },
          { matchExpressions: [{ key: 'sidecar.istio.io/inject', operator: 'NotIn', values: ['false'] }] },
        ),
        hook(
          'object.sidecar-injector.istio.io',
          { matchExpressions: [without, noRevision] },
          {
            matchExpressions: [
              { key: 'sidecar.istio.io/inject', operator: 'In', values: ['true'] },
              noRevision,
            ],
          },
        ),
      ],
    },
  );
}
