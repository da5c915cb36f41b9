import { events as eventObjects } from '../../src/artifacts/resources.ts';
import { defineCollector } from '../../src/model/collector.ts';

/** Events of the core group: they live for an hour by default, so they are read among the first. */
export const events = defineCollector({
  meta: {
    id: 'kubernetes/events',
    title: 'Events',
    description: 'Lists the events of all namespaces, Normal ones included.',
    produces: [eventObjects],
    priority: 5,
  },
  needs: {},
  lists(discovery) {
    const resource = discovery.find('', 'Event');
    return resource ? [{ resource, priority: 5 }] : [];
  },
  rbac: () => [
    {
      rule: { apiGroups: [''], resources: ['events'], verbs: ['list'] },
      why: 'lists events',
    },
  ],
});
