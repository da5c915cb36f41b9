import { describe, expect, it } from 'vitest';
import { nodeReboots } from '../../../src/derive/node-reboots.ts';
import { ago, event, node, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import { restartedPod } from '../../support/run-time-builders.ts';

const one = node('node-1');

function five(seconds: number) {
  return ['a', 'b', 'c', 'd', 'e'].map((name) => restartedPod(name, seconds));
}

describe('reboots', () => {
  it('explain the ends of containers near them, on their node', () => {
    const value = derivedFrom(nodeReboots, { objects: [one, ...five(7200)] });

    expect(value.explaining('node-1', ago(7300))?.told).toBe('containers');
    expect(value.explaining('node-1', ago(6000))).toBeUndefined();
    expect(value.explaining('node-2', ago(7200))).toBeUndefined();
    expect(value.explaining(undefined, ago(7200))).toBeUndefined();
    expect(value.explaining('node-1', undefined)).toBeUndefined();
  });

  it('are told by the event before they are told by containers', () => {
    const rebooted = event(one, {
      reason: 'Rebooted',
      message: 'Node node-1 has been rebooted',
      lastTimestamp: ago(600),
    });
    const [reboot] = derivedFrom(nodeReboots, { objects: [one, rebooted, ...five(7200)] }).reboots;

    expect(reboot).toMatchObject({ told: 'event', at: ago(600), ended: 0, before: 5 });
  });

  it('count the containers that were there, not those that came later', () => {
    const later = pod('later', { status: { startTime: ago(60) } });
    const [reboot] = derivedFrom(nodeReboots, { objects: [one, ...five(7200), later] }).reboots;

    expect(reboot).toMatchObject({ ended: 5, before: 5, at: ago(7200) });
    expect(reboot?.pods).toHaveLength(3);
  });

  it('are none of a node whose containers never ended', () => {
    const value = derivedFrom(nodeReboots, { objects: [one, pod('web')] });

    expect(value.reboots).toEqual([]);
    expect(value.nodes).toHaveLength(1);
  });
});
