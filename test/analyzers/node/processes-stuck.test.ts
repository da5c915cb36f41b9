import { processesStuck } from '../../../analyzers/node/processes-stuck.ts';
import { nodeProcesses } from '../../../src/artifacts/node-processes.ts';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { node } from '../../support/builders.ts';
import { nodeFile } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const HEAD = 'USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND';
const KUBELET =
  'root      2112  3.1  1.2 1959696 98304 ?       Ssl  Feb28  42:10 /usr/bin/kubelet --config=x';

function ps(...lines: string[]) {
  return nodeFile(nodeProcesses, `${[HEAD, KUBELET, ...lines].join('\n')}\n`);
}

function many(count: number, stat: string, command: string): string[] {
  return Array.from(
    { length: count },
    (_, index) =>
      `root      ${3000 + index}  0.0  0.0      0     0 ?        ${stat}    11:00   0:00 ${command}`,
  );
}

const given = (...lines: string[]) => ({ objects: [node('worker-1')], documents: [ps(...lines)] });

testAnalyzer(processesStuck, {
  silent: [
    { name: 'no list of processes', given: {}, status: 'not-applicable' },
    { name: 'a few that wait', given: given(...many(3, 'D', ' \\_ /bin/dd if=/dev/sda')) },
    { name: 'threads of the kernel that wait', given: given(...many(20, 'D', '[kworker/u8:2]')) },
    {
      name: 'sixty that have ended',
      given: given(...many(60, 'Z', '[probe.sh] <defunct>')),
      info: [{ message: 'zombies', subject: 'Node/worker-1', values: { count: 60 } }],
    },
  ],
  reports: [
    {
      name: 'twelve that wait for the kernel, one program twice',
      given: given(...many(11, 'D+', ' |   \\_ /usr/sbin/mysqld --x'), ...many(1, 'D', 'umount /data')),
      expect: [
        {
          message: 'blocked',
          subject: 'Node/worker-1',
          severity: 'warning',
          values: { count: 12, commands: ['mysqld', 'umount'] },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'the list could not be read',
      given: {
        rows: [
          {
            artifact: nodeProcesses.id,
            scope: CLUSTER_SCOPE,
            outcome: 'error',
            reason: 'no process is in it',
          },
        ],
      },
      reason: /no process/,
    },
  ],
});
