import { describe, expect, it } from 'vitest';
import { hookError, readStartError } from '../../../src/derive/start-failure.ts';

const RUNC =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';

describe('readStartError', () => {
  it.each([
    [
      `${RUNC}exec: "/nosuch": stat /nosuch: no such file or directory: unknown`,
      'commandNotFound',
      '/nosuch',
    ],
    [`${RUNC}exec: "srv": executable file not found in $PATH: unknown`, 'commandNotFound', 'srv'],
    [
      'OCI runtime create failed: container_linux.go:380: starting container process caused: exec: \\"srv\\": executable file not found in $PATH: unknown',
      'commandNotFound',
      'srv',
    ],
    [`${RUNC}exec /entrypoint.sh: no such file or directory: unknown`, 'commandNotFound', '/entrypoint.sh'],
    [`${RUNC}exec: "/etc": is a directory: unknown`, 'notExecutable', '/etc'],
    ['container create failed: open executable: Permission denied', 'notExecutable', undefined],
    [`${RUNC}exec /srv: exec format error: unknown`, 'wrongArchitecture', undefined],
    [`${RUNC}container init was OOM-killed (memory limit too low?): unknown`, 'killedForMemory', undefined],
    [
      'container create failed: mount `/var/lib/kubelet/p` to `etc/app.conf`: Not a directory',
      'mountKindDiffers',
      'etc/app.conf',
    ],
    [`${RUNC}mkdir /workspace: read-only file system: unknown`, 'workingDirectory', '/workspace'],
    ['context deadline exceeded', 'runtimeBusy', undefined],
    ['something else', undefined, undefined],
  ])('reads %s', (message, failure, name) => {
    expect(readStartError(message)).toMatchObject({ failure, name });
  });

  it('leaves the frames of the runtimes out of the detail', () => {
    expect(readStartError(`${RUNC}exec: "/x": permission denied: unknown`).detail).toBe(
      'exec: "/x": permission denied',
    );
  });
});

describe('hookError', () => {
  it('prefers what the hook wrote', () => {
    expect(
      hookError(
        'Exec lifecycle hook ([sh -c x]) for Container "c" in Pod "p_d(1)" failed - error: command \'sh -c x\' exited with 1: , message: "cannot register"',
      ),
    ).toBe('cannot register');
  });

  it('shows other words as they are', () => {
    expect(hookError('PostStartHookError')).toBe('PostStartHookError');
  });
});
