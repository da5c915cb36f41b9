import { deprecatedFieldUsed } from '../../../analyzers/kubernetes/deprecated-field-used.ts';
import { deployments } from '../../../src/artifacts/workload-resources.ts';
import { anyObject, deployment, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

function selecting(name: string, label: string) {
  return deployment(name, { spec: { template: { spec: { nodeSelector: { [label]: 'linux' } } } } });
}

function ingress(parts: object, spec: object = {}) {
  return anyObject('networking.k8s.io/v1', 'Ingress', 'web', 'shop', { metadata: parts, spec });
}

const CLASS = { annotations: { 'kubernetes.io/ingress.class': 'nginx' } };

testAnalyzer(deprecatedFieldUsed, {
  silent: [
    { name: 'labels of today', given: { objects: [selecting('web', 'kubernetes.io/os')] } },
    {
      name: 'annotation and field together',
      given: { objects: [ingress(CLASS, { ingressClassName: 'nginx' })] },
    },
    {
      name: 'a CSI volume',
      given: {
        objects: [
          anyObject('v1', 'PersistentVolume', 'pv', null, { spec: { csi: { driver: 'ebs.csi.aws.com' } } }),
        ],
      },
    },
    {
      name: 'an old label in two Deployments: one finding',
      given: {
        objects: [selecting('web', 'beta.kubernetes.io/os'), selecting('db', 'beta.kubernetes.io/os')],
      },
      info: [
        {
          message: 'used',
          subject: 'Deployment/shop/web',
          values: { count: 2, field: 'beta.kubernetes.io/os', use: 'kubernetes.io/os' },
        },
      ],
    },
    {
      name: 'the class of an Ingress as annotation',
      given: { objects: [ingress(CLASS)] },
      info: [{ message: 'used', subject: 'Ingress/shop/web' }],
    },
    {
      name: 'a critical pod by annotation',
      given: {
        objects: [
          pod('dns', { metadata: { annotations: { 'scheduler.alpha.kubernetes.io/critical-pod': '' } } }),
        ],
      },
      info: [{ message: 'used', subject: 'Pod/shop/dns', values: { fate: 'without effect since 1.16' } }],
    },
    {
      name: 'a class of a claim by annotation, a provisioner and a volume of removed plugins',
      given: {
        objects: [
          anyObject('v1', 'PersistentVolumeClaim', 'data', 'shop', {
            metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'gp2' } },
          }),
          anyObject('storage.k8s.io/v1', 'StorageClass', 'gp2', null, {
            provisioner: 'kubernetes.io/aws-ebs',
          }),
          anyObject('v1', 'PersistentVolume', 'pv', null, {
            spec: { awsElasticBlockStore: { volumeID: 'vol-1' } },
          }),
        ],
      },
      info: [
        { message: 'used', subject: 'PersistentVolumeClaim/shop/data' },
        { message: 'used', subject: 'StorageClass/gp2', values: { field: 'kubernetes.io/aws-ebs' } },
        { message: 'used', subject: 'PersistentVolume/pv', values: { field: 'spec.awsElasticBlockStore' } },
      ],
    },
  ],
  reports: [],
  unknown: [{ name: 'Deployments were refused', given: { forbidden: [deployments] }, reason: /not allowed/ }],
});
