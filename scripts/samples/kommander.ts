import { definition } from './definitions.ts';
import { releaseSecrets } from './helm.ts';
import { condition, DAY, objectOf } from './object.ts';
import type { ApiObject } from './scenario.ts';
import { deployment } from './workloads.ts';

const NAMESPACE = 'kommander';
/** The platform applications were installed so long before the collection. */
const INSTALLED = 30 * DAY;
const NAME = 'traefik';
const VERSION = '37.1.2';

/** What DKP and NKP keep of a platform application that runs: its AppDeployment, HelmRelease, release and workload. */
export function kommanderApplication(): ApiObject[] {
  const release = `kommander-${NAME}`;
  return [
    objectOf({ kind: 'Namespace', name: NAMESPACE, age: INSTALLED }, { status: { phase: 'Active' } }),
    definition('apps.kommander.d2iq.io', 'AppDeployment', 'v1alpha3'),
    definition('apps.kommander.d2iq.io', 'ClusterApp', 'v1alpha3', 'Cluster'),
    definition('helm.toolkit.fluxcd.io', 'HelmRelease', 'v2'),
    objectOf(
      {
        apiVersion: 'apps.kommander.d2iq.io/v1alpha3',
        kind: 'AppDeployment',
        namespace: NAMESPACE,
        name: NAME,
        age: INSTALLED,
      },
      {
        spec: { appRef: { kind: 'ClusterApp', name: `${NAME}-${VERSION}` } },
        status: {
          clusters: [
            {
              name: 'host-cluster',
              conditions: [condition('AppDeploymentEnabled', 'True', INSTALLED, { reason: 'Enabled' })],
            },
          ],
        },
      },
    ),
    objectOf(
      {
        apiVersion: 'apps.kommander.d2iq.io/v1alpha3',
        kind: 'ClusterApp',
        name: `${NAME}-${VERSION}`,
        age: INSTALLED,
      },
      { spec: { appId: NAME, version: VERSION } },
    ),
    helmRelease(release),
    ...releaseSecrets(NAMESPACE, release, [{ version: 1, status: 'deployed', age: INSTALLED }]),
    ...deployment({
      namespace: NAMESPACE,
      name: release,
      hash: '84c9d7f6b5',
      age: INSTALLED,
      labels: { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/instance': release },
      container: {
        name: NAME,
        image: 'registry.example/traefik:v3.5.3',
        ports: [{ name: 'web', containerPort: 8000 }],
        readinessProbe: { httpGet: { path: '/ping', port: 8080 }, periodSeconds: 10 },
        resources: { requests: { cpu: '100m', memory: '128Mi' } },
      },
      replicas: [{ suffix: 'p7d2x', node: 'worker-1', ip: '10.244.1.85' }],
    }),
  ];
}

function helmRelease(release: string): ApiObject {
  const message = `Helm install succeeded for release ${NAMESPACE}/${release}.v1 with chart ${NAME}@${VERSION}`;
  const conditions = ['Ready', 'Released'].map((type) => ({
    ...condition(type, 'True', INSTALLED - 90, { reason: 'InstallSucceeded', message }),
    observedGeneration: 1,
  }));
  return objectOf(
    {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      namespace: NAMESPACE,
      name: NAME,
      age: INSTALLED,
    },
    {
      metadata: { generation: 1 },
      spec: {
        releaseName: release,
        targetNamespace: NAMESPACE,
        chart: { spec: { chart: NAME, version: VERSION } },
      },
      status: {
        observedGeneration: 1,
        conditions,
        history: [
          {
            name: release,
            namespace: NAMESPACE,
            version: 1,
            status: 'deployed',
            chartName: NAME,
            chartVersion: VERSION,
          },
        ],
      },
    },
  );
}
