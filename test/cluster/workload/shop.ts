import { type KwokDocument, kwokDocument } from '../kwok.ts';
import type { Authority, Issued } from '../pki.ts';
import { CANARIES } from './canaries.ts';
import { deployment, type KubernetesObject, service } from './object.ts';

/** Namespace of the working application, and the one its viewer may read. */
export const SHOP_NAMESPACE = 'shop';

/** User with the built-in ClusterRole `view` in {@link SHOP_NAMESPACE} and no other right. */
export const SHOP_VIEWER = 'shop-viewer';

/** The Service whose selector matches no pod. */
export const ORPHAN_SERVICE = 'orphan';

/** The Secret with a certificate that expired two days ago; the Ingress uses it. */
export const EXPIRED_SECRET = 'web-tls-old';

const DAY_MS = 86_400_000;

/** A custom resource definition, `widgets.shop.example.com`; its instances come with {@link shop}. */
export function widgetDefinition(): KubernetesObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.shop.example.com' },
    spec: {
      group: 'shop.example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          },
        },
      ],
    },
  };
}

/** The application: workloads, Services, certificates, secrets, a lease, a custom resource and its viewer. */
export async function shop(authority: Authority): Promise<KubernetesObject[]> {
  const names = ['web.shop.svc'];
  const valid = await authority.issue({ commonName: 'web.shop.svc', names });
  const expired = await authority.issue({
    commonName: 'web.shop.svc',
    names,
    notBefore: new Date(Date.now() - 92 * DAY_MS),
    notAfter: new Date(Date.now() - 2 * DAY_MS),
  });
  return [...workloads(), ...services(), ...secrets(valid, expired), ...records(), ...viewer()];
}

/** Logs of the application's containers. */
export function shopLogs(files: { readonly web: string; readonly migrate: string }): KwokDocument {
  return kwokDocument(
    'ClusterLogs',
    { name: 'shop' },
    {
      selector: { matchNamespaces: [SHOP_NAMESPACE] },
      logs: [
        { containers: ['web'], logsFile: files.web },
        { containers: ['migrate'], logsFile: files.migrate },
      ],
    },
  );
}

function workloads(): KubernetesObject[] {
  return [
    deployment(SHOP_NAMESPACE, 'web', {
      replicas: 2,
      initContainers: [{ name: 'migrate', image: 'registry.example/web:4.2' }],
      containers: [
        {
          name: 'web',
          image: 'registry.example/web:4.2',
          ports: [{ containerPort: 8080 }],
          resources: { requests: { cpu: '100m', memory: '64Mi' } },
          volumeMounts: [{ name: 'tls', mountPath: '/etc/web/tls' }],
        },
      ],
      volumes: [{ name: 'tls', secret: { secretName: 'web-tls' } }],
    }),
  ];
}

function services(): KubernetesObject[] {
  const backend = { service: { name: 'web', port: { number: 8080 } } };
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web', namespace: SHOP_NAMESPACE },
      spec: {
        tls: [{ hosts: ['shop.example'], secretName: EXPIRED_SECRET }],
        rules: [{ host: 'shop.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
      },
    },
    service(SHOP_NAMESPACE, 'web', 'web', 8080),
    service(SHOP_NAMESPACE, ORPHAN_SERVICE, 'nobody', 8080),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'elsewhere', namespace: SHOP_NAMESPACE },
      spec: { type: 'ExternalName', externalName: 'db.example' },
    },
  ];
}

function secrets(valid: Issued, expired: Issued): KubernetesObject[] {
  const tls = (name: string, issued: Issued): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name, namespace: SHOP_NAMESPACE },
    stringData: { 'tls.crt': issued.certificate, 'tls.key': issued.key },
  });
  return [
    tls('web-tls', valid),
    tls(EXPIRED_SECRET, expired),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: { name: 'database', namespace: SHOP_NAMESPACE },
      stringData: { password: CANARIES.secret },
    },
  ];
}

function records(): KubernetesObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', namespace: SHOP_NAMESPACE },
      data: { DATABASE_URL: `postgres://web:${CANARIES.url}@db.example:5432/shop`, COLOUR: 'blue' },
    },
    {
      apiVersion: 'shop.example.com/v1',
      kind: 'Widget',
      metadata: { name: 'blue', namespace: SHOP_NAMESPACE },
      spec: { colour: 'blue', size: 3 },
    },
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'web-leader', namespace: SHOP_NAMESPACE },
      spec: {
        holderIdentity: 'web-0',
        leaseDurationSeconds: 3600,
        renewTime: new Date().toISOString().replace('Z', '000Z'),
      },
    },
  ];
}

function viewer(): KubernetesObject[] {
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: SHOP_VIEWER, namespace: SHOP_NAMESPACE },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: SHOP_VIEWER }],
    },
  ];
}
