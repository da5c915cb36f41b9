import { parseAutoscalerStatus } from '../../src/artifacts/autoscaler-status.ts';
import { configMaps, type EventItem, events, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { eventIndex, eventTime } from '../../src/derive/event-index.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const STATUS_MAP = 'cluster-autoscaler-status';

// Words of cluster-autoscaler (core/scaleup/orchestrator, processors/status/eventing_scale_up_processor.go).
const LIMITS =
  /max node group size reached|max cluster [\w./-]+ limit reached|max total nodes in cluster reached|max limit reached/;
const BACK_OFF = /in backoff after failed scale-up/;
const FAILED_GROUP =
  /^(?:Scale-up failed for group |Failed adding \d+ nodes to group |Nodes added to group )(\S+?):? (.+)$/s;

const TOLD = {
  level: 'certain',
  reason: 'the pod is pending, and the autoscaler says why it adds no node',
} as const;
const REFUSED = {
  severity: 'warning',
  confidence: TOLD,
  explains: [{ effect: 'pod-not-scheduled', via: ['same-object'] }],
} as const;
const STATUS = {
  text: 'See what the autoscaler says of its node groups.',
  argv: ['kubectl', 'get', 'configmap', 'cluster-autoscaler-status', '-n', 'kube-system', '-o', 'yaml'],
} as const;

export const autoscalerRefuses = defineAnalyzer({
  meta: {
    id: 'node/autoscaler-refuses',
    title: 'Cluster autoscaler adds no node',
    description: 'Pods that wait for a node now, and what cluster-autoscaler says of why it adds none.',
    messages: {
      limitReached: {
        ...REFUSED,
        text: 'No node is added for {pod:object}: {limit:text} ({detail:text}).',
        remedy: [
          {
            text: 'Raise the maximum of the node group or the limit of the autoscaler, or free room on the nodes.',
          },
          STATUS,
        ],
        groupBy: ['limit'],
      },
      backingOff: {
        ...REFUSED,
        text: 'No node is added for {pod:object}: the last attempt failed and the autoscaler waits before the next ({detail:text}).',
        remedy: [
          {
            text: 'The status of the autoscaler and the console of the cloud say why: quota, capacity, credentials, an image that is gone.',
          },
          STATUS,
        ],
        groupBy: ['detail'],
      },
      scaleUpFailed: {
        ...REFUSED,
        text: 'A node of group `{group:text}` was asked for {pod:object}, but it did not come: {detail:text}.',
        remedy: [
          { text: 'Mend what the cloud names: quota, capacity, credentials, launch template.' },
          STATUS,
        ],
        groupBy: ['group'],
        key: ['group'],
      },
      noGroupFits: {
        severity: 'info',
        confidence: TOLD,
        text: 'No node is added for {pod:object}: a node of no group would take it ({detail:text}).',
        remedy: [
          {
            text: 'Compare requests, selectors and tolerations of the pod with the templates of the node groups.',
          },
        ],
      },
      unhealthy: {
        severity: 'warning',
        confidence: { level: 'likely', reason: 'the autoscaler calls the cluster unhealthy while pods wait' },
        text: 'Cluster-autoscaler calls the cluster `{health:text}` and adds no node, while {count:count} pods wait for one.',
        remedy: [
          {
            text: 'Bring back the nodes that are not ready: above its limit of unready nodes the autoscaler does nothing.',
          },
          STATUS,
        ],
        explains: [{ effect: 'pod-not-scheduled', via: ['cluster-wide'] }],
      },
    },
    checks: {
      helped: {
        item: 'Pending pod gets a node',
        expected: 'no refusal by the autoscaler',
        found: 'none refused',
      },
    },
    references: [
      'https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md: events NotTriggerScaleUp, TriggeredScaleUp',
      'kubernetes/autoscaler cluster-autoscaler/clusterstate/api: ConfigMap cluster-autoscaler-status',
    ],
  },
  needs: { pods, index: eventIndex, events: optional(events), configMaps: optional(configMaps) },
  analyze({ pods: podItems, index, events: eventItems, configMaps: maps }, context) {
    const waiting = podItems.items.filter(waitsForNode);
    if (waiting.length === 0) return undefined;
    const failures = failedGroups(eventItems.items);
    const map = maps.items.find((one) => one.metadata.name === STATUS_MAP);
    const status = map?.data?.status === undefined ? undefined : parseAutoscalerStatus(map.data.status);
    if (map && status?.health === 'Unhealthy') {
      context.report({
        message: 'unhealthy',
        values: { health: status.health, count: waiting.length },
        subject: subjectOf(map),
        evidence: [context.at(map, '/data/status')],
      });
    }
    const troubled = status?.groups.find((group) => group.error !== undefined || group.scaleUp === 'Backoff');
    const told = map && troubled ? { map, group: troubled.name, error: troubled.error } : undefined;
    for (const pod of waiting) {
      const covered = eventItems.coverage.covers(pod.metadata.namespace);
      const about = index.about(pod);
      // Only where an autoscaler is known to be: elsewhere nobody would have said a word.
      if (covered !== true && map && about.length === 0)
        context.looked({ check: 'helped', unseen: covered, subject: subjectOf(pod) });
      else judge(pod, { about, failures, told }, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof autoscalerRefuses.meta.messages,
  NonNullable<typeof autoscalerRefuses.meta.checks>
>;

function waitsForNode({ metadata, spec, status }: PodItem): boolean {
  if (status?.phase !== 'Pending' || spec?.nodeName || metadata.deletionTimestamp) return false;
  const scheduled = status.conditions?.find((one) => one.type === 'PodScheduled');
  return scheduled?.status === 'False' && scheduled.reason === 'Unschedulable';
}

/** The newest failure of each node group. */
function failedGroups(items: readonly EventItem[]): Map<string, { event: EventItem; detail: string }> {
  const failures = new Map<string, { event: EventItem; detail: string }>();
  for (const event of items) {
    if (event.reason !== 'FailedToScaleUpGroup' && event.reason !== 'ScaleUpTimedOut') continue;
    const [, group, detail] = FAILED_GROUP.exec(event.message ?? '') ?? [];
    const known = group === undefined ? undefined : failures.get(group);
    if (group === undefined || (known && eventTime(known.event) >= eventTime(event))) continue;
    failures.set(group, { event, detail: (detail ?? '').trim().replace(/\.$/, '') });
  }
  return failures;
}

interface Words {
  readonly about: readonly EventItem[];
  readonly failures: ReturnType<typeof failedGroups>;
  /** A group in trouble, as the status of the autoscaler has it. */
  readonly told:
    | { readonly map: object; readonly group: string; readonly error: string | undefined }
    | undefined;
}

function judge(pod: PodItem, { about, failures, told }: Words, context: Context): void {
  const subject = subjectOf(pod);
  // The newest word counts: an earlier refusal may have been followed by a node.
  const word = about.find((one) => one.reason === 'NotTriggerScaleUp' || one.reason === 'TriggeredScaleUp');
  const since = pod.status?.conditions?.find((one) => one.type === 'PodScheduled')?.lastTransitionTime;
  const common = { subject, ...(since === undefined ? {} : { since }) };
  if (!word) return;
  const evidence: EvidenceRefs = [context.at(word, '/message'), context.at(pod, '/status/conditions')];
  const message = (word.message ?? '').trim().replace(/\.$/, '');
  if (word.reason === 'TriggeredScaleUp') {
    const failed = [...failures].find(
      ([group, { event }]) => message.includes(`{${group} `) && eventTime(event) >= eventTime(word),
    );
    if (!failed) {
      context.looked({ check: 'helped', values: {}, subject });
      return;
    }
    const [group, { event, detail }] = failed;
    const shown: EvidenceRefs = [context.at(event, '/message'), ...evidence];
    context.report({
      message: 'scaleUpFailed',
      values: { pod: subject, group, detail },
      evidence: shown,
      ...common,
    });
    return;
  }
  const detail = message.replace(/^pod didn't trigger scale-up(?: \([^)]*\))?:\s*/, '');
  const limit = LIMITS.exec(message)?.[0];
  if (limit !== undefined) {
    context.report({ message: 'limitReached', values: { pod: subject, limit, detail }, evidence, ...common });
  } else if (BACK_OFF.test(message)) {
    const error = told?.error === undefined ? detail : `${told.group}: ${told.error}`;
    const shown: EvidenceRefs = told ? [...evidence, context.at(told.map, '/data/status')] : evidence;
    const values = { pod: subject, detail: error };
    context.report({ message: 'backingOff', values, evidence: shown, ...common });
  } else context.report({ message: 'noGroupFits', values: { pod: subject, detail }, evidence, ...common });
}
