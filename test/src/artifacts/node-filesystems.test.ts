import { describe, expect, it } from 'vitest';
import { nodeFilesystems } from '../../../src/artifacts/node-filesystems.ts';

const parse = (text: string) => nodeFilesystems.parse(new TextEncoder().encode(text));

describe('node-filesystems', () => {
  it('joins space, inodes and mounts of one mount point', () => {
    const text = [
      'Filesystem     1024-blocks     Used Available Capacity Mounted on',
      '/dev/sda1         1000000    900000     50000      95% /',
      'Filesystem      Inodes  IUsed   IFree IUse% Mounted on',
      '/dev/sda1       655360 655000     360  100% /',
      '==> mounts <==',
      '/dev/sda1 / ext4 ro,relatime 0 0',
      'proc /proc proc rw 0 0',
    ].join('\n');

    expect(parse(text)).toEqual([
      {
        device: '/dev/sda1',
        mount: '/',
        type: 'ext4',
        readOnly: true,
        sizeBytes: 1_024_000_000,
        usedBytes: 921_600_000,
        availableBytes: 51_200_000,
        inodes: 655_360,
        inodesUsed: 655_000,
        inodesFree: 360,
      },
    ]);
  });

  it('reads types, rounded sizes and lines broken after the device', () => {
    const text = [
      'Filesystem           Type   Size  Used Avail Use% Mounted on',
      '/dev/mapper/a-very-long-name-of-a-volume',
      '                     xfs    1.5T  1.0G  500M   1% /var/lib/my data',
    ].join('\n');

    expect(parse(text)).toEqual([
      {
        device: '/dev/mapper/a-very-long-name-of-a-volume',
        mount: '/var/lib/my data',
        type: 'xfs',
        sizeBytes: 1.5 * 2 ** 40,
        usedBytes: 2 ** 30,
        availableBytes: 500 * 2 ** 20,
      },
    ]);
  });

  it('leaves out what a file system does not count', () => {
    const text = 'Filesystem Inodes IUsed IFree IUse% Mounted on\n/dev/sdb 0 0 0 - /btrfs\n';

    expect(parse(text)).toEqual([
      { device: '/dev/sdb', mount: '/btrfs', inodes: 0, inodesUsed: 0, inodesFree: 0 },
    ]);
  });

  it('refuses what is no table', () => {
    expect(() => parse('df: not found')).toThrow('no table');
  });
});
