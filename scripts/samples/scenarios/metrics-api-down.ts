import { faultScenario, SHOP, WEB } from '../base-cluster.ts';
import { klog } from '../klog.ts';
import { condition, DAY, HOUR, logOf, MINUTE, objectOf } from '../object.ts';
import { from, fromKubelet } from '../pod-events.ts';
import type { ApiObject, Scenario } from '../scenario.ts';
import { service } from '../services.ts';
import { deployment, podsIn, type Workload } from '../workloads.ts';

/** metrics-server was installed anew, without a flag it had before, so long before the collection. */
const INSTALLED = 2 * HOUR;

const SERVER: Workload = {
  namespace: 'kube-system',
  name: 'metrics-server',
  hash: '5f9b8c7d64',
  age: INSTALLED,
  labels: { 'k8s-app': 'metrics-server' },
  container: {
    name: 'metrics-server',
    image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0',
    args: ['--secure-port=10250', '--kubelet-preferred-address-types=InternalIP'],
    ports: [{ name: 'https', containerPort: 10_250 }],
    readinessProbe: {
      httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' },
      initialDelaySeconds: 20,
      periodSeconds: 10,
      failureThreshold: 3,
    },
  },
  replicas: [{ suffix: 'c8mgt', node: 'worker-1', ip: '10.244.1.90', ready: false }],
  rollout: 'stuck',
};

/**
 * metrics-server does not trust the certificates kubelets make themselves, gets no metrics and is not ready:
 * its API is not available, and no autoscaler of the cluster works.
 */
export function metricsApiDown(): Promise<Scenario> {
  const server = deployment(SERVER);
  const [pod] = podsIn(server) as [ApiObject];
  const scaler = autoscaler();
  return faultScenario('metrics-api-down', {
    objects: [
      ...server,
      ...service({
        namespace: 'kube-system',
        name: 'metrics-server',
        selector: SERVER.labels,
        clusterIP: '10.97.30.14',
        ports: [{ name: 'https', port: 443, targetPort: 10_250 }],
        pods: [pod],
        age: INSTALLED,
      }),
      apiService(),
      scaler,
      fromKubelet(pod, {
        reason: 'Unhealthy',
        message: 'Readiness probe failed: HTTP probe failed with statuscode: 500',
        age: 4,
        first: INSTALLED - 32,
        count: 716,
        container: 'metrics-server',
      }),
      from('horizontal-pod-autoscaler', scaler, {
        reason: 'FailedGetResourceMetric',
        message: NO_METRICS,
        age: 7,
        first: INSTALLED - 60,
        count: 472,
      }),
    ],
    logs: [[`kube-system/${pod.metadata.name}/metrics-server`, serverLog()]],
  });
}

const NO_METRICS =
  'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)';

function apiService(): ApiObject {
  return objectOf(
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      name: 'v1beta1.metrics.k8s.io',
      age: 30 * DAY,
    },
    {
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        service: { namespace: 'kube-system', name: 'metrics-server', port: 443 },
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
      },
      status: {
        conditions: [
          condition('Available', 'False', INSTALLED - 3, {
            reason: 'MissingEndpoints',
            message:
              'endpoints for service/metrics-server in "kube-system" have no addresses with port name "https"',
          }),
        ],
      },
    },
  );
}

function autoscaler(): ApiObject {
  return objectOf(
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      namespace: SHOP,
      name: 'web',
      age: 9 * DAY,
    },
    {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: WEB.name },
        minReplicas: 2,
        maxReplicas: 6,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
          },
        ],
      },
      status: {
        currentReplicas: 2,
        desiredReplicas: 2,
        conditions: [
          condition('AbleToScale', 'True', 9 * DAY, {
            reason: 'SucceededGetScale',
            message: "the HPA controller was able to get the target's current scale",
          }),
          condition('ScalingActive', 'False', INSTALLED - 45, {
            reason: 'FailedGetResourceMetric',
            message: `the HPA was unable to compute the replica count: ${NO_METRICS}`,
          }),
        ],
      },
    },
  );
}

function serverLog(): string {
  const nodes = [
    ['cp-1', '192.0.2.11'],
    ['worker-1', '192.0.2.21'],
    ['worker-2', '192.0.2.22'],
  ] as const;
  return logOf(
    [INSTALLED - 20, 20 * MINUTE, 14].flatMap((age) =>
      nodes.map(
        ([name, address]) =>
          [
            age,
            `${klog('E', age, 1)} scraper.go:149] "Failed to scrape node" err="Get \\"https://${address}:10250/metrics/resource\\": tls: failed to verify certificate: x509: cannot validate certificate for ${address} because it doesn't contain any IP SANs" node="${name}"`,
          ] as const,
      ),
    ),
  );
}
