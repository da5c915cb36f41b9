import { describe, expect, it } from 'vitest';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { conditionSince, containersOf } from '../../../src/derive/containers.ts';
import { ago, condition, containerStatus, pod } from '../../support/builders.ts';

function given(parts: Record<string, unknown>): PodItem {
  return pod('web', parts) as unknown as PodItem;
}

describe('the containers of a pod', () => {
  it('come with spec, status and pointer, init containers first, by name and not by place', () => {
    const views = containersOf(
      given({
        spec: {
          initContainers: [{ name: 'migrate' }, { name: 'proxy', restartPolicy: 'Always' }],
          containers: [
            { name: 'app', image: 'app:1' },
            { name: 'log', image: 'log:1' },
          ],
        },
        status: {
          initContainerStatuses: [containerStatus('proxy'), containerStatus('migrate')],
          containerStatuses: [containerStatus('log'), containerStatus('app')],
        },
      }),
    );

    expect(views.map(({ name, pointer, init, sidecar }) => [name, pointer, init, sidecar])).toEqual([
      ['proxy', '/status/initContainerStatuses/0', true, true],
      ['migrate', '/status/initContainerStatuses/1', true, false],
      ['log', '/status/containerStatuses/0', false, false],
      ['app', '/status/containerStatuses/1', false, false],
    ]);
    expect(views[2]?.spec?.image).toBe('log:1');
  });

  it('without a status are left out; a status without a spec is not', () => {
    const views = containersOf(
      given({
        spec: { containers: [{ name: 'app' }] },
        status: { containerStatuses: [containerStatus('gone')] },
      }),
    );

    expect(views.map(({ name, spec }) => [name, spec])).toEqual([['gone', undefined]]);
  });

  it('are none in a pod without status', () => {
    expect(containersOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } } as PodItem)).toEqual([]);
  });
});

it('a condition has had its status since its last transition, and no other status since never', () => {
  const conditions = [condition('Ready', 'False', { lastTransitionTime: ago(60) })];
  const web = given({ status: { conditions } });

  expect(conditionSince(web, 'Ready', 'False')).toBe(ago(60));
  expect(conditionSince(web, 'Ready', 'True')).toBeUndefined();
  expect(conditionSince(web, 'Initialized', 'False')).toBeUndefined();
});
