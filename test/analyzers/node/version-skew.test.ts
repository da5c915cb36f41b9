import { versionSkew } from '../../../analyzers/node/version-skew.ts';
import { apiServerVersion } from '../../../src/artifacts/api-server-version.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { node } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';

function server(gitVersion: string) {
  return { artifact: apiServerVersion, bytes: JSON.stringify({ gitVersion }) };
}

function kubelet(kubeletVersion: string | undefined, name = 'worker-1') {
  return node(name, {
    status: { nodeInfo: { kubeletVersion, containerRuntimeVersion: 'containerd://2.0' } },
  });
}

testAnalyzer(versionSkew, {
  silent: [
    {
      name: 'equal versions, of a distribution',
      given: { objects: [kubelet('v1.34.1+k3s1')], documents: [server('v1.34.1+k3s1')] },
    },
    {
      name: 'a newer patch of the same minor version',
      given: { objects: [kubelet('v1.34.9')], documents: [server('v1.34.1')] },
    },
    {
      name: 'three minor versions behind',
      given: { objects: [kubelet('v1.31.4')], documents: [server('v1.34.1')] },
    },
    {
      name: 'an upgrade under way',
      given: {
        objects: [kubelet('v1.33.4'), kubelet('v1.34.1', 'worker-2')],
        documents: [server('v1.34.1')],
      },
      info: [
        {
          message: 'mixed',
          subject: 'machine:all nodes',
          values: { minors: 2, versions: ['v1.33 on 1', 'v1.34 on 1'] },
        },
      ],
    },
    {
      name: 'a node that does not tell its version',
      given: { objects: [kubelet(undefined)], documents: [server('v1.34.1')] },
    },
  ],
  reports: [
    {
      name: 'a kubelet ahead of the API server, by the oldest of two servers',
      given: {
        objects: [kubelet('v1.34.1')],
        documents: [server('v1.34.1'), server('v1.33.6-eks-5e0fdde')],
      },
      expect: [
        {
          message: 'newerThanServer',
          subject,
          severity: 'critical',
          values: { kubelet: 'v1.34.1', server: 'v1.33.6-eks-5e0fdde' },
        },
      ],
    },
    {
      name: 'four minor versions behind',
      given: { objects: [kubelet('v1.30.0')], documents: [server('v1.34.1')] },
      expect: [{ message: 'tooOld', subject, severity: 'warning', values: { behind: 4, allowed: 3 } }],
    },
    {
      name: 'before 1.25 two were supported',
      given: { objects: [kubelet('v1.21.0')], documents: [server('v1.24.1')] },
      expect: [{ message: 'tooOld', subject, values: { behind: 3, allowed: 2 } }],
    },
  ],
  unknown: [
    {
      name: 'nodes were refused',
      given: { forbidden: [nodes], documents: [server('v1.34.1')] },
      reason: /not allowed/,
    },
    {
      name: 'the version of the API server is not in the bundle',
      given: { objects: [kubelet('v1.30.0')], forbidden: [apiServerVersion] },
      reason: /not allowed/,
    },
  ],
});
