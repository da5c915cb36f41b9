import { deployment, type KubernetesObject, service } from './object.ts';

/** Namespace of what is asked through port-forward: istiod, a gateway, an operator of KtEnv and a webhook. */
export const MESH_NAMESPACE = 'mesh';

/** Port of the webhook. */
export const WEBHOOK_PORT = 9443;

const METRICS = 'metrics.k8s.io';

function definition(kind: string, plural: string, scope: string): KubernetesObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${METRICS}`,
      annotations: { 'api-approved.kubernetes.io': 'unapproved, stands for metrics-server' },
    },
    spec: {
      group: METRICS,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          ...{ name: 'v1beta1', served: true, storage: true },
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}

const program = (name: string, container: object) =>
  deployment(MESH_NAMESPACE, name, { containers: [container as { name: string; image: string }] });

/** Programs of a mesh, a Helm release, and the usage of a node; the webhook trusts this authority. */
export function mesh(ca: string): KubernetesObject[] {
  const webhook = {
    name: 'hook.example.com',
    clientConfig: {
      service: { namespace: MESH_NAMESPACE, name: 'hook', port: WEBHOOK_PORT },
      caBundle: Buffer.from(ca).toString('base64'),
    },
    rules: [
      { apiGroups: ['none.example'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['nothing'] },
    ],
    ...{ sideEffects: 'None', admissionReviewVersions: ['v1'], failurePolicy: 'Ignore' },
  };
  return [
    program('istiod', { name: 'discovery', image: 'istio/pilot:1.27.1', args: ['discovery'] }),
    program('gateway', { name: 'istio-proxy', image: 'istio/proxyv2:1.27.1', args: ['proxy', 'router'] }),
    program('virtual-env-operator', {
      name: 'virtual-env-operator',
      image: 'kt/virtual-env-operator:v0.6.0',
    }),
    program('hook', { name: 'hook', image: 'hook:1', ports: [{ containerPort: WEBHOOK_PORT }] }),
    service(MESH_NAMESPACE, 'hook', 'hook', WEBHOOK_PORT),
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'hook' },
      webhooks: [webhook],
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        namespace: MESH_NAMESPACE,
        name: 'sh.helm.release.v1.web.v3',
        labels: { owner: 'helm', name: 'web', status: 'failed', version: '3' },
      },
      type: 'helm.sh/release.v1',
      stringData: { release: 'CANARY-values' },
    },
    {
      apiVersion: `${METRICS}/v1beta1`,
      kind: 'NodeMetrics',
      metadata: { name: 'node-a' },
      ...{ timestamp: '2026-01-01T00:00:00Z', window: '20s', usage: { cpu: '812m', memory: '6100Mi' } },
    },
  ];
}

/** The kinds of metrics-server, as custom resources. */
export function metricsKinds(): KubernetesObject[] {
  return [definition('NodeMetrics', 'nodes', 'Cluster'), definition('PodMetrics', 'pods', 'Namespaced')];
}
