import { describe, expect, it } from 'vitest';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { podTag } from '../../../src/derive/virtual-environment-tag.ts';
import { pod } from '../../support/builders.ts';
import { deepFreeze } from '../../support/given.ts';
import { taggedPod } from '../../support/virtual-environment-tag-builders.ts';

function tagOf(built: object) {
  return podTag(deepFreeze(built) as PodItem);
}

describe('the tag of a pod', () => {
  it('is the variable of its proxy, with its place', () => {
    expect(tagOf(taggedPod('app-js', 'dev', { tag: 'dev' }))).toEqual({
      state: 'tagged',
      value: 'dev',
      pointer: '/spec/containers/1/env/1',
    });
  });

  it('counts in a native sidecar as well, where somebody has put it', () => {
    expect(tagOf(taggedPod('app-js', 'dev', { tag: 'dev', native: true }))).toMatchObject({
      state: 'tagged',
      pointer: '/spec/initContainers/0/env/1',
    });
  });

  it('is hidden from the webhook in a native sidecar', () => {
    expect(tagOf(taggedPod('app-js', 'dev', { native: true }))).toEqual({
      state: 'untagged',
      pointer: '/spec/initContainers/0',
      hidden: 'native',
    });
  });

  it('is hidden from the webhook under another name', () => {
    const spec = {
      containers: [{ name: 'mesh', image: 'docker.io/istio/proxyv2:1.18.7', args: ['proxy', 'sidecar'] }],
    };

    expect(tagOf(pod('web', { spec }))).toMatchObject({ state: 'untagged', hidden: 'renamed' });
  });

  it('is not known when it comes from elsewhere', () => {
    const env = [
      { name: 'VIRTUAL_ENVIRONMENT_TAG', valueFrom: { fieldRef: { fieldPath: 'metadata.labels' } } },
    ];
    const spec = {
      containers: [
        { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.18.7', args: ['proxy', 'sidecar'], env },
      ],
    };

    expect(tagOf(pod('web', { spec }))).toMatchObject({ state: 'tagged', value: undefined });
  });

  it('does not exist without a proxy, nor in a gateway', () => {
    const spec = {
      containers: [
        { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.18.7', args: ['proxy', 'router'] },
      ],
    };

    expect(tagOf(pod('web'))).toEqual({ state: 'noProxy' });
    expect(tagOf(pod('gateway', { spec }))).toEqual({ state: 'noProxy' });
  });
});
