import { describe, expect, it } from 'vitest';
import { pods } from '../../../src/artifacts/resources.ts';
import { containersOf } from '../../../src/derive/containers.ts';
import { eventIndex } from '../../../src/derive/event-index.ts';
import { currentFailure, probeFailures, probeKill } from '../../../src/derive/probe-events.ts';
import { ago, type Built, event } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { killing, unhealthy, unreadyPod } from '../../support/probe-builders.ts';

function read(pod: Built, ...events: Built[]) {
  const inputs = inputsFrom({ pods, index: eventIndex }, { objects: [pod, ...events] });
  const item = inputs.pods.items[0]!;
  return { events: inputs.index.about(item), container: containersOf(item)[0]! };
}

function ended(terminated: object): Built {
  return unreadyPod('web', {}, { lastState: { terminated: { exitCode: 137, ...terminated } } });
}

const web = unreadyPod('web');

describe('failed probes', () => {
  it.each([
    [
      'Readiness probe failed: HTTP probe failed with statuscode: 503',
      'readiness',
      'HTTP probe failed with statuscode: 503',
    ],
    ['Liveness probe errored: rpc error: code = Unknown', 'liveness', 'rpc error: code = Unknown'],
    [
      '(combined from similar events): Startup probe errored and resulted in unknown state: x',
      'startup',
      'x',
    ],
    ['Readiness probe failed: ', 'readiness', ''],
  ])('are read from %s', (message, probe, detail) => {
    const { events } = read(web, unhealthy(web, message));

    expect(probeFailures(events, 'app')).toMatchObject([{ probe, detail }]);
  });

  it('are those of one container', () => {
    const { events } = read(web, unhealthy(web, 'Readiness probe failed: x'));

    expect(probeFailures(events, 'proxy')).toEqual([]);
  });

  it('are none of other events and other words', () => {
    const { events } = read(
      web,
      event(web, { reason: 'BackOff', message: 'Readiness probe failed: x' }),
      unhealthy(web, 'Container is not well'),
    );

    expect(probeFailures(events, 'app')).toEqual([]);
  });

  it('tell about now when they are not from long before', () => {
    const { events } = read(
      web,
      unhealthy(web, 'Readiness probe failed: new', { lastTimestamp: ago(30) }),
      unhealthy(web, 'Readiness probe failed: old', { lastTimestamp: ago(3000) }),
      unhealthy(web, 'Liveness probe failed: old', { lastTimestamp: ago(3000) }),
    );
    const failures = probeFailures(events, 'app');

    expect(currentFailure(failures, 'readiness', ago(600))?.detail).toBe('new');
    expect(currentFailure(failures, 'liveness', ago(600))).toBeUndefined();
    expect(currentFailure(failures, 'liveness', undefined)?.detail).toBe('old');
  });
});

describe('a kill by a probe', () => {
  it('is told by an event of the last run', () => {
    const pod = ended({ reason: 'Error', startedAt: ago(130) });
    const { events, container } = read(pod, killing(pod, 'startup'));

    expect(probeKill(container, events)?.probe).toBe('startup');
  });

  it.each([
    ['its run began later', { reason: 'Error', startedAt: ago(50) }],
    ['it ended for memory', { reason: 'OOMKilled', startedAt: ago(130) }],
    ['it was never started', { reason: 'StartError', startedAt: ago(130) }],
  ])('is none when %s', (_, terminated) => {
    const pod = ended(terminated);
    const { events, container } = read(pod, killing(pod, 'liveness'));

    expect(probeKill(container, events)).toBeUndefined();
  });

  it('is none of a container that never ended, or by another reason', () => {
    const pod = ended({ reason: 'Error', startedAt: ago(130) });
    const stopped = read(pod, killing(pod, 'liveness', { message: 'Stopping container app' }));
    const fresh = read(web, killing(web, 'liveness'));

    expect(probeKill(stopped.container, stopped.events)).toBeUndefined();
    expect(probeKill(fresh.container, fresh.events)).toBeUndefined();
  });
});
