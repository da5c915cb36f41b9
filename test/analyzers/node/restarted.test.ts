import { restarted } from '../../../analyzers/node/restarted.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { ago, event, node, pod } from '../../support/builders.ts';
import { restartedPod } from '../../support/run-time-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const one = node('node-1', { status: { nodeInfo: { bootID: 'a' } } });
const again = { ...one, status: { nodeInfo: { bootID: 'b' } } };
const subject = 'Node/node-1';

function five(endedAgo: number) {
  return ['a', 'b', 'c', 'd', 'e'].map((name, index) => restartedPod(name, endedAgo + index * 10));
}

testAnalyzer(restarted, {
  silent: [
    { name: 'a node that runs', given: { objects: [one, pod('web')] } },
    { name: 'four containers that ended together', given: { objects: [one, ...five(7200).slice(1)] } },
    {
      name: 'three of five that ended together',
      given: { objects: [one, ...five(7200).slice(2), restartedPod('x', 60_000), restartedPod('y', 300)] },
    },
  ],
  reports: [
    {
      name: 'the event of the kubelet',
      given: {
        objects: [
          one,
          event(one, {
            reason: 'Rebooted',
            message: 'Node node-1 has been rebooted, boot id: b',
            lastTimestamp: ago(600),
          }),
          ...five(640),
          pod('later', { status: { startTime: ago(60) } }),
        ],
      },
      expect: [
        {
          message: 'rebooted',
          subject,
          severity: 'info',
          values: { ended: 5, before: 5, time: ago(600) },
          since: ago(600),
        },
      ],
    },
    {
      name: 'another boot id in the second sample',
      given: { objects: [one], secondSample: [again], secondObserved: '2026-01-15T12:00:30Z' },
      expect: [{ message: 'rebooted', subject, values: { time: '2026-01-15T12:00:30Z', ended: 0 } }],
    },
    {
      name: 'nearly all containers ended together two days ago, with high restart counts',
      given: { objects: [one, ...five(7200), restartedPod('x', 300)] },
      expect: [{ message: 'endedTogether', subject, confidence: 'likely', values: { ended: 5, before: 6 } }],
    },
  ],
  unknown: [{ name: 'nodes were refused', given: { forbidden: [nodes] }, reason: /not allowed/ }],
});
