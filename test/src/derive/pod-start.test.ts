import { describe, expect, it } from 'vitest';
import { type PodItem, pods } from '../../../src/artifacts/resources.ts';
import { eventIndex } from '../../../src/derive/event-index.ts';
import { lacksSandbox, severityOfStart, startEvents, startingSince } from '../../../src/derive/pod-start.ts';
import { ago, type Built, condition, containerStatus, event, pod } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { creatingPod } from '../../support/start-builders.ts';

function lacks(built: Built): boolean {
  return lacksSandbox(built as unknown as PodItem);
}

describe('lacksSandbox', () => {
  it.each([
    ['has not begun', creatingPod('a'), true],
    ['shows the address of its node only', creatingPod('a', { spec: { hostNetwork: true } }), true],
    ['runs', pod('a'), false],
    ['is over', creatingPod('a', { status: { phase: 'Failed' } }), false],
    ['has no node', creatingPod('a', { spec: { nodeName: undefined } }), false],
    [
      'lost its sandbox in a reboot',
      creatingPod('a', {
        status: {
          phase: 'Running',
          containerStatuses: [containerStatus('app', { ready: false, state: { terminated: {} } })],
        },
      }),
      true,
    ],
    [
      'pulls an image, before the condition existed',
      creatingPod('a', {
        status: {
          conditions: [],
          podIP: '10.1.0.3',
          containerStatuses: [containerStatus('app', { state: { waiting: { reason: 'ErrImagePull' } } })],
        },
      }),
      false,
    ],
  ] as const)('of a pod that %s', (_, built, expected) => {
    expect(lacks(built)).toBe(expected);
  });
});

describe('startingSince', () => {
  it('is the loss of the sandbox, else the placement, else the creation', () => {
    const placed = [condition('PodScheduled', 'True', { lastTransitionTime: ago(50) })];
    const of = (built: Built) => startingSince(built as unknown as PodItem);

    expect(of(creatingPod('a', { seconds: 70 }))).toBe(ago(70));
    expect(of(creatingPod('a', { status: { conditions: placed } }))).toBe(ago(50));
    expect(of(creatingPod('a', { status: { conditions: [] } }))).toBe(ago(86_400));
  });
});

describe('startEvents', () => {
  it('are those of what is missing last, of this start only', () => {
    const built = creatingPod('a');
    const objects = [
      built,
      event(built, { reason: 'FailedMount', message: 'mount', lastTimestamp: ago(20) }),
      event(built, { reason: 'FailedAttachVolume', message: 'attach', lastTimestamp: ago(90) }),
      event(built, { reason: 'FailedCreatePodSandBox', message: 'sandbox', lastTimestamp: ago(200) }),
      event(built, { reason: 'FailedMount', message: 'old', lastTimestamp: ago(3000) }),
      event(built, { reason: 'Scheduled', message: 'other' }),
    ];
    const inputs = inputsFrom({ pods, events: eventIndex }, { objects });

    expect(startEvents(inputs.pods.items[0]!, inputs.events).map(({ message }) => message)).toEqual([
      'mount',
      'attach',
    ]);
  });
});

describe('severityOfStart', () => {
  const of = (seconds: number | undefined) =>
    severityOfStart('since', creatingPod('a') as unknown as PodItem, {
      age: () => (seconds === undefined ? undefined : { seconds, errorSeconds: 1 }),
    });

  it('is a warning while a start may still be under way', () => {
    expect([of(20), of(300), of(undefined)]).toEqual(['warning', 'critical', 'critical']);
  });
});
