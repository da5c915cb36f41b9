import { clockOff } from '../../../analyzers/node/clock-off.ts';
import { clockOffset } from '../../../src/artifacts/clock-offset.ts';
import { nodeTime } from '../../../src/artifacts/node-time.ts';
import { leases, nodes } from '../../../src/artifacts/resources.ts';
import { node } from '../../support/builders.ts';
import { heartbeat, nodeFile } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const NAMES = ['worker-1', 'worker-2', 'worker-3'];

/** A node whose clock shows so many seconds more than that of the API server. */
function clock(name: string, ahead: number) {
  return [node(name), heartbeat(10 - ahead, { name, writtenAgo: 10 })];
}

function collector(seconds: number) {
  const at = (offset: number) => new Date(Date.parse('2026-01-15T12:00:00Z') + offset * 1000).toISOString();
  return {
    artifact: clockOffset,
    bytes: JSON.stringify({ serverDate: at(0), sentAt: at(seconds), receivedAt: at(seconds + 0.2) }),
  };
}

testAnalyzer(clockOff, {
  silent: [
    { name: 'clocks that agree', given: { objects: [...clock('worker-1', 0), ...clock('worker-2', 1)] } },
    {
      name: 'a renewal that took ten seconds looks like a clock that is behind',
      given: { objects: [...clock('worker-1', -10), ...clock('worker-2', 0)] },
    },
    {
      name: 'leases without managed fields tell nothing',
      given: { objects: [node('worker-1'), heartbeat(400)] },
    },
    {
      name: 'a hardware clock in local time',
      given: {
        objects: [node('worker-1')],
        documents: [nodeFile(nodeTime, 'System clock synchronized: yes\n RTC in local TZ: yes\n')],
      },
      info: [{ message: 'hardwareClockLocal', subject }],
    },
    {
      name: 'a node that is synchronised',
      given: {
        objects: [node('worker-1')],
        documents: [
          nodeFile(nodeTime, 'System clock synchronized: yes\n              NTP service: active\n'),
        ],
      },
    },
    {
      name: 'a node that does not say',
      given: { objects: [node('worker-1')], documents: [nodeFile(nodeTime, 'NTP=yes\n')] },
    },
    {
      name: 'a collecting machine off by minutes',
      given: { objects: clock('worker-1', 0), documents: [collector(-180)] },
      info: [
        {
          message: 'collectorOff',
          subject: 'machine:machine of the collection',
          values: { seconds: 180, way: 'behind' },
        },
      ],
    },
    {
      name: 'a collecting machine off by seconds',
      given: { objects: clock('worker-1', 0), documents: [collector(8)] },
    },
  ],
  reports: [
    {
      name: 'one node ahead',
      given: { objects: [...clock('worker-1', 42), ...clock('worker-2', 0), ...clock('worker-3', 0)] },
      expect: [
        { message: 'nodeOff', subject, severity: 'warning', values: { seconds: 42, way: 'ahead of' } },
      ],
    },
    {
      name: 'one node behind; its file says the same and is not told twice',
      given: {
        objects: [...clock('worker-1', -300), ...clock('worker-2', 0)],
        documents: [nodeFile(nodeTime, 'NTP synchronized: no\n')],
      },
      expect: [{ message: 'nodeOff', subject, values: { seconds: 300, way: 'behind' } }],
    },
    {
      name: 'all nodes off alike: the API server is',
      given: { objects: NAMES.flatMap((name) => clock(name, 90)) },
      expect: [
        {
          message: 'serverOff',
          subject: 'host:kube-apiserver',
          confidence: 'likely',
          values: { total: 3, seconds: 90 },
        },
      ],
    },
    {
      name: 'all nodes off, each by another amount',
      given: { objects: NAMES.flatMap((name, index) => clock(name, 60 * (index + 1))) },
      expect: NAMES.map((name) => ({ message: 'nodeOff', subject: `Node/${name}` })),
    },
    {
      name: 'an archive of a node alone, as systemd 219 writes it',
      given: {
        documents: [
          nodeFile(
            nodeTime,
            '     NTP enabled: no\nNTP synchronized: no\n RTC in local TZ: no\n',
            '10.0.0.7',
          ),
        ],
      },
      expect: [
        {
          message: 'notSynchronized',
          subject: 'machine:10.0.0.7',
          severity: 'warning',
          values: { detail: ', and no time service is on' },
        },
      ],
    },
    {
      name: 'chrony knows how far it is off',
      given: {
        objects: [node('worker-1')],
        documents: [
          nodeFile(
            nodeTime,
            'System time     : 12.400000000 seconds slow of NTP time\nLeap status     : Normal\n',
          ),
        ],
      },
      expect: [{ message: 'offFromServers', subject, values: { seconds: 12, way: 'behind' } }],
    },
  ],
  unknown: [
    {
      name: 'leases were refused',
      given: { objects: [node('worker-1')], forbidden: [leases] },
      reason: /not allowed/,
    },
    { name: 'nodes were refused', given: { forbidden: [nodes] }, reason: /not allowed/ },
  ],
});
