import { type EventGroup, eventDigest } from '../../src/derive/event-digest.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Subject } from '../../src/model/subject.ts';

/** From this many objects on, the same warning tells of the cluster and not of one object (facts: catalog E01). */
const OBJECTS = 10;
/** Objects named beside the first. */
const NAMED = 20;

export const eventsRepeated = defineAnalyzer({
  meta: {
    id: 'kubernetes/events-repeated',
    title: 'Same warning on many objects',
    description:
      'Warning events that ten or more objects share: one thing they have in common is behind them.',
    messages: {
      shared: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the events are counted' },
        text: '{objects:count} objects in {namespaces:count} namespaces have the same warning `{reason:text}`, {times:count} times in all: {message:text}',
        remedy: [
          {
            text: 'Look for what the objects share (node, registry, volume, webhook) instead of at each of them.',
            argv: ['kubectl', 'get', 'events', '-A', '--field-selector', 'type=Warning,reason={reason}'],
          },
        ],
        key: ['reason', 'message'],
      },
    },
    checks: {
      varied: {
        item: 'Warnings differ from object to object',
        expected: 'no warning shared by ten objects',
        found: '`{reason:text}` on {objects:count} objects',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/',
      'gke-labs/kube-agents#660: one registry answer told 36 times, once per pod',
    ],
  },
  needs: { groups: eventDigest },
  analyze({ groups }, context) {
    for (const group of groups) {
      const { reason, objects, sample } = group;
      const subject = inCommon(group);
      if (objects.length < OBJECTS) {
        context.looked({ check: 'varied', values: { reason, objects: objects.length }, subject });
        continue;
      }
      context.report({
        message: 'shared',
        values: {
          objects: objects.length,
          namespaces: group.namespaces.length,
          reason,
          times: group.count,
          message: group.pattern,
        },
        subject,
        related: objects.slice(0, NAMED),
        evidence: [context.at(sample, '/message')],
      });
    }
    return undefined;
  },
});

/** The narrowest thing all objects share: a node, a namespace, else the first of them. */
function inCommon({ nodes, namespaces, objects }: EventGroup): Subject {
  const [node] = nodes;
  const [namespace] = namespaces;
  if (objects.length > 1 && nodes.length === 1 && node) return { group: '', kind: 'Node', name: node };
  if (objects.length > 1 && namespaces.length === 1 && namespace) {
    return { group: '', kind: 'Namespace', name: namespace };
  }
  return objects[0] as Subject;
}
