import { eventsRepeated } from '../../../analyzers/kubernetes/events-repeated.ts';
import { events } from '../../../src/artifacts/resources.ts';
import { event, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

function pulls(count: number, parts: (index: number) => object = () => ({})) {
  return Array.from({ length: count }, (_, index) =>
    event(pod(`web-5d4f9c7b8-a${index}cde`), {
      reason: 'Failed',
      message: `Failed to pull image "registry.example/shop/app:1.${index}": 429 Too Many Requests`,
      count: 2,
      source: { component: 'kubelet', host: `node-${index % 3}` },
      ...parts(index),
    }),
  );
}

const namespace = 'Namespace/shop';

testAnalyzer(eventsRepeated, {
  silent: [
    { name: 'nine objects', given: { objects: pulls(9) } },
    { name: 'no events at all', given: { objects: [] } },
    { name: 'normal events', given: { objects: pulls(20, () => ({ type: 'Normal' })) } },
    {
      name: 'one object that says it often',
      given: {
        objects: Array.from({ length: 30 }, () => event(pod('web'), { reason: 'BackOff', message: 'x' })),
      },
    },
    {
      name: 'ten objects with different reasons',
      given: { objects: pulls(10, (index) => ({ reason: `Reason${index}` })) },
    },
    {
      name: 'ten pods on three nodes: their namespace is what they share',
      given: { objects: pulls(10) },
      info: [
        {
          message: 'shared',
          subject: namespace,
          severity: 'info',
          values: {
            objects: 10,
            namespaces: 1,
            times: 20,
            reason: 'Failed',
            message: 'Failed to pull image "…": # Too Many Requests',
          },
        },
      ],
    },
    {
      name: 'ten pods on one node: the node is what they share',
      given: { objects: pulls(10, () => ({ source: { component: 'kubelet', host: 'node-1' } })) },
      info: [{ message: 'shared', subject: 'Node/node-1' }],
    },
  ],
  reports: [],
  unknown: [{ name: 'events may not be read', given: { forbidden: [events] }, reason: /Event/ }],
});
