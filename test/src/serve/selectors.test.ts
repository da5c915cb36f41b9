import { describe, expect, it } from 'vitest';
import { fieldSelector, labelSelector } from '../../../src/serve/selectors.ts';

describe('label selectors', () => {
  const object = { metadata: { labels: { app: 'web', tier: 'front', 'example.org/size': '12' } } };

  it.each([
    ['app=web', true],
    ['app==web', true],
    ['app = web', true],
    ['app=db', false],
    ['app!=db', true],
    ['missing!=db', true],
    ['missing=', false],
    ['app in (web, db)', true],
    ['app notin (web,db)', false],
    ['missing notin (x)', true],
    ['app', true],
    ['!app', false],
    ['! missing', true],
    ['example.org/size>10', true],
    ['example.org/size<10', false],
    ['app>10', false],
    ['app in (web,db),tier=front', true],
    ['app in (web,db),tier=back', false],
    ['', true],
  ])('%s is %s', (text, expected) => {
    expect(labelSelector(text)(object)).toBe(expected);
  });

  it('take an object without labels', () => {
    expect(labelSelector('app!=web')({})).toBe(true);
    expect(labelSelector('app')({ metadata: {} })).toBe(false);
  });

  it.each(['=', 'app in web', 'app===web', 'app in (a', 'a b'])('refuse %s', (text) => {
    expect(() => labelSelector(text)).toThrow(/unable to parse requirement/);
  });
});

describe('field selectors', () => {
  const event = {
    metadata: { name: 'e', namespace: 'shop' },
    involvedObject: { kind: 'Pod', name: 'web', uid: 'u-1' },
    source: { component: 'kubelet' },
    type: 'Warning',
  };

  it.each([
    ['involvedObject.name=web,involvedObject.kind=Pod', '/events', event, true],
    ['involvedObject.uid=u-2', '/events', event, false],
    ['source=kubelet', '/events', event, true],
    ['source=scheduler', '/events', { reportingComponent: 'scheduler' }, true],
    ['type!=Normal', '/events', event, true],
    ['metadata.namespace=shop', 'example.org/widgets', event, true],
    ['status.phase!=Succeeded,status.phase!=Failed', '/pods', { status: { phase: 'Running' } }, true],
    ['spec.nodeName=', '/pods', { spec: {} }, true],
    ['spec.unschedulable=false', '/nodes', { spec: {} }, true],
    ['status.successful=0', 'batch/jobs', {}, true],
  ])('%s of %s', (text, resource, object, expected) => {
    expect(fieldSelector(text, resource)(object)).toBe(expected);
  });

  it('refuse fields the API server does not select by', () => {
    expect(() => fieldSelector('spec.image=x', '/pods')).toThrow('field label not supported: spec.image');
    expect(() => fieldSelector('nonsense', '/pods')).toThrow(/invalid selector/);
  });
});
