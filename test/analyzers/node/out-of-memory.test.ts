import { outOfMemory } from '../../../analyzers/node/out-of-memory.ts';
import { ago, condition, event, node } from '../../support/builders.ts';
import { journalLine, kernelLog, nodeWith } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const KILLED =
  'kernel: Out of memory: Killed process 4242 (java) total-vm:9012345kB, anon-rss:4100000kB, file-rss:0kB';
const OWN_LIMIT =
  'kernel: Memory cgroup out of memory: Killed process 77 (worker) total-vm:9kB, anon-rss:4kB, file-rss:0kB';
const subject = 'Node/worker-1';
const quiet = kernelLog('kernel: eth0: link becomes ready\n');
const pressed = nodeWith([condition('MemoryPressure', 'True')]);
const calm = node('worker-1');
const SYSTEM_OOM = {
  reason: 'SystemOOM',
  message: 'System OOM encountered, victim process: java, pid: 4242',
};

testAnalyzer(outOfMemory, {
  silent: [
    { name: 'a kernel log without such a line', given: { objects: [calm], logs: [quiet] } },
    {
      name: 'a line of an application in a container log',
      given: {
        objects: [calm],
        logs: [quiet, { namespace: 'shop', pod: 'web', container: 'app', text: `${KILLED}\n` }],
      },
    },
    {
      name: 'containers that exceeded their own limits',
      given: { objects: [calm], logs: [kernelLog(journalLine(60, OWN_LIMIT))] },
      info: [{ message: 'containersKilled', subject, values: { count: 1, processes: ['worker'] } }],
    },
    {
      name: 'a kill a day ago',
      given: { objects: [calm], logs: [kernelLog(journalLine(86_400, KILLED))] },
      info: [{ message: 'processesKilled', subject, severity: 'info' }],
    },
    {
      name: 'an event on a node that has memory again',
      given: { objects: [calm, event(calm, SYSTEM_OOM)], logs: [quiet] },
      info: [{ message: 'toldByEvent', subject, severity: 'info' }],
    },
    {
      name: 'an event of two hours ago',
      given: {
        objects: [pressed, event(pressed, { ...SYSTEM_OOM, lastTimestamp: ago(7200) })],
        logs: [quiet],
      },
    },
  ],
  reports: [
    {
      name: 'the kernel killed an hour ago',
      given: { objects: [calm], logs: [kernelLog(journalLine(3700, KILLED) + journalLine(3600, KILLED))] },
      expect: [
        {
          message: 'processesKilled',
          subject,
          severity: 'critical',
          values: { count: 2, processes: ['java'] },
          since: ago(3700),
        },
      ],
    },
    {
      name: 'dmesg does not say when, and there is no cluster beside it',
      given: { logs: [kernelLog(`[812345.678901] ${KILLED}\n`)], rows: [] },
      expect: [{ message: 'processesKilled', subject, severity: 'warning' }],
    },
    {
      name: 'the kubelet tells of it while memory is short',
      given: { objects: [pressed, event(pressed, SYSTEM_OOM)] },
      expect: [
        {
          message: 'toldByEvent',
          subject,
          severity: 'warning',
          values: { detail: 'System OOM encountered, victim process: java, pid: 4242' },
        },
      ],
    },
  ],
  unknown: [
    { name: 'no kernel log at all', given: { objects: [calm] }, reason: /no kernel log of a node/ },
    {
      name: 'no kernel log of one of two nodes',
      given: { objects: [calm, node('worker-2')], logs: [quiet] },
      reason: /kernel log of this node/,
    },
  ],
});
