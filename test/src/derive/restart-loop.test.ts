import { describe, expect, it } from 'vitest';
import { deriveContext } from '../../../src/analyze/inputs.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { containersOf } from '../../../src/derive/containers.ts';
import { endedRecently, isRestartLoop } from '../../../src/derive/restart-loop.ts';
import { ago } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { unreadyPod } from '../../support/probe-builders.ts';

function read(status: object) {
  const pod = inputsFrom({ pods }, { objects: [unreadyPod('web', {}, { ...status })] }).pods.items[0]!;
  return { pod, container: containersOf(pod)[0]! };
}

function isLoop(status: object, runSeconds?: number): boolean {
  const { pod, container } = read(status);
  return isRestartLoop(pod, container, deriveContext.age, runSeconds);
}

function ended(seconds: number): object {
  return { lastState: { terminated: { exitCode: 1, finishedAt: ago(seconds) } } };
}

describe('a restart loop', () => {
  it('is a back-off, and no other reason to wait', () => {
    expect(isLoop({ state: { waiting: { reason: 'CrashLoopBackOff' } } })).toBe(true);
    expect(
      isLoop({ restartCount: 9, ...ended(60), state: { waiting: { reason: 'ImagePullBackOff' } } }),
    ).toBe(false);
  });

  it('is three restarts and a recent end', () => {
    expect(isLoop({ restartCount: 3, ...ended(60) })).toBe(true);
    expect(isLoop({ restartCount: 2, ...ended(60) })).toBe(false);
    expect(isLoop({ restartCount: 3, ...ended(700) })).toBe(false);
    expect(isLoop({ restartCount: 3, ...ended(60), ready: true })).toBe(false);
  });

  it('may have long runs', () => {
    expect(isLoop({ restartCount: 3, ...ended(700) }, 300)).toBe(true);
  });

  it('ends in the state that is now, when it is not started again yet', () => {
    const { pod, container } = read({
      state: { terminated: { exitCode: 1, finishedAt: ago(30) } },
      ...ended(9000),
    });

    expect(endedRecently(pod, container, deriveContext.age)).toBe(true);
  });
});
