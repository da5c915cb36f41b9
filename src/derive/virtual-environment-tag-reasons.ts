import type { PodItem } from '../artifacts/resources.ts';
import type { EvidenceRef } from '../model/finding.ts';
import { type ObjectRef, subjectKey, subjectOf } from '../model/subject.ts';
import type { ObjectGraph } from './object-graph.ts';
import type { TaggedPod } from './virtual-environment-tagging.ts';
import { type LabelSetting, type WebhookWords, wordsAbout } from './virtual-environment-webhook.ts';
import type { WebhookCall } from './webhook-calls.ts';

/** Why a pod has no tag, in the words of a sentence, and the line that says so. */
export interface MissingReason {
  readonly why: string;
  readonly line: EvidenceRef | undefined;
}

/** What is known of the webhook and its namespace. */
export interface WebhookKnown {
  readonly call: WebhookCall | undefined;
  readonly words: WebhookWords;
  /** When the namespace was taken in, where that is known. */
  readonly labelledSince: string | undefined;
}

/**
 * Why a pod the webhook should have seen has no tag: by its labels, by what the webhook wrote, by the age of the
 * label of its namespace, else by what is usual.
 */
export function missingReason(
  { pod, verdict }: Pick<TaggedPod, 'pod' | 'verdict'>,
  { call, words, labelledSince }: WebhookKnown,
): MissingReason {
  if (verdict === 'notSelected')
    return { why: 'their labels are outside of its `objectSelector`', line: undefined };
  const noSidecar = wordsAbout(words.noSidecar, pod);
  if (noSidecar)
    return {
      why: 'its log says that they had no container `istio-proxy` when it was asked',
      line: { cite: 'matches', matches: noSidecar },
    };
  const noLabel = wordsAbout(words.noLabel, pod);
  if (noLabel)
    return {
      why: 'its log says that they had none of its labels when it was asked',
      line: { cite: 'matches', matches: noLabel },
    };
  if (labelledSince !== undefined && (pod.metadata.creationTimestamp ?? '') < labelledSince)
    return {
      why: `the label of the namespace was last written at ${labelledSince}, after they were created`,
      line: undefined,
    };
  const why =
    call && !call.refuses
      ? 'with `failurePolicy: Ignore` a pod is let through without a tag while it does not answer'
      : 'nothing seen says why; most often the label of the namespace is younger than the pods';
  return { why, line: undefined };
}

/** Why a tag is not what the label says: the webhook takes the first of its labels that a pod has. */
export function differenceReason({ metadata }: PodItem, label: string, setting: LabelSetting): string {
  const read = setting.state === 'set' ? setting.labels : [];
  const winner = read.find((one) => metadata.labels?.[one] !== undefined);
  if (winner !== undefined && winner !== label) return `since the webhook reads \`${winner}\` first`;
  return 'so the label was changed after the pod was created, or the variable is set by hand';
}

/** The workload a pod's template is changed in; the pod itself when nothing owns it. */
export function workloadOf(pod: PodItem, graph: ObjectGraph): ObjectRef {
  const own = subjectOf(pod);
  const [group, kind, namespace, name] = graph.owners(subjectKey(own)).at(-1)?.split('/') ?? [];
  if (group === undefined || kind === undefined || !namespace || name === undefined) return own;
  return { group, kind, namespace, name };
}
