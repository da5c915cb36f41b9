import { readyFlapping } from '../../../analyzers/node/ready-flapping.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { ago, type Built, condition, event, node } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';

function readyFor(seconds: number): Built {
  return node('worker-1', {
    status: { conditions: [condition('Ready', 'True', { lastTransitionTime: ago(seconds) })] },
  });
}

const flapping = readyFor(60);
const steady = readyFor(4000);

function change(about: Built, reason: string, count: number, last: number, first = last) {
  const times = { firstTimestamp: ago(first), lastTimestamp: ago(last) };
  return event(about, {
    reason,
    message: `Node worker-1 status is now: ${reason}`,
    count,
    type: 'Normal',
    ...times,
  });
}

testAnalyzer(readyFlapping, {
  silent: [
    { name: 'a node ready since yesterday', given: { objects: [steady] } },
    {
      name: 'one outage that is over: not ready, then ready',
      given: {
        objects: [flapping, change(flapping, 'NodeNotReady', 1, 300), change(flapping, 'NodeReady', 1, 60)],
      },
    },
    {
      name: 'old events of a node that has been ready for an hour',
      given: {
        objects: [steady, change(steady, 'NodeNotReady', 9, 800), change(steady, 'NodeReady', 9, 700)],
      },
    },
    {
      name: 'changes spread over a day',
      given: { objects: [flapping, change(flapping, 'NodeReady', 20, 60, 86_000)] },
    },
    {
      name: 'a node that is not ready is told as such',
      given: {
        objects: [
          node('worker-1', {
            status: { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(60) })] },
          }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'ready for a minute, after four changes',
      given: {
        objects: [
          flapping,
          change(flapping, 'NodeNotReady', 2, 120, 600),
          change(flapping, 'NodeReady', 2, 60, 500),
        ],
      },
      expect: [{ message: 'flapping', subject, severity: 'warning', values: { changes: 4, since: ago(60) } }],
    },
  ],
  unknown: [{ name: 'nodes were refused', given: { forbidden: [nodes] }, reason: /not allowed/ }],
});
