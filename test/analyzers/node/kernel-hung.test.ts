import { kernelHung } from '../../../analyzers/node/kernel-hung.ts';
import { node } from '../../support/builders.ts';
import { journalLine, kernelLog } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const calm = node('worker-1');
const BLOCKED = 'kernel: INFO: task jbd2/sda1-8:312 blocked for more than 120 seconds.';
const LOCKUP = 'kernel: watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [kubelet:912]';

testAnalyzer(kernelHung, {
  silent: [
    {
      name: 'an ordinary kernel log',
      given: { objects: [calm], logs: [kernelLog('kernel: EXT4-fs (sda1): mounted filesystem\n')] },
    },
    {
      name: 'words of a person in the journal of another unit',
      given: { objects: [calm], logs: [kernelLog('sshd: the queue was blocked for more than a day\n')] },
    },
    {
      name: 'tasks that were blocked a day ago',
      given: {
        objects: [calm],
        logs: [kernelLog(journalLine(86_400, BLOCKED) + journalLine(86_300, BLOCKED))],
      },
      info: [{ message: 'tasksBlocked', subject, severity: 'info' }],
    },
  ],
  reports: [
    {
      name: 'tasks blocked again and again',
      given: { objects: [calm], logs: [kernelLog(journalLine(240, BLOCKED) + journalLine(120, BLOCKED))] },
      expect: [
        {
          message: 'tasksBlocked',
          subject,
          severity: 'critical',
          values: { tasks: ['jbd2/sda1-8'], count: 2 },
        },
      ],
    },
    {
      name: 'one blocked task is no hung kernel yet',
      given: { objects: [calm], logs: [kernelLog(journalLine(240, BLOCKED))] },
      expect: [{ message: 'tasksBlocked', subject, severity: 'warning' }],
    },
    {
      name: 'a processor that is stuck, without a time',
      given: { objects: [calm], logs: [kernelLog(`[ 812.1] ${LOCKUP}\n`)] },
      expect: [
        { message: 'processorStuck', subject, severity: 'warning', values: { tasks: ['kubelet:912'] } },
      ],
    },
    {
      name: 'a fault of the kernel on a machine of which only files are there',
      given: {
        logs: [
          kernelLog(
            journalLine(60, 'kernel: BUG: kernel NULL pointer dereference, address: 0000000000000018'),
            '10.0.0.7',
          ),
        ],
      },
      expect: [
        {
          message: 'kernelFault',
          subject: 'machine:10.0.0.7',
          severity: 'critical',
          values: { faults: ['BUG: kernel NULL pointer dereference'] },
        },
      ],
    },
  ],
  unknown: [{ name: 'no kernel log', given: { objects: [calm] }, reason: /no kernel log/ }],
});
