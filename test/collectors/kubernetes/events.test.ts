import { expect, it } from 'vitest';
import { events } from '../../../collectors/kubernetes/events.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { apiResource, COMMON_KINDS, fakeKube } from '../../support/fake-kube.ts';

it('kubernetes/events lists the events of the core group once, before other kinds', async () => {
  const kube = fakeKube({
    resources: [...COMMON_KINDS, apiResource('events.k8s.io', 'Event', 'events')],
    objects: [
      { apiVersion: 'v1', kind: 'Event', metadata: { namespace: 'shop', name: 'e1' }, reason: 'Killing' },
    ],
  });

  const bundle = await collectBundle(kube, [events]);

  expect(bundle.json('resources/core/events/shop.json')).toMatchObject({ items: [{ reason: 'Killing' }] });
  expect(kube.requests.filter((path) => path.endsWith('/events'))).toEqual(['/api/v1/events']);
});

it('kubernetes/events plans nothing on a server without events', () => {
  const discovery = { resources: [], failures: [], find: () => undefined } as never;

  expect(events.lists?.(discovery)).toEqual([]);
});
