import { objectNotDeleted } from '../../../analyzers/kubernetes/object-not-deleted.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { ago, anyObject, deployment, pod, service } from '../../support/builders.ts';
import { customResourceDefinition } from '../../support/extension-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

function leaving(finalizers: readonly string[], seconds = 3600) {
  return { metadata: { deletionTimestamp: ago(seconds), finalizers } };
}

const CLEANUP = 'service.kubernetes.io/load-balancer-cleanup';
const claim = anyObject('v1', 'PersistentVolumeClaim', 'data', 'shop', {
  ...leaving(['kubernetes.io/pvc-protection']),
  spec: { volumeName: 'pv-1' },
});
const user = pod('web', { spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] } });
const volume = anyObject('v1', 'PersistentVolume', 'pv-1', null, leaving(['kubernetes.io/pv-protection']));

testAnalyzer(objectNotDeleted, {
  silent: [
    { name: 'nothing is being deleted', given: { objects: [service('web')] } },
    { name: 'since ten minutes', given: { objects: [service('web', leaving([CLEANUP], 600))] } },
    { name: 'a claim that a pod uses', given: { objects: [claim, user] } },
    {
      name: 'a volume whose claim exists',
      given: {
        objects: [
          volume,
          anyObject('v1', 'PersistentVolumeClaim', 'data', 'shop', { spec: { volumeName: 'pv-1' } }),
        ],
      },
    },
    {
      name: 'a volume, claims unseen',
      given: {
        objects: [volume],
        rows: [
          {
            artifact: 'resources:core/PersistentVolumeClaim',
            scope: { type: 'cluster' },
            outcome: 'forbidden',
            reason: 'no',
          },
        ],
      },
      status: 'unknown',
    },
    {
      name: 'a pod is a question of its own',
      given: { objects: [pod('web', leaving(['batch.kubernetes.io/job-tracking']))] },
    },
    { name: 'without a finalizer it goes by itself', given: { objects: [service('web', leaving([]))] } },
  ],
  reports: [
    {
      name: 'a load balancer that is not cleaned up',
      given: { objects: [service('web', leaving([CLEANUP]))] },
      expect: [
        {
          message: 'heldByFinalizer',
          subject: 'Service/shop/web',
          severity: 'warning',
          since: ago(3600),
          values: {
            kind: 'service',
            age: 3600,
            finalizer: CLEANUP,
            controller: 'the cloud controller manager',
          },
        },
      ],
    },
    {
      name: 'a finalizer of an operator',
      given: { objects: [deployment('web', leaving(['carts.shop.example/guard']))] },
      expect: [
        {
          message: 'heldByFinalizer',
          subject: 'Deployment/shop/web',
          values: { controller: 'the controller that `carts.shop.example` belongs to' },
        },
      ],
    },
    {
      name: 'a claim nobody uses',
      given: { objects: [claim] },
      expect: [{ message: 'heldByFinalizer', subject: 'PersistentVolumeClaim/shop/data' }],
    },
    {
      name: 'a kind whose objects are left',
      given: {
        objects: [customResourceDefinition('Cart', leaving(['customresourcecleanup.apiextensions.k8s.io']))],
      },
      expect: [
        {
          message: 'clusterObjectHeld',
          subject: 'CustomResourceDefinition/carts.shop.example',
          values: { until: 'every object of the kind is deleted' },
        },
      ],
    },
    {
      name: 'deleted in the foreground, its pod is left',
      given: {
        objects: [
          deployment('web', leaving(['foregroundDeletion'])),
          anyObject('apps/v1', 'ReplicaSet', 'web-5d4f9', 'shop', {
            metadata: {
              ownerReferences: [
                { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u', controller: true },
              ],
            },
          }),
        ],
      },
      expect: [{ message: 'dependentsRemain', subject: 'Deployment/shop/web', values: { count: 1 } }],
    },
  ],
  unknown: [{ name: 'Services were refused', given: { forbidden: [services] }, reason: /not allowed/ }],
});
