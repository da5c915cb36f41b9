import { samplePem } from './certificates.ts';
import type { MeshPart } from './istio-mesh.ts';
import { injected, proxyLog } from './istio-proxies.ts';
import { ago, type ClusterPart, DAY, logOf, objectOf, type Parts } from './object.ts';
import type { ApiObject, SampleReply } from './scenario.ts';
import { service } from './services.ts';
import { deployment, podsIn } from './workloads.ts';

/** The namespace whose requests are routed by environment, and what it is routed by. */
export const DEMO = 'demo';
export const INSTANCE = 'demo-env';
export const LABEL = 'virtual-env';
/** KtEnv was installed so long before the collection, the applications were rolled out later. */
export const AGE = 20 * DAY;
export const ROLLOUT = 2 * DAY;
const WEBHOOK_NAMESPACE = 'kt-virtual-environment';
const VERSION = 'v0.6.0';

/** What the operator has recorded: Services with the name of their port, and labels of pod templates. */
export interface Recorded {
  readonly services: Readonly<Record<string, { readonly portName: string; readonly port: number }>>;
  readonly templates: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Services it has made routes for. */
  readonly routed: readonly string[];
  /** Whether its own sidecar is native. */
  readonly native: boolean;
}

/** The operator of the namespace with its lock, its log and its own view. */
export function operatorPart({ services, templates, routed, native }: Recorded): MeshPart {
  const name = 'virtual-env-operator';
  const objects = deployment({
    namespace: DEMO,
    name,
    hash: '5d9c8b7f6c',
    age: AGE,
    labels: { name },
    container: {
      name,
      image: `virtualenvironment/${name}:${VERSION}`,
      command: [name],
      env: [
        { name: 'WATCH_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
        { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'OPERATOR_NAME', value: name },
      ],
    },
    replicas: [{ suffix: 'zt6gm', node: 'worker-2', ip: '10.244.2.65' }],
    spec: { serviceAccountName: name },
  }).map((one) => (one.kind === 'Pod' ? injected(one, { native }) : one));
  const [pod] = podsIn(objects);
  const view = {
    VirtualEnv: { Namespace: DEMO, Name: INSTANCE },
    Services: Object.fromEntries(
      Object.entries(services).map(([app, { portName, port }]) => [
        app,
        { Selectors: { app }, Ports: { [portName]: port }, Gateways: [], Hosts: [], CustomRule: '' },
      ]),
    ),
    Labels: Object.fromEntries(
      Object.entries(templates).map(([workload, labels]) => [`Deployment#${workload}`, labels]),
    ),
  };
  const at = `${DEMO}/${pod!.metadata.name}`;
  const reply = (body: Parts): SampleReply => ({ body: JSON.stringify(body) });
  return {
    objects: [
      ...objects,
      objectOf({ kind: 'ServiceAccount', namespace: DEMO, name, age: AGE }),
      objectOf({
        kind: 'ConfigMap',
        namespace: DEMO,
        name: 'virtual-env-operator-lock',
        age: AGE,
        owner: pod!,
      }),
    ],
    logs: [
      [`${at}/${name}`, operatorLog(routed)],
      [`${at}/istio-proxy`, proxyLog(AGE)],
    ],
    podReplies: {
      [`${at}:8000/status`]: reply(view),
      [`${at}:8000/version`]: reply({ Version: VERSION, BuildTime: '2022-05-12 09:12:40' }),
    },
  };
}

function operatorLog(routed: readonly string[]): string {
  const line = (age: number, level: string, text: string) =>
    [age, `[${level}] ${ago(age).slice(0, 19).replace('T', ' ')} ${text}`] as const;
  return logOf([
    line(AGE - 3, 'Info', `Operator version: ${VERSION}`),
    line(AGE - 4, 'Info', '{ leader } Became the leader.'),
    line(AGE - 8, 'Info', `Receive reconcile request with name: ${INSTANCE}`),
    line(AGE - 8, 'Info', `TagAppender created ${DEMO}:${INSTANCE}`),
    line(ROLLOUT - 20, 'Info', 'Send reconcile signal'),
    line(ROLLOUT - 25, 'Info', `Receive reconcile request with name: ${INSTANCE}`),
    ...routed.flatMap((name) => [
      line(ROLLOUT - 30, 'Info', `VirtualService ${name} created`),
      line(ROLLOUT - 30, 'Info', `DestinationRule ${name} created`),
    ]),
  ]);
}

/** The webhook of KtEnv with a key of its own; what it wrote when these pods were created, while it has a pod. */
export async function webhookPart(
  pods: readonly ApiObject[],
  { native, webhookScaledDown = false }: { readonly native: boolean; readonly webhookScaledDown?: boolean },
): Promise<ClusterPart> {
  const host = `webhook-server.${WEBHOOK_NAMESPACE}.svc`;
  const dates = { notBefore: '2026-02-11T09:00:00Z', notAfter: '2036-02-09T09:00:00Z' };
  const ca = await samplePem({ name: 'ktenv-webhook-ca', ...dates });
  const serving = await samplePem({ name: host, issuer: 'ktenv-webhook-ca', names: [host], ...dates });
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  const labels = { app: 'webhook-server' };
  const server = deployment({
    namespace: WEBHOOK_NAMESPACE,
    name: 'webhook-server',
    hash: '6c4f8d7b95',
    age: AGE,
    labels,
    container: {
      name: 'server',
      image: `virtualenvironment/virtual-env-admission-webhook:${VERSION}`,
      ports: [{ name: 'webhook-api', containerPort: 8443 }],
      env: [
        { name: 'envLabel', value: LABEL },
        { name: 'logLevel', value: 'INFO' },
      ],
      volumeMounts: [{ name: 'webhook-tls-certs', mountPath: '/run/secrets/tls', readOnly: true }],
    },
    volumes: [{ name: 'webhook-tls-certs', secret: { secretName: 'webhook-server-tls' } }],
    replicas: webhookScaledDown ? [] : [{ suffix: 'j5p8s', node: 'worker-1', ip: '10.244.1.66' }],
  });
  const [pod] = podsIn(server);
  return {
    objects: [
      objectOf({ kind: 'Namespace', name: WEBHOOK_NAMESPACE, age: AGE }, { status: { phase: 'Active' } }),
      ...server,
      ...service({
        namespace: WEBHOOK_NAMESPACE,
        name: 'webhook-server',
        selector: labels,
        clusterIP: '10.103.20.30',
        ports: [{ name: 'https', port: 443, targetPort: 8443 }],
        pods: podsIn(server),
        age: AGE,
      }),
      objectOf(
        { kind: 'Secret', namespace: WEBHOOK_NAMESPACE, name: 'webhook-server-tls', age: AGE },
        {
          type: 'kubernetes.io/tls',
          data: { 'tls.crt': encoded(serving), 'tls.key': encoded('the key, which no bundle ever holds') },
        },
      ),
      configuration(encoded(ca)),
    ],
    logs: pod ? [[`${WEBHOOK_NAMESPACE}/${pod.metadata.name}/server`, webhookLog(pods, native)]] : [],
  };
}

function configuration(caBundle: string): ApiObject {
  return objectOf(
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      name: 'virtual-environment-webhook',
      age: AGE,
    },
    {
      webhooks: [
        {
          name: `webhook-server.${WEBHOOK_NAMESPACE}.svc`,
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          failurePolicy: 'Fail',
          matchPolicy: 'Equivalent',
          reinvocationPolicy: 'Never',
          timeoutSeconds: 10,
          clientConfig: {
            caBundle,
            service: { namespace: WEBHOOK_NAMESPACE, name: 'webhook-server', path: '/inject', port: 443 },
          },
          rules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: '*' },
          ],
          namespaceSelector: { matchLabels: { 'environment-tag-injection': 'enabled' } },
          objectSelector: {},
        },
      ],
    },
  );
}

/** Pods of a controller have no name yet when the webhook is asked. */
function webhookLog(pods: readonly ApiObject[], native: boolean): string {
  const time = ago(ROLLOUT).slice(0, 19).replace('T', ' ');
  const lines = pods.map(({ metadata }) => {
    const name = metadata.name.slice(0, -5);
    const { [LABEL]: value } = metadata.labels as Record<string, string>;
    const text = native
      ? `[Warn] ${time} No sidecar container found on pod ${name}`
      : `[Info] ${time} Marked ${name} as ${value}`;
    return [ROLLOUT, text] as const;
  });
  const begun = ago(AGE - 4)
    .slice(0, 19)
    .replace('T', ' ');
  return logOf([
    [AGE - 4, `[Info] ${begun} Sidecar environment tag injector starting`],
    [AGE - 4, `[Info] ${begun} Environment labels: ${LABEL}`],
    ...lines,
  ]);
}
