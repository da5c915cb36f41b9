import { describe, expect, it } from 'vitest';
import { nodeFilesystems } from '../../../src/artifacts/node-filesystems.ts';
import { kernelSeverity } from '../../../src/derive/kernel-log.ts';
import { filesystemOf, type MachineDisks, nodeDisks } from '../../../src/derive/node-disks.ts';
import { faultSeverity } from '../../../src/derive/node-logs.ts';
import { stateText } from '../../../src/derive/service-states.ts';
import { defineAnalyzer } from '../../../src/model/analyzer.ts';
import { nodeFile } from '../../support/node-builders.ts';
import { runOn } from '../../support/test-analyzer.ts';

function disksOf(text: string): readonly MachineDisks[] {
  let seen: readonly MachineDisks[] = [];
  const analyzer = defineAnalyzer({
    meta: { id: 'node/asked', title: 'Asked', description: 'Asked.', messages: {}, references: ['test'] },
    needs: { disks: nodeDisks },
    analyze({ disks }) {
      seen = disks;
      return undefined;
    },
  });
  runOn(analyzer, { documents: [nodeFile(nodeFilesystems, text)] });
  return seen;
}

const HEAD = 'Filesystem 1024-blocks Used Available Capacity Mounted on';

describe('disks of nodes', () => {
  it('are the ones that may run full', () => {
    const rows = [
      '/dev/sda1 9 1 8 1% /',
      'tmpfs 9 9 0 100% /run',
      '/dev/loop1 9 9 0 100% /snap/a',
      'nas:/a 9 9 0 100% /a',
    ];
    const [machine] = disksOf([HEAD, ...rows].join('\n'));

    expect(machine?.filesystems.map(({ filesystem, pointer }) => [filesystem.mount, pointer])).toEqual([
      ['/', '/0'],
    ]);
  });

  it('hold a path by the longest mount point above it', () => {
    const rows = ['/dev/sda1 9 1 8 1% /', '/dev/sdb 9 1 8 1% /var/lib', '/dev/sdc 9 1 8 1% /var/lib/etc'];
    const [machine] = disksOf([HEAD, ...rows].join('\n'));
    const of = (path: string) => filesystemOf(machine as MachineDisks, path)?.filesystem.mount;

    expect([of('/var/lib/etcd'), of('/var/lib/etc'), of('/home')]).toEqual(['/var/lib', '/var/lib/etc', '/']);
  });
});

describe('how grave a line in the log of a node is', () => {
  it.each([
    ['ready', 'recent', 'info'],
    ['silent', 'old', 'info'],
    ['silent', 'undated', 'critical'],
    ['not-ready', 'recent', 'critical'],
    ['alone', 'undated', 'warning'],
    ['alone', 'recent', 'critical'],
    ['unseen', 'recent', 'info'],
  ] as const)('of a %s node, %s: %s', (state, age, severity) => {
    expect(faultSeverity(state, age)).toBe(severity);
  });

  it('of a kernel depends on its age alone', () => {
    expect([kernelSeverity('recent'), kernelSeverity('undated'), kernelSeverity('old')]).toEqual([
      'critical',
      'warning',
      'info',
    ]);
  });
});

describe('the state of a unit', () => {
  it('is told without repeating itself', () => {
    expect(
      stateText({ unit: 'a.service', active: 'failed', sub: 'failed', result: 'exit-code', exitStatus: 1 }),
    ).toBe('failed (exit-code, status 1)');
    expect(stateText({ unit: 'a.service', active: 'active', result: 'success', exitStatus: 0 })).toBe(
      'active',
    );
  });
});
