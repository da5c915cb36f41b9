import { describe, expect, it } from 'vitest';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { notReadySince, tellingLine } from '../../../src/derive/container-crash.ts';
import { containersOf } from '../../../src/derive/containers.ts';
import { containerStatus, pod } from '../../support/builders.ts';

function tail(...lines: string[]) {
  return { scope: { type: 'container', namespace: 'a', pod: 'b', container: 'c' }, lines, line: 1 } as const;
}

describe('tellingLine', () => {
  it.each([
    'listen tcp :8080: bind: address already in use',
    'nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)',
    'Error: listen EADDRINUSE: address already in use :::3000',
    'Web server failed to start. Port 8080 was already in use.',
  ])('finds an address in use: %s', (line) => {
    expect(tellingLine(tail('starting', line, 'bye'))).toEqual({ class: 'addressInUse', text: line });
  });

  it.each([
    'exec /usr/bin/srv: exec format error',
    'standard_init_linux.go:228: exec user process caused: exec format error',
    '/bin/sh: exec format error',
  ])('finds the refusal of the kernel: %s', (line) => {
    expect(tellingLine(tail(line))?.class).toBe('wrongArchitecture');
  });

  it.each(['unknown exec format errors are ignored', 'address in the wrong format', 'port 80 opened'])(
    'passes over %s',
    (line) => {
      expect(tellingLine(tail(line))).toBeUndefined();
    },
  );

  it('has nothing to say without a log', () => {
    expect(tellingLine(undefined)).toBeUndefined();
  });
});

describe('notReadySince', () => {
  const TURNED = '2026-03-01T11:00:00Z';

  function since(lastState: Record<string, unknown>): string | undefined {
    const item = pod('a', {
      status: {
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: TURNED }],
        containerStatuses: [containerStatus('app', { lastState })],
      },
    }) as unknown as PodItem;
    return notReadySince(item, containersOf(item)[0]!);
  }

  it('is the time of the condition while the container has not run or was not ready in its last run', () => {
    expect(since({})).toBe(TURNED);
    expect(since({ terminated: { exitCode: 1, startedAt: '2026-03-01T11:30:00Z' } })).toBe(TURNED);
    expect(since({ terminated: { exitCode: 128, startedAt: '1970-01-01T00:00:00Z' } })).toBe(TURNED);
  });

  it('is not known when the end of the last run turned the condition', () => {
    expect(since({ terminated: { exitCode: 1, startedAt: '2026-03-01T10:59:30Z' } })).toBeUndefined();
  });
});
