import { versionSkew } from '../../../analyzers/control-plane/version-skew.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { staticPod } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const server = (nodeName: string, version: string) => staticPod('kube-apiserver', nodeName, { version });
const scheduler = (version: string) => staticPod('kube-scheduler', 'cp-1', { version });
const POD = 'Pod/kube-system/';

testAnalyzer(versionSkew, {
  silent: [
    { name: 'one version', given: { objects: [server('cp-1', 'v1.34.1'), scheduler('v1.34.1')] } },
    {
      name: 'an image by digest tells no version',
      given: { objects: [server('cp-1', 'v1.34.1'), scheduler('latest')] },
    },
    {
      name: 'an upgrade under way',
      given: { objects: [server('cp-1', 'v1.35.0'), server('cp-2', 'v1.34.1'), scheduler('v1.34.1')] },
      info: [
        {
          message: 'patchesDiffer',
          subject: `${POD}kube-apiserver-cp-1`,
          values: { versions: ['v1.35.0', 'v1.34.1'] },
        },
      ],
    },
  ],
  reports: [
    {
      name: 'API servers two minor versions apart',
      given: { objects: [server('cp-1', 'v1.35.0'), server('cp-2', 'v1.33.4')] },
      expect: [
        {
          message: 'apiServersApart',
          subject: `${POD}kube-apiserver-cp-2`,
          values: { newest: 'v1.35.0', oldest: 'v1.33.4' },
        },
      ],
    },
    {
      name: 'a scheduler newer than an API server',
      given: { objects: [server('cp-1', 'v1.34.1'), scheduler('v1.35.0')] },
      expect: [{ message: 'componentNewer', subject: `${POD}kube-scheduler-cp-1` }],
    },
    {
      name: 'a scheduler two minor versions behind',
      given: { objects: [server('cp-1', 'v1.34.1'), scheduler('v1.32.9')] },
      expect: [{ message: 'componentOld', subject: `${POD}kube-scheduler-cp-1` }],
    },
    {
      name: 'etcd members of two minor versions',
      given: {
        objects: [
          server('cp-1', 'v1.34.1'),
          staticPod('etcd', 'cp-1', { version: '3.6.4-0' }),
          staticPod('etcd', 'cp-2', { version: '3.5.15-0' }),
        ],
      },
      expect: [
        {
          message: 'etcdApart',
          subject: `${POD}etcd-cp-2`,
          values: { newest: '3.6.4-0', oldest: '3.5.15-0' },
        },
      ],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] } }],
});
