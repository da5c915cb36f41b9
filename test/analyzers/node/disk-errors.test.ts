import { diskErrors } from '../../../analyzers/node/disk-errors.ts';
import { nodeFilesystems } from '../../../src/artifacts/node-filesystems.ts';
import { node } from '../../support/builders.ts';
import { journalLine, kernelLog, nodeFile } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const calm = node('worker-1');
const quiet = kernelLog('kernel: EXT4-fs (sda1): mounted filesystem with ordered data mode\n');
const DF = [
  'Filesystem 1024-blocks Used Available Capacity Mounted on',
  '/dev/sda1 1000000 100 999900 1% /',
  '/dev/sdb1 1000000 100 999900 1% /var/lib/etcd',
  '==> mounts <==',
].join('\n');

function mounts(options: string) {
  const lines = `/dev/sda1 / ext4 rw,relatime 0 0\n/dev/sdb1 /var/lib/etcd xfs ${options} 0 0\n`;
  return nodeFile(nodeFilesystems, `${DF}\n${lines}`);
}

testAnalyzer(diskErrors, {
  silent: [
    { name: 'a quiet kernel', given: { objects: [calm], logs: [quiet], documents: [mounts('rw')] } },
    {
      name: 'an empty drive that answers with errors',
      given: {
        objects: [calm],
        logs: [kernelLog(journalLine(60, 'kernel: blk_update_request: I/O error, dev fd0, sector 0'))],
      },
    },
    {
      name: 'an error of last week',
      given: {
        objects: [calm],
        logs: [kernelLog(journalLine(600_000, 'kernel: blk_update_request: I/O error, dev sdb, sector 9'))],
      },
      info: [{ message: 'deviceFails', subject, severity: 'info' }],
    },
    {
      name: 'an image that is mounted read-only',
      given: {
        objects: [calm],
        logs: [quiet],
        documents: [
          nodeFile(
            nodeFilesystems,
            `${DF.replace('/var/lib/etcd', '/snap/core')}\n/dev/loop0 /snap/core squashfs ro 0 0\n`,
          ),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'a disk whose reads fail, with what is mounted from it',
      given: {
        objects: [calm],
        logs: [kernelLog(journalLine(60, 'kernel: blk_update_request: I/O error, dev sdb, sector 81920'))],
        documents: [mounts('rw')],
      },
      expect: [
        {
          message: 'deviceFails',
          subject,
          severity: 'critical',
          values: { devices: ['sdb'], mounts: ['/var/lib/etcd'], count: 1 },
        },
      ],
    },
    {
      name: 'a damaged file system of either kind, undated',
      given: {
        objects: [calm],
        logs: [
          kernelLog(
            '[1.0] EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm kubelet: reading directory\n[2.0] XFS (sdb1): Metadata corruption detected at xfs_inode_buf_verify\n',
          ),
        ],
      },
      expect: [
        {
          message: 'filesystemDamaged',
          subject,
          severity: 'warning',
          values: { devices: ['sda1', 'sdb1'], mounts: ['mount point not known'] },
        },
      ],
    },
    {
      name: 'a file system the kernel made read-only',
      given: {
        objects: [calm],
        logs: [kernelLog(journalLine(60, 'kernel: EXT4-fs (sda1): Remounting filesystem read-only'))],
      },
      expect: [{ message: 'readOnly', subject, severity: 'critical', values: { devices: ['sda1'] } }],
    },
    {
      name: 'a file system that is mounted read-only, the reason rotated away',
      given: { objects: [calm], logs: [quiet], documents: [mounts('ro,relatime')] },
      expect: [{ message: 'mountedReadOnly', subject, values: { mounts: '/var/lib/etcd' } }],
    },
  ],
  unknown: [{ name: 'no kernel log', given: { objects: [calm] }, reason: /no kernel log/ }],
});
