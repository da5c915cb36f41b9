import { eventsNotRecorded } from '../../../analyzers/control-plane/events-not-recorded.ts';
import { events } from '../../../src/artifacts/resources.ts';
import { ago, event, pod } from '../../support/builders.ts';
import { componentLog, repeated, staticPod } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const young = (name: string, secondsAgo: number) =>
  pod(name, { metadata: { creationTimestamp: ago(secondsAgo) } });
const PODS = [young('a', 1500), young('b', 900), young('c', 300)];
const at = (secondsAgo: number) =>
  event(PODS[0]!, {
    reason: 'Scheduled',
    message: 'Successfully assigned shop/a to node-1',
    firstTimestamp: ago(secondsAgo),
    lastTimestamp: ago(secondsAgo),
  });
const LINE =
  'E0115 11:59:00.000000       1 event.go:368] "Server rejected event (will not retry!)" err="events is forbidden: exceeded quota: q, requested: count/events=1" event="&Event{}"';

testAnalyzer(eventsNotRecorded, {
  silent: [
    { name: 'new pods with their events', given: { objects: [...PODS, at(890)] } },
    { name: 'a quiet cluster: no new pods, no events', given: { objects: [young('a', 90_000)] } },
    { name: 'one new pod', given: { objects: [young('a', 600)] } },
    {
      name: 'mirror pods are not scheduled',
      given: {
        objects: ['cp-1', 'cp-2', 'cp-3'].map((name) => {
          const one = staticPod('etcd', name);
          return { ...one, metadata: { ...one.metadata, creationTimestamp: ago(600) } };
        }),
      },
    },
  ],
  reports: [
    {
      name: 'three new pods, the newest event before them',
      given: { objects: [...PODS, at(3000)] },
      expect: [{ message: 'noneSince', subject: 'Pod/shop/c', values: { count: 3 }, since: ago(1500) }],
    },
    {
      name: 'a component tells why',
      given: { objects: PODS, logs: [componentLog('kube-scheduler', 'cp-1', repeated(3, 60, LINE))] },
      expect: [
        {
          message: 'refused',
          subject: 'Pod/shop/c',
          values: { error: 'events is forbidden: exceeded quota: q, requested: count/events=1' },
        },
      ],
    },
  ],
  unknown: [{ name: 'events were refused', given: { objects: PODS, forbidden: [events] } }],
});
