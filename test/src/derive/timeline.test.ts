import { describe, expect, it } from 'vitest';
import { eventSpan } from '../../../src/derive/event-span.ts';
import { timeline } from '../../../src/derive/timeline.ts';
import { ago, anyObject, containerStatus, event, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import type { Given } from '../../support/given.ts';

function linesOf(given: Given): string[] {
  return derivedFrom(timeline, given).map(
    ({ time, until, kind, count, text }) => `${time}${until ? `–${until}` : ''} ${kind} ${count}× ${text}`,
  );
}

function node(conditions: readonly object[]) {
  return anyObject('v1', 'Node', 'node-1', null, { status: { conditions } });
}

describe('the timeline', () => {
  it('is in the order of time, whatever the source', () => {
    const crashed = pod('web', {
      status: {
        conditions: [
          { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: ago(500) },
        ],
        containerStatuses: [
          containerStatus('app', {
            restartCount: 3,
            lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(600) } },
          }),
        ],
      },
    });

    expect(
      linesOf({
        objects: [
          crashed,
          event(crashed, {
            reason: 'BackOff',
            message: 'Back-off',
            count: 7,
            firstTimestamp: ago(400),
            lastTimestamp: ago(60),
          }),
          node([
            {
              type: 'Ready',
              status: 'False',
              reason: 'KubeletNotReady',
              message: 'PLEG',
              lastTransitionTime: ago(700),
            },
            { type: 'DiskPressure', status: 'False', lastTransitionTime: ago(9000) },
          ]),
          anyObject('coordination.k8s.io/v1', 'Lease', 'kube-scheduler', 'kube-system', {
            spec: { holderIdentity: 'cp-2_x', acquireTime: ago(650), leaseTransitions: 4 },
          }),
        ],
      }),
    ).toEqual([
      `${ago(700)} condition 1× Ready became False (KubeletNotReady): PLEG`,
      `${ago(650)} lease 5× \`cp-2_x\` became the leader`,
      `${ago(600)} restart 3× container \`app\` ended with exit code 1 (Error) and was started again`,
      `${ago(500)} condition 1× Ready became False (ContainersNotReady)`,
      `${ago(400)}–${ago(60)} event 7× BackOff: Back-off`,
    ]);
  });

  it('holds no everyday events, heartbeats or identities of API servers', () => {
    expect(
      linesOf({
        objects: [
          event(pod('web'), { type: 'Normal', reason: 'Pulled', message: 'x' }),
          anyObject('coordination.k8s.io/v1', 'Lease', 'node-1', 'kube-node-lease', {
            spec: { holderIdentity: 'node-1', acquireTime: ago(5), leaseTransitions: 0 },
          }),
          anyObject('coordination.k8s.io/v1', 'Lease', 'apiserver-x', 'kube-system', {
            spec: { holderIdentity: 'apiserver-x_y', acquireTime: ago(5) },
          }),
        ],
      }),
    ).toEqual([]);
  });

  it('tells a normal event that is a fault, and joins those an object repeats', () => {
    const target = node([]);
    const notReady = (seconds: number) =>
      event(target, {
        type: 'Normal',
        reason: 'NodeNotReady',
        message: 'Node node-1 status is now: NodeNotReady',
        count: 1,
        firstTimestamp: ago(seconds),
        lastTimestamp: ago(seconds),
      });

    expect(linesOf({ objects: [target, notReady(60), notReady(3000)] })).toEqual([
      `${ago(3000)}–${ago(60)} event 2× NodeNotReady: Node node-1 status is now: NodeNotReady`,
    ]);
  });

  it('shows what a kubelet reported at the clock of the API server', () => {
    const lease = anyObject('coordination.k8s.io/v1', 'Lease', 'node-1', 'kube-node-lease', {
      metadata: { managedFields: [{ manager: 'kubelet', operation: 'Update', time: ago(10) }] },
      spec: { holderIdentity: 'node-1', renewTime: ago(-290) },
    });
    const late = event(pod('web'), {
      reason: 'Unhealthy',
      message: 'x',
      source: { component: 'kubelet', host: 'node-1' },
      firstTimestamp: ago(-200),
      lastTimestamp: ago(-200),
      count: 1,
    });

    expect(derivedFrom(timeline, { objects: [lease, late] })[0]?.time).toBe(ago(100).replace('Z', '.000Z'));
  });

  it('has a row for a burst of error lines, none for a few', () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, index) => `${ago(100 - index)} level=error msg=boom`).join('\n');
    const log = { namespace: 'shop', pod: 'web', container: 'app' };

    expect(linesOf({ logs: [{ ...log, text: `${lines(12)}\n` }] })).toEqual([
      expect.stringMatching(/ log 12× error lines in the log of `app`, the first: .*level=error msg=boom/),
    ]);
    expect(linesOf({ logs: [{ ...log, text: `${lines(9)}\n` }] })).toEqual([]);
  });

  it('keeps what is worse, then what is later, when there is too much', () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      event(pod(`web-${index}`), {
        reason: 'Unhealthy',
        message: 'x',
        count: 1,
        firstTimestamp: ago(1000 - index),
        lastTimestamp: ago(1000 - index),
      }),
    );
    const bad = node([{ type: 'Ready', status: 'Unknown', lastTransitionTime: ago(90_000) }]);
    const entries = derivedFrom(timeline, { objects: [...many, bad] });

    expect(entries).toHaveLength(400);
    expect(entries[0]?.kind).toBe('condition');
    expect(entries[1]?.time).toBe(ago(1000 - 101));
  });
});

describe('the span of the events', () => {
  it('is from the oldest to the newest, with its age', () => {
    const at = (seconds: number, type: string) =>
      event(pod('web'), {
        type,
        reason: 'x',
        message: 'x',
        firstTimestamp: ago(seconds),
        lastTimestamp: ago(seconds),
      });

    expect(
      derivedFrom(eventSpan, { objects: [at(60, 'Normal'), at(3000, 'Warning'), at(200, 'Warning')] }),
    ).toEqual([[3, 2, ago(3000), ago(60), 3000]]);
    expect(derivedFrom(eventSpan, {})).toEqual([]);
  });
});
