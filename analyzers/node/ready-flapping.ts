import { type EventItem, nodes } from '../../src/artifacts/resources.ts';
import { eventIndex, eventTime } from '../../src/derive/event-index.ts';
import { nodeState, readyCondition } from '../../src/derive/node-readiness.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** More changes than this within the window are no single outage (kubernetes-mixin KubeNodeReadinessFlapping). */
const CHANGES = 2;
const WINDOW_SECONDS = 900;

export const readyFlapping = defineAnalyzer({
  meta: {
    id: 'node/ready-flapping',
    title: 'Node becomes ready and not ready again and again',
    description: 'Nodes whose Ready condition changed more than twice within a quarter of an hour.',
    messages: {
      flapping: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'events count the changes; the condition shows that the last one was just now',
        },
        text: '{node:object} became ready or not ready {changes:count} times within {window:duration}, the last time at {since:time}.',
        remedy: [
          {
            text: 'See what it says each time it is not ready: an overloaded machine, a lossy network to the API server, or a runtime at its limits.',
            argv: [
              'kubectl',
              'get',
              'events',
              '-A',
              '--field-selector',
              'involvedObject.kind=Node,involvedObject.name={node.name}',
            ],
          },
          {
            text: 'On the node, read `journalctl -u kubelet` around these times: failed lease updates name the network, `PLEG is not healthy` the runtime.',
          },
        ],
        explains: [{ effect: 'pod-not-ready', via: ['runs'] }],
      },
    },
    checks: {
      steady: { item: 'Node stays ready', expected: 'no more than two changes in 15 min', found: 'steady' },
    },
    references: [
      'https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubenodereadinessflapping/',
      'kubernetes/kubernetes pkg/controller/nodelifecycle and pkg/kubelet: events NodeNotReady, NodeReady',
    ],
  },
  needs: { nodes, events: eventIndex },
  analyze({ nodes: collection, events }, { report, looked, at, age }) {
    for (const node of collection.items) {
      const subject = subjectOf(node);
      const ready = readyCondition(node);
      const since = ready?.condition.lastTransitionTime;
      const changed = isOlder(age(since, node), WINDOW_SECONDS) === false;
      if (nodeState(node) !== 'ready' || !ready || !since || !changed) {
        looked({ check: 'steady', values: {}, subject });
        continue;
      }
      const told = events
        .about(node)
        .filter((event) => CHANGE_REASONS.includes(event.reason ?? ''))
        .filter((event) => isOlder(age(eventTime(event), event), WINDOW_SECONDS) === false);
      const changes = Math.round(told.reduce((sum, event) => sum + changesInWindow(event), 0));
      if (changes <= CHANGES) {
        looked({ check: 'steady', values: {}, subject });
        continue;
      }
      const [first, ...others] = told as [EventItem, ...EventItem[]];
      report({
        message: 'flapping',
        values: { node: subject, changes, window: WINDOW_SECONDS, since },
        subject,
        evidence: [
          at(node, ready.pointer),
          at(first, '/message'),
          ...others.slice(0, 2).map((event) => at(event, '/message')),
        ],
      });
    }
    return undefined;
  },
});

const CHANGE_REASONS = ['NodeNotReady', 'NodeReady'];

/** An event counts from its first time on; of a long count, the share that falls into the window. */
function changesInWindow(event: EventItem): number {
  const count = event.series?.count ?? event.count ?? 1;
  const span = (Date.parse(eventTime(event)) - Date.parse(event.firstTimestamp ?? eventTime(event))) / 1000;
  return span > WINDOW_SECONDS ? Math.max(1, (count * WINDOW_SECONDS) / span) : count;
}
