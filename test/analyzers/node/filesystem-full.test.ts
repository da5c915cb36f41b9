import { filesystemFull } from '../../../analyzers/node/filesystem-full.ts';
import { nodeAnsibleFacts } from '../../../src/artifacts/node-ansible-facts.ts';
import { nodeFilesystems } from '../../../src/artifacts/node-filesystems.ts';
import { node } from '../../support/builders.ts';
import { journalLine, kubeletLog, nodeFile } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const calm = node('worker-1');
const GIB = 2 ** 20;
const HEAD = 'Filesystem     1024-blocks     Used Available Capacity Mounted on';
const INODES = 'Filesystem      Inodes  IUsed   IFree IUse% Mounted on';
const NO_SPACE =
  'kubelet[9]: E0115 11:59:49.1 9 image_gc_manager.go:1] "write /var/lib/containerd/x: no space left on device"';

/** A row of `df -P`; sizes in GiB. */
function row(mount: string, used: number, available: number, device = '/dev/sda1'): string {
  return `${device} ${(used + available) * GIB} ${used * GIB} ${available * GIB} ${Math.round((used / (used + available)) * 100)}% ${mount}`;
}

function df(...rows: readonly string[]) {
  return nodeFile(nodeFilesystems, [HEAD, ...rows].join('\n'));
}

testAnalyzer(filesystemFull, {
  silent: [
    { name: 'a disk half full', given: { objects: [calm], documents: [df(row('/', 50, 50))] } },
    {
      name: 'what is always full or not of this machine',
      given: {
        objects: [calm],
        documents: [
          df(
            row('/', 50, 50),
            row('/snap/core', 1, 0, '/dev/loop0'),
            row('/boot', 1, 0, '/dev/sda2'),
            row('/mnt/share', 100, 0, 'nas:/share'),
            row('/run/containerd/x', 100, 0, 'overlay'),
            row('/var/lib/kubelet/pods/1/volumes/a', 100, 0, '/dev/sdc'),
          ),
        ],
      },
    },
    {
      name: 'few GiB left of a disk that is small as a whole',
      given: { objects: [calm], documents: [df(row('/', 12, 8))] },
    },
    {
      name: 'lines of the log though there is space',
      given: {
        objects: [calm],
        documents: [df(row('/', 50, 50))],
        logs: [kubeletLog(journalLine(300, NO_SPACE))],
      },
      info: [{ message: 'writesFail', subject, values: { count: 1 } }],
    },
    {
      name: 'watches that ran out are another matter',
      given: {
        objects: [calm],
        documents: [df(row('/', 50, 50))],
        logs: [kubeletLog('kubelet: inotify_add_watch /etc: no space left on device\n')],
      },
    },
  ],
  reports: [
    {
      name: 'two per cent left',
      given: { objects: [calm], documents: [df(row('/', 98, 2))] },
      expect: [
        {
          message: 'spaceLow',
          subject,
          severity: 'critical',
          values: { mount: '/', available: 2 * 2 ** 30, size: 100 * 2 ** 30 },
        },
      ],
    },
    {
      name: 'the disk of the images below 10 GiB and 15 %, the root beside it fine',
      given: {
        objects: [calm],
        documents: [df(row('/', 50, 50), row('/var/lib/containerd', 91, 9, '/dev/sdb'))],
      },
      expect: [
        { message: 'spaceLow', subject, severity: 'warning', values: { mount: '/var/lib/containerd' } },
      ],
    },
    {
      name: 'no inodes left though there is space',
      given: {
        objects: [calm],
        documents: [
          nodeFile(
            nodeFilesystems,
            [HEAD, row('/', 50, 50), INODES, '/dev/sda1 1000000 999000 1000 100% /'].join('\n'),
          ),
        ],
      },
      expect: [
        {
          message: 'inodesLow',
          subject,
          severity: 'critical',
          values: { mount: '/', free: 1000, inodes: 1_000_000 },
        },
      ],
    },
    {
      name: 'mounts as Ansible gathered them',
      given: {
        documents: [
          nodeFile(
            nodeAnsibleFacts,
            JSON.stringify({
              nodename: 'cp-1',
              mounts: [
                { mount: '/', device: '/dev/sda1', fstype: 'xfs', size_total: 1000, size_available: 40 },
              ],
            }),
            '10.1.2.3',
          ),
        ],
      },
      expect: [{ message: 'spaceLow', subject: 'Node/cp-1', severity: 'warning' }],
    },
  ],
  unknown: [{ name: 'nothing was measured', given: { objects: [calm] }, reason: /not measured/ }],
});
