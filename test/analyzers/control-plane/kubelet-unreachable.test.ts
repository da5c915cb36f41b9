import { kubeletUnreachable } from '../../../analyzers/control-plane/kubelet-unreachable.ts';
import type { CoverageRow } from '../../../src/model/coverage.ts';
import { condition, node, pod } from '../../support/builders.ts';
import { componentLog, repeated, staticPod } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const on = (name: string, nodeName: string) => pod(name, { spec: { nodeName } });
const row = (name: string, reason?: string): CoverageRow => ({
  artifact: 'logs',
  scope: { type: 'container', namespace: 'shop', pod: name, container: 'app' },
  ...(reason === undefined ? { outcome: 'collected' } : { outcome: 'error', reason }),
});
const TIMEOUT = 'Get "https://10.0.0.7:10250/containerLogs/shop/a/app": dial tcp 10.0.0.7:10250: i/o timeout';
const OBJECTS = [node('node-1'), node('node-2'), on('a', 'node-1'), on('b', 'node-2')];
const LINE =
  'E0115 11:59:00.000000       1 status.go:71] "Unhandled Error" err="error dialing backend: dial tcp 10.0.0.7:10250: i/o timeout"';

testAnalyzer(kubeletUnreachable, {
  silent: [
    { name: 'logs were served', given: { objects: OBJECTS, rows: [row('a'), row('b')] } },
    {
      name: 'one container of a node failed, another was served',
      given: { objects: [...OBJECTS, on('c', 'node-1')], rows: [row('a', TIMEOUT), row('c'), row('b')] },
    },
    {
      name: 'the node is not ready: that is said of the node',
      given: {
        objects: [
          node('node-1', { status: { conditions: [condition('Ready', 'Unknown')] } }),
          node('node-2'),
          on('a', 'node-1'),
          on('b', 'node-2'),
        ],
        rows: [row('a', TIMEOUT), row('b')],
      },
    },
    {
      name: 'a container without a log',
      given: {
        objects: OBJECTS,
        rows: [row('a', 'container "app" in pod "a" is waiting to start'), row('b')],
      },
    },
  ],
  reports: [
    {
      name: 'one node is not reached',
      given: { objects: OBJECTS, rows: [row('a', TIMEOUT), row('b')] },
      expect: [
        {
          message: 'node',
          subject: 'Node/node-1',
          values: { count: 1, failure: 'dial tcp 10.0.0.7:10250: i/o timeout' },
        },
      ],
    },
    {
      name: 'no node is reached',
      given: { objects: OBJECTS, rows: [row('a', 'No agent available'), row('b', 'No agent available')] },
      expect: [
        {
          message: 'everyNode',
          subject: 'host:kube-apiserver',
          values: { count: 2, failure: 'No agent available' },
        },
      ],
    },
    {
      name: 'only the API server tells',
      given: {
        objects: [staticPod('kube-apiserver', 'cp-1')],
        logs: [componentLog('kube-apiserver', 'cp-1', repeated(4, 60, LINE))],
      },
      expect: [
        {
          message: 'logged',
          subject: 'Pod/kube-system/kube-apiserver-cp-1',
          values: { count: 4, failure: 'error dialing backend: dial tcp 10.0.0.7:10250: i/o timeout' },
        },
      ],
    },
  ],
});
