import { expect, it } from 'vitest';
import { kubeletStatsSummary } from '../../src/artifacts/kubelet-stats-summary.ts';
import {
  ago,
  anyObject,
  type Built,
  condition,
  deployment,
  event,
  pod,
  service,
} from '../support/builders.ts';
import type { Given } from '../support/given.ts';
import { causesOf } from '../support/kong-hybrid.ts';
import { addon, helmSecret, requires } from '../support/release-builders.ts';

const NAMESPACE = 'kubeaddons';
const DEPLOYING = { status: { ready: false, stage: 'deploying' } };

/** The causes a support engineer would read, each with what stands below it. */
function told(given: Given): Record<string, readonly string[]> {
  return Object.fromEntries(causesOf(given).map(({ told: cause, symptoms }) => [cause, symptoms]));
}

function ofRelease(name: string, parts: object = {}) {
  return {
    metadata: {
      namespace: NAMESPACE,
      labels: { app: name, 'app.kubernetes.io/instance': `${name}-kubeaddons` },
      ...parts,
    },
  };
}

/** A Deployment of an addon none of whose pods is ready, with its ReplicaSet. */
function deploymentOf(name: string): Built[] {
  const labels = { app: name };
  const replicaSet = `${name}-5d8f`;
  return [
    deployment(name, {
      ...ofRelease(name),
      spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels } } },
      status: {
        readyReplicas: 0,
        availableReplicas: 0,
        conditions: [condition('Available', 'False', { lastTransitionTime: ago(3600) })],
      },
    }),
    anyObject('apps/v1', 'ReplicaSet', replicaSet, NAMESPACE, {
      metadata: {
        labels: { ...labels, 'pod-template-hash': '5d8f' },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid: 'd', controller: true }],
      },
      spec: { replicas: 1, selector: { matchLabels: labels } },
      status: { replicas: 1, readyReplicas: 0 },
    }),
  ];
}

function podOf(name: string, status: object): Built {
  return pod(`${name}-5d8f-a`, {
    metadata: {
      namespace: NAMESPACE,
      labels: { app: name, 'pod-template-hash': '5d8f' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-5d8f`, uid: 'r', controller: true },
      ],
    },
    status: { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(3600) })], ...status },
  });
}

it('an addon whose image cannot be pulled: the pull is the cause, release and dependents stand below', () => {
  const waiting = {
    reason: 'ImagePullBackOff',
    message: 'Back-off pulling image "registry.example/shop/app:1.2"',
  };
  const objects = [
    addon('traefik', DEPLOYING),
    addon('dex', { spec: requires('traefik'), ...DEPLOYING }),
    addon('kube-oidc-proxy', { spec: requires('dex'), ...DEPLOYING }),
    helmSecret('traefik-kubeaddons', 1, 'failed', { namespace: NAMESPACE }),
    ...deploymentOf('traefik'),
    podOf('traefik', {
      phase: 'Pending',
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          restartCount: 0,
          image: 'registry.example/shop/app:1.2',
          imageID: '',
          state: { waiting },
          lastState: {},
        },
      ],
    }),
  ];

  const [cause, symptoms] = Object.entries(told({ objects }))[0] as [string, string[]];

  expect(Object.keys(told({ objects }))).toHaveLength(1);
  expect(cause).toMatch(/^workload\/image-pull-failed#/);
  expect(symptoms).toEqual(
    expect.arrayContaining([
      'konvoy/addon-not-deployed#notDeployed',
      'konvoy/addon-not-deployed#requirementNotReady',
      'kubernetes/helm-release-failed#failed',
      'workload/rollout-stuck#notAvailable',
    ]),
  );
});

it('an addon without an external address: the load balancer is the cause', () => {
  const lb = service('traefik-kubeaddons', { ...ofRelease('traefik'), spec: { type: 'LoadBalancer' } });
  const refused = event(lb, {
    reason: 'AllocationFailed',
    message: 'Failed to allocate IP for "kubeaddons/traefik-kubeaddons": no available IPs',
  });

  expect(told({ objects: [addon('traefik', DEPLOYING), lb, refused] })).toMatchObject({
    'network/load-balancer-pending#refused': ['konvoy/addon-not-deployed#notDeployed'],
  });
});

it('a release Helm left pending: Flux and the application above it are symptoms', () => {
  const failed = condition('Ready', 'False', {
    reason: 'UpgradeFailed',
    message: 'another operation (install/upgrade/rollback) is in progress',
    lastTransitionTime: ago(3000),
  });
  const objects = [
    helmSecret('velero', 1, 'deployed', { namespace: 'kommander' }),
    helmSecret('velero', 2, 'pending-upgrade', { namespace: 'kommander' }),
    anyObject('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'velero', 'kommander', {
      spec: { releaseName: 'velero' },
      status: { conditions: [failed] },
    }),
    anyObject('apps.kommander.d2iq.io/v1alpha3', 'AppDeployment', 'velero', 'kommander', {
      spec: { appRef: { kind: 'ClusterApp', name: 'velero-3.1.5' } },
    }),
    anyObject('apps.kommander.d2iq.io/v1alpha3', 'ClusterApp', 'velero-3.1.5', null),
  ];

  expect(told({ objects })).toEqual({
    'kubernetes/helm-release-failed#pending': [
      'konvoy/application-not-deployed#partNotReady',
      'kubernetes/flux-not-reconciled#releaseFailed',
    ],
  });
});

it('metrics that stop since the volume of Prometheus is full: the volume is the cause', () => {
  const claim = anyObject('v1', 'PersistentVolumeClaim', 'prometheus-db', NAMESPACE, {
    spec: { accessModes: ['ReadWriteOnce'], volumeName: 'pv-1', storageClassName: 'ebs' },
    status: { phase: 'Bound' },
  });
  const prometheus = pod('prometheus-0', {
    metadata: { namespace: NAMESPACE },
    spec: {
      containers: [
        {
          name: 'prometheus',
          image: 'quay.io/prometheus/prometheus:v2.22.1',
          volumeMounts: [{ name: 'db', mountPath: '/prometheus' }],
        },
      ],
      volumes: [{ name: 'db', persistentVolumeClaim: { claimName: 'prometheus-db' } }],
    },
  });
  const usage = {
    name: 'db',
    pvcRef: { namespace: NAMESPACE, name: 'prometheus-db' },
    capacityBytes: 1e10,
    availableBytes: 1e6,
    inodes: 1000,
    inodesFree: 900,
  };
  const summary = {
    node: { nodeName: 'node-1' },
    pods: [{ podRef: { name: 'prometheus-0', namespace: NAMESPACE }, volume: [usage] }],
  };

  const causes = told({
    objects: [prometheus, claim],
    documents: [
      {
        artifact: kubeletStatsSummary,
        scope: { type: 'node', node: 'node-1' },
        bytes: JSON.stringify(summary),
      },
    ],
    logs: [
      {
        namespace: NAMESPACE,
        pod: 'prometheus-0',
        container: 'prometheus',
        text: `${ago(60).replace('Z', '.0Z')} level=error err="write /prometheus/wal/0001: no space left on device"\n`,
      },
    ],
  });

  expect(causes['storage/volume-nearly-full#full']).toEqual(['konvoy/telemetry-stale#storeFull']);
});
