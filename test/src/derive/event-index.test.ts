import { describe, expect, it } from 'vitest';
import { type EventItem, events, pods } from '../../../src/artifacts/resources.ts';
import { eventIndex, eventTime } from '../../../src/derive/event-index.ts';
import type { ResourceIdentity } from '../../../src/model/json.ts';
import { ago, event, node, pod } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';

const web = pod('web');

function about(item: object, ...given: object[]): (string | undefined)[] {
  const { index } = inputsFrom({ index: eventIndex, pods }, { objects: given });
  return index.about(item as ResourceIdentity).map((one) => one.message);
}

function at(message: string, seconds: number, parts: Record<string, unknown> = {}) {
  return event(web, { reason: 'R', message, lastTimestamp: ago(seconds), ...parts });
}

describe('the events of an object', () => {
  it('come newest first', () => {
    expect(about(web, at('old', 600), at('new', 10), at('middle', 60))).toEqual(['new', 'middle', 'old']);
  });

  it('keep their order when they are of one second', () => {
    expect(about(web, at('a', 10), at('b', 10), at('c', 10))).toEqual(['a', 'b', 'c']);
  });

  it('are not those of an earlier object of its name', () => {
    const earlier = {
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web', uid: 'x' },
    };

    expect(about(web, at('of this one', 10), at('of an earlier one', 20, earlier))).toEqual(['of this one']);
  });

  it('include those of a kubelet, which names its node in place of the uid', () => {
    const one = node('node-1');
    const ref = { involvedObject: { kind: 'Node', name: 'node-1', uid: 'node-1' } };

    expect(about(one, event(one, { reason: 'Rebooted', message: 'rebooted', ...ref }))).toEqual(['rebooted']);
  });

  it('include those that name no uid', () => {
    const nameless = { involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web' } };

    expect(about(web, at('somebody', 10, nameless))).toEqual(['somebody']);
  });

  it('are told apart by kind and namespace', () => {
    const other = pod('web', { metadata: { namespace: 'other' } });
    const host = event(node('web'), { reason: 'R', message: 'node' });

    expect(about(web, host, event(other, { reason: 'R', message: 'other' }))).toEqual([]);
  });

  it('are none when events were not collected: that says nothing', () => {
    const { index } = inputsFrom({ index: eventIndex }, { forbidden: [events] });

    expect(index.about(web as unknown as ResourceIdentity)).toEqual([]);
  });
});

describe('the time of an event', () => {
  const fields = {
    series: { count: 2, lastObservedTime: 'series' },
    eventTime: 'eventTime',
    lastTimestamp: 'last',
    firstTimestamp: 'first',
  };

  it.each([
    ['series', {}],
    ['eventTime', { series: undefined }],
    ['last', { series: undefined, eventTime: null }],
    ['first', { series: undefined, eventTime: null, lastTimestamp: null }],
    ['creation', { series: undefined, eventTime: null, lastTimestamp: null, firstTimestamp: null }],
  ])('is %s, the newest field that is set', (expected, without) => {
    const one = { metadata: { name: 'e', creationTimestamp: 'creation' }, ...fields, ...without };

    expect(eventTime(one as unknown as EventItem)).toBe(expected);
  });
});
