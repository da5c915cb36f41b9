import { describe, expect, it } from 'vitest';
import { pressure } from '../../../analyzers/node/pressure.ts';
import { nodeKubeletConfig } from '../../../src/artifacts/node-kubelet-config.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, condition, event, pod } from '../../support/builders.ts';
import { journalLine, kubeletLog, nodeFile, nodeWith } from '../../support/node-builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const NONE = [
  condition('MemoryPressure', 'False'),
  condition('DiskPressure', 'False'),
  condition('PIDPressure', 'False'),
];
const over = nodeWith([
  condition('MemoryPressure', 'False'),
  condition('DiskPressure', 'False', { lastTransitionTime: ago(300) }),
  condition('PIDPressure', 'False'),
]);
const EVICTING =
  'kubelet[9]: I1120 05:36:35.1 9 eviction_manager.go:381] "Eviction manager: attempting to reclaim" resourceName="ephemeral-storage"';
const HAD = { reason: 'NodeHasDiskPressure', message: 'Node worker-1 status is now: NodeHasDiskPressure' };

testAnalyzer(pressure, {
  silent: [
    { name: 'no pressure', given: { objects: [nodeWith(NONE)] } },
    {
      name: 'a kubelet that does not report any more',
      given: { objects: [nodeWith([condition('MemoryPressure', 'Unknown')])] },
    },
    {
      name: 'a pressure that has passed',
      given: { objects: [over, event(over, { ...HAD, type: 'Normal', lastTimestamp: ago(700) })] },
      info: [{ message: 'passed', subject, values: { ended: ago(300) } }],
    },
    {
      name: 'evictions in the log of a node whose condition says that they are over',
      given: { objects: [nodeWith(NONE)], logs: [kubeletLog(journalLine(600, EVICTING))] },
    },
    {
      name: 'an event of a pressure that passed an hour ago',
      given: {
        objects: [nodeWith(NONE), event(nodeWith(NONE), { ...HAD, lastTimestamp: ago(3800) })],
      },
    },
  ],
  reports: [
    {
      name: 'disk, as a kubelet of 1.36 says it, with the defaults',
      given: {
        objects: [
          nodeWith([
            condition('DiskPressure', 'True', {
              reason: 'KubeletHasDiskPressure',
              message: 'kubelet has disk pressure',
            }),
          ]),
        ],
      },
      expect: [
        {
          message: 'diskPressure',
          subject,
          severity: 'critical',
          since: ago(3600),
          values: {
            threshold: [
              'nodefs.available below 10%, the default',
              'imagefs.available below 15%, the default',
              'nodefs.inodesFree below 5%, the default',
            ],
          },
        },
      ],
    },
    {
      name: 'memory, with the threshold the kubelet was given',
      given: {
        objects: [nodeWith([condition('MemoryPressure', 'True')])],
        documents: [nodeFile(nodeKubeletConfig, 'evictionHard:\n  memory.available: 500Mi\n')],
      },
      expect: [
        { message: 'memoryPressure', subject, values: { threshold: ['memory.available below 500Mi'] } },
      ],
    },
    {
      name: 'process ids',
      given: { objects: [nodeWith([condition('PIDPressure', 'True')])] },
      expect: [
        { message: 'processPressure', subject, values: { threshold: ['a threshold set on the node'] } },
      ],
    },
    {
      name: 'an archive of a node alone, by the words of 1.36',
      given: { logs: [kubeletLog(journalLine(30, EVICTING))] },
      expect: [
        {
          message: 'evicting',
          subject,
          severity: 'critical',
          values: { resource: ['ephemeral-storage'], count: 1 },
        },
      ],
    },
  ],
  unknown: [{ name: 'nodes were refused', given: { forbidden: [nodes] }, reason: /not allowed/ }],
});

describe('node/pressure of a node whose pods were measured', () => {
  it('shows with a lack of memory the pods that use most of it', () => {
    const usage = (name: string, memory: string) =>
      anyObject('metrics.k8s.io/v1beta1', 'PodMetrics', name, 'shop', {
        containers: [{ name: 'app', usage: { memory } }],
      });
    const placed = (name: string) => pod(name, { spec: { nodeName: 'worker-1' } });
    const objects = [placed('large'), placed('small'), usage('large', '6Gi'), usage('small', '1Mi')];

    const [memory] = runOn(pressure, {
      objects: [nodeWith([condition('MemoryPressure', 'True')]), ...objects],
    }).findings;
    const [disk] = runOn(pressure, {
      objects: [nodeWith([condition('DiskPressure', 'True')]), ...objects],
    }).findings;

    const shown = JSON.stringify(memory?.evidence);
    expect(shown).toContain('large');
    expect(shown.indexOf('large')).toBeLessThan(shown.indexOf('small'));
    expect(JSON.stringify(disk?.evidence)).not.toContain('large');
  });
});
