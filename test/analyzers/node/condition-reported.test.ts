import { conditionReported } from '../../../analyzers/node/condition-reported.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { ago, condition } from '../../support/builders.ts';
import { nodeWith } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';

testAnalyzer(conditionReported, {
  silent: [
    {
      name: 'node-problem-detector finds nothing',
      given: {
        objects: [nodeWith([condition('KernelDeadlock', 'False'), condition('ReadonlyFilesystem', 'False')])],
      },
    },
    {
      name: 'conditions that are well when they are True',
      given: {
        objects: [nodeWith([condition('NetworkingReady', 'True'), condition('EtcdIsVoter', 'True')])],
      },
    },
    {
      name: 'a type nobody knows, whatever its status',
      given: {
        objects: [nodeWith([condition('SpotTerminationNotice', 'True'), condition('ShopReady', 'False')])],
      },
    },
    {
      name: 'conditions of the kubelet have analyzers of their own',
      given: {
        objects: [nodeWith([condition('DiskPressure', 'True'), condition('NetworkUnavailable', 'True')])],
      },
    },
    {
      name: 'an agent that does not know',
      given: { objects: [nodeWith([condition('KernelDeadlock', 'Unknown')])] },
    },
  ],
  reports: [
    {
      name: 'a deadlock node-problem-detector found',
      given: {
        objects: [
          nodeWith([
            condition('KernelDeadlock', 'True', {
              reason: 'DockerHung',
              message: 'task docker:7 blocked for more than 300 seconds.',
            }),
          ]),
        ],
      },
      expect: [
        {
          message: 'detected',
          subject,
          severity: 'warning',
          since: ago(3600),
          values: { type: 'KernelDeadlock', detail: 'task docker:7 blocked for more than 300 seconds' },
        },
      ],
    },
    {
      name: 'the network is not well by the agent of EKS',
      given: { objects: [nodeWith([condition('NetworkingReady', 'False', { reason: 'IPAMDNotRunning' })])] },
      expect: [{ message: 'notGood', subject, values: { detail: 'IPAMDNotRunning' } }],
    },
  ],
  unknown: [{ name: 'nodes were refused', given: { forbidden: [nodes] }, reason: /not allowed/ }],
});
