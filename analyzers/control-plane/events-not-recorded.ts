import { events, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { eventTime } from '../../src/derive/event-index.ts';
import { lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Events live for an hour (`--event-ttl`); pods of this age must still have theirs. */
const [YOUNG_SECONDS, OLD_SECONDS] = [120, 1800];
/** One new pod may have been placed by something that writes no events. */
const PODS = 3;

const writers = logSignals({
  component: { id: 'event-writers' },
  patterns: {
    notWritten: {
      any: ['Unable to write event', 'Server rejected event'],
      re: /(?:Unable to write event|Server rejected event).*?(?:err="|: ')(?<error>(?:[^"\\]|\\.){1,200})/,
    },
  },
});

export const eventsNotRecorded = defineAnalyzer({
  meta: {
    id: 'control-plane/events-not-recorded',
    title: 'Events not recorded',
    description: 'Whether events are still written while pods come and go.',
    messages: {
      noneSince: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason:
            'the scheduler writes an event for each pod it places; a short `--event-ttl` looks the same',
        },
        text: 'Events are no longer recorded: {count:count} pods were created within the last half hour ({pod:object} the latest), and no event is newer than them.',
        remedy: [
          {
            text: 'See whether an event can be written at all, and what refuses it: a full etcd (events may have a cluster of their own, `--etcd-servers-overrides`), a webhook that matches events, a quota, or missing rights of the components.',
            argv: ['kubectl', 'get', 'events', '-A', '--sort-by=.metadata.creationTimestamp'],
          },
          {
            text: 'The components log events they cannot write: `Unable to write event`, `Server rejected event`.',
          },
        ],
        effect: 'api-server-degraded',
      },
      refused: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'a component logs that its event was not written' },
        text: 'Events are no longer recorded: {count:count} pods were created within the last half hour ({pod:object} the latest) without any, and components cannot write theirs: {error:text}.',
        remedy: [
          {
            text: 'Mend what the error names: `namespaces … is being terminated` is harmless, `forbidden` a missing right or a quota, `failed calling webhook` a webhook that matches events, `database space exceeded` a full etcd.',
          },
        ],
        effect: 'api-server-degraded',
      },
    },
    checks: {
      recorded: {
        item: 'Events recorded',
        expected: 'events of the newest pods',
        found: 'newest event {newest:time}',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/ (--event-ttl)',
      'client-go tools/record/event.go: Unable to write event, Server rejected event',
    ],
  },
  needs: { pods, events, log: optional(writers) },
  analyze({ pods: podCollection, events: eventCollection, log }, context) {
    const young = podCollection.items
      .filter((pod) => isOrdinary(pod))
      .filter((pod) => {
        const age = context.age(pod.metadata.creationTimestamp, pod);
        return isOlder(age, YOUNG_SECONDS) === true && isOlder(age, OLD_SECONDS) === false;
      })
      .sort((a, b) => Date.parse(created(a)) - Date.parse(created(b)));
    const [oldest, newest] = [young[0], young.at(-1)];
    if (!oldest || !newest || young.length < PODS) return undefined;
    const since = Date.parse(created(oldest));
    let latest = '';
    for (const event of eventCollection.items) {
      const time = eventTime(event);
      if (Date.parse(time) >= since) {
        context.looked({ check: 'recorded', values: { newest: time }, subject: subjectOf(event) });
        return undefined;
      }
      if (time > latest) latest = time;
    }
    if (!eventCollection.coverage.complete) return undefined;
    const [matches] = recentMatches(log.matches('notWritten'), context);
    const subject = subjectOf(newest);
    const values = { count: young.length, pod: subject };
    const evidence = [
      context.at(newest, '/metadata/creationTimestamp'),
      context.absent({ artifact: events, scope: CLUSTER_SCOPE }),
    ] as const;
    if (matches) {
      const error = matches.hits.at(-1)?.captures.error ?? 'see its log';
      const all = [...evidence, lastLineOf(matches)] as const;
      context.report({
        message: 'refused',
        values: { ...values, error },
        subject,
        evidence: all,
        since: created(oldest),
      });
    } else {
      context.report({ message: 'noneSince', values, subject, evidence, since: created(oldest) });
    }
    return undefined;
  },
});

function created(pod: PodItem): string {
  return pod.metadata.creationTimestamp ?? '';
}

/** A pod the scheduler placed and a kubelet runs: each writes events. Mirror pods have neither a scheduling. */
function isOrdinary({ metadata, spec }: PodItem): boolean {
  return metadata.annotations?.['kubernetes.io/config.mirror'] === undefined && spec?.nodeName !== undefined;
}
