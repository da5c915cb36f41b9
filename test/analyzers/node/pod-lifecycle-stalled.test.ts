import { podLifecycleStalled } from '../../../analyzers/node/pod-lifecycle-stalled.ts';
import { node } from '../../support/builders.ts';
import { journalLine, kubeletLog, unreadyNode } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const calm = node('worker-1');
const silent = unreadyNode('Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.');
const STALLED =
  'kubelet[2112]: I1120 05:41:48.120334    2112 kubelet.go:2661] "Skipping pod synchronization" err="PLEG is not healthy: pleg was last seen active 3m47.557907465s ago; threshold is 3m0s"';
const STARTING =
  'kubelet[2112]: E1120 05:30:33.1 2112 kubelet.go:2661] "Skipping pod synchronization" err="PLEG is not healthy: pleg has yet to be successful"';

testAnalyzer(podLifecycleStalled, {
  silent: [
    { name: 'a ready node whose log is not in the bundle', given: { objects: [calm] } },
    {
      name: 'a kubelet that has just started',
      given: { objects: [calm], logs: [kubeletLog(journalLine(20, STARTING))] },
    },
    {
      name: 'a node that is ready again',
      given: { objects: [calm], logs: [kubeletLog(journalLine(300, STALLED))] },
      info: [{ message: 'stalled', subject, severity: 'info' }],
    },
    {
      name: 'a node that says so itself',
      given: {
        objects: [
          unreadyNode(
            'False',
            'KubeletNotReady',
            'PLEG is not healthy: pleg was last seen active 4m1s ago; threshold is 3m0s',
          ),
        ],
        logs: [kubeletLog(journalLine(30, STALLED))],
      },
    },
    {
      name: 'lines of yesterday in an archive of a node alone',
      given: { logs: [kubeletLog(journalLine(86_400, STALLED))] },
      info: [{ message: 'stalled', subject, severity: 'info' }],
    },
  ],
  reports: [
    {
      name: 'a node that fell silent',
      given: { objects: [silent], logs: [kubeletLog(`Nov 20 05:41:48 worker-1 ${STALLED}\n`)] },
      expect: [
        {
          message: 'stalled',
          subject,
          severity: 'critical',
          values: { since: '3m47.557907465s', count: 1 },
        },
      ],
    },
    {
      name: 'undated lines of a machine of which nothing else is known',
      given: { logs: [kubeletLog(`Nov 20 05:41:48 cp ${STALLED}\n`, '10.0.0.7')] },
      expect: [{ message: 'stalled', subject: 'machine:10.0.0.7', severity: 'warning' }],
    },
  ],
  unknown: [
    {
      name: 'a silent node without its log',
      given: { objects: [silent] },
      reason: /kubelet log of this node/,
    },
  ],
});
