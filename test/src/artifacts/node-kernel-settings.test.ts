import { describe, expect, it } from 'vitest';
import { nodeKernelSettings } from '../../../src/artifacts/node-kernel-settings.ts';
import { nodeTime } from '../../../src/artifacts/node-time.ts';
import { textSections } from '../../../src/artifacts/text-sections.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('node-kernel-settings', () => {
  it('reads its parts', () => {
    const text = [
      'net.ipv4.ip_forward = 1',
      'fs.file-nr = 1234\t0\t100000',
      '==> modules <==',
      'Module                  Size  Used by',
      'br_netfilter           32768  0',
      '==> modules-builtin <==',
      'kernel/fs/overlayfs/overlay.ko',
      'kernel/net/netfilter/ip-vs.ko.xz',
      '==> swaps <==',
      'Filename Type Size Used Priority',
      '/swapfile file 2097148 1024 -2',
      '==> loadavg <==',
      '0.08 0.03 0.01 2/345 6789',
      '==> cgroup <==',
      'cgroup2fs',
    ].join('\r\n');

    expect(nodeKernelSettings.parse(bytes(text))).toEqual({
      sysctl: { 'net.ipv4.ip_forward': '1', 'fs.file-nr': '1234\t0\t100000' },
      modules: ['br_netfilter', 'ip_vs', 'overlay'],
      swaps: [{ file: '/swapfile', sizeBytes: 2_147_479_552, usedBytes: 1_048_576 }],
      tasks: 345,
      cgroupVersion: 2,
    });
  });

  it('tells no swap from swap that was not read', () => {
    expect(
      nodeKernelSettings.parse(bytes('==> swaps <==\nFilename Type Size Used Priority\n')).swaps,
    ).toEqual([]);
    expect(nodeKernelSettings.parse(bytes('vm.swappiness = 60\n==> swaps <==\n')).swaps).toBeUndefined();
  });

  it('refuses what holds no setting', () => {
    expect(() => nodeKernelSettings.parse(bytes('sysctl: not found'))).toThrow('no setting');
  });
});

describe('node-time', () => {
  it.each([
    [
      '               Local time: Thu 2026-01-15 12:00:00 UTC\n           Universal time: Thu 2026-01-15 12:00:00 UTC\nSystem clock synchronized: yes\n              NTP service: active\n          RTC in local TZ: no\n',
      { universalTime: '2026-01-15T12:00:00Z', synchronized: true, service: true, localRtc: false },
    ],
    [
      '     NTP enabled: n/a\nNTP synchronized: no\n RTC in local TZ: yes\n',
      { synchronized: false, localRtc: true },
    ],
    ['NTP=no\nNTPSynchronized=no\n', { service: false, synchronized: false }],
    [
      'Leap status     : Not synchronised\nSystem time     : 0.250000000 seconds fast of NTP time\n',
      { synchronized: false, offsetSeconds: 0.25 },
    ],
  ])('reads %j', (text, time) => {
    const parsed = nodeTime.parse(bytes(text));

    expect(JSON.parse(JSON.stringify(parsed))).toEqual(time);
  });

  it('refuses what says nothing of a clock', () => {
    expect(() => nodeTime.parse(bytes('Failed to connect to bus'))).toThrow('nothing about a clock');
  });
});

describe('sections of a text', () => {
  it('are named by their markers, the first part by nothing', () => {
    expect(textSections(bytes('a\n==> b c <==\nd\n\n==> e <==\n'))).toEqual([
      { name: '', lines: ['a'] },
      { name: 'b c', lines: ['d', ''] },
      { name: 'e', lines: [] },
    ]);
  });

  it('have no empty first part', () => {
    expect(textSections(bytes('\n==> b <==\n'))).toEqual([{ name: 'b', lines: [] }]);
  });
});
