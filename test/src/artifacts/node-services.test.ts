import { describe, expect, it } from 'vitest';
import { nodeServices } from '../../../src/artifacts/node-services.ts';
import { systemdTime } from '../../../src/artifacts/systemd-time.ts';

const parse = (text: string) => nodeServices.parse(new TextEncoder().encode(text));

describe('node-services', () => {
  it('reads blocks of systemctl show', () => {
    const text = [
      'Id=kubelet.service',
      'LoadState=loaded',
      'UnitFileState=enabled',
      'ActiveState=activating',
      'SubState=auto-restart',
      'Result=exit-code',
      'NRestarts=7',
      'ExecMainStatus=255',
      'StateChangeTimestamp=Thu 2026-01-15 11:59:54 UTC',
      '',
      'Id=crio.service',
      'LoadState=not-found',
      'UnitFileState=',
      'ActiveState=inactive',
      'SubState=dead',
    ].join('\n');

    expect(parse(text)).toEqual([
      {
        unit: 'kubelet.service',
        load: 'loaded',
        enabled: 'enabled',
        active: 'activating',
        sub: 'auto-restart',
        result: 'exit-code',
        restarts: 7,
        exitStatus: 255,
        since: '2026-01-15T11:59:54Z',
      },
      { unit: 'crio.service', load: 'not-found', active: 'inactive', sub: 'dead' },
    ]);
  });

  it('reads the text of systemctl status, without the journal below it', () => {
    const text = [
      '● containerd.service - containerd container runtime',
      '     Loaded: loaded (/usr/lib/systemd/system/containerd.service; enabled; vendor preset: disabled)',
      '    Drop-In: /etc/systemd/system/containerd.service.d',
      '             └─override.conf',
      '     Active: active (running) since Thu 2026-01-15 09:00:01 UTC; 3h 0min ago',
      '   Main PID: 812 (containerd)',
      '',
      'Jan 15 11:00:00 cp-1 containerd[812]: Active: failed',
    ].join('\n');

    expect(parse(text)).toEqual([
      {
        unit: 'containerd.service',
        load: 'loaded',
        enabled: 'enabled',
        active: 'active',
        sub: 'running',
        since: '2026-01-15T09:00:01Z',
      },
    ]);
  });

  it('keeps the result beside the state, and leaves times of other zones out', () => {
    const text = [
      '● kubelet.service - kubelet',
      '   Active: failed (Result: exit-code) since Thu 2026-01-15 10:00:00 CET; 6s ago',
      ' Main PID: 2112 (code=exited, status=1/FAILURE)',
    ].join('\n');

    expect(parse(text)).toEqual([
      { unit: 'kubelet.service', active: 'failed', result: 'exit-code', exitStatus: 1 },
    ]);
  });

  it('reads lists of failed units, and joins what is said twice of one', () => {
    const text =
      'chronyd.service loaded failed failed NTP client/server\n\nId=chronyd.service\nActiveState=failed\nNRestarts=2\n';

    expect(parse(text)).toEqual([
      { unit: 'chronyd.service', load: 'loaded', active: 'failed', sub: 'failed', restarts: 2 },
    ]);
  });

  it('refuses what names no unit', () => {
    expect(() => parse('System has not been booted with systemd')).toThrow('no unit');
  });
});

describe('a time of systemd', () => {
  it.each([
    ['Thu 2026-01-15 11:59:54 UTC', '2026-01-15T11:59:54Z'],
    ['2026-01-15 11:59:54.120 GMT', '2026-01-15T11:59:54Z'],
    ['@1768478394', '2026-01-15T11:59:54Z'],
    ['Thu 2026-01-15 11:59:54 CET', undefined],
    ['n/a', undefined],
  ])('%s is %s', (text, time) => {
    expect(systemdTime(text)).toBe(time);
  });
});
