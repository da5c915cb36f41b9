import { nodeMetrics, podMetrics, USAGE_GROUP } from '../../src/artifacts/resource-usage.ts';
import { defineCollector } from '../../src/model/collector.ts';
import type { Discovery } from '../../src/model/kube.ts';

/** What `kubectl top` shows: one list of nodes and one of pods, where metrics-server serves them. */
export const resourceUsage = defineCollector({
  meta: {
    id: 'kubernetes/resource-usage',
    title: 'Usage of nodes and pods',
    description: 'Lists what nodes and pods use of processors and memory, as `kubectl top` shows it.',
    produces: [nodeMetrics, podMetrics],
    priority: 12,
  },
  needs: {},
  // Usage is momentary: it is read beside the pods it belongs to.
  lists: (discovery) => served(discovery).map((resource) => ({ resource, priority: 12 })),
  rbac: (discovery) =>
    served(discovery).map(({ group, plural }) => ({
      rule: { apiGroups: [group], resources: [plural], verbs: ['list'] },
      why: `lists the usage of ${plural}`,
    })),
});

function served(discovery: Discovery) {
  return [nodeMetrics, podMetrics].flatMap(({ kind }) => discovery.find(USAGE_GROUP, kind) ?? []);
}
