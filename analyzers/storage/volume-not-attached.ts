import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import {
  persistentVolumeClaims,
  persistentVolumes,
  type VolumeAttachmentItem,
  volumeAttachments,
} from '../../src/artifacts/storage-resources.ts';
import { conditionSince } from '../../src/derive/containers.ts';
import { undecidedAge } from '../../src/derive/undecided-age.ts';
import { VOLUME_ATTACHMENT_MESSAGES } from '../../src/derive/volume-attachment-messages.ts';
import { type HeldVolume, type VolumeHolders, volumeHolders } from '../../src/derive/volume-holders.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** Attaching takes seconds to minutes. */
const ATTACH_SECONDS = 300;
/** Detaching takes seconds to minutes; past this it is stuck. */
const DETACH_SECONDS = 300;
/** A pod that follows another to a new node waits this long for its volume on a good day. */
const HANDOVER_SECONDS = 120;
/** The attach/detach controller detaches by force after six minutes (maxWaitForUnmountDuration). */
const FORCED_SECONDS = 360;

export const volumeNotAttached = defineAnalyzer({
  meta: {
    id: 'storage/volume-not-attached',
    title: 'Volume not attached where it is needed',
    description: 'Volumes that cannot be attached or detached, or that another node holds while a pod waits.',
    messages: VOLUME_ATTACHMENT_MESSAGES,
    checks: {
      attached: {
        item: 'Volume is attached where its pods are',
        expected: 'no error, nobody waits',
        found: 'attached to `{node:text}`',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes',
      'https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown',
      'kubernetes/kubernetes pkg/controller/volume/attachdetach: Multi-Attach error, maxWaitForUnmountDuration',
    ],
  },
  needs: {
    attachments: volumeAttachments,
    volumes: persistentVolumes,
    claims: persistentVolumeClaims,
    pods,
    holders: volumeHolders,
  },
  analyze({ holders }, context) {
    for (const held of holders.held) {
      const wanted = held.waiting.filter((pod) => !isAttachedFor(held, pod));
      const reported = new Set<VolumeAttachmentItem>();
      for (const pod of wanted) {
        const attachment = reportWaiting(pod, held, { holders, context });
        if (attachment) reported.add(attachment);
      }
      for (const attachment of held.attachments) {
        if (reported.has(attachment)) continue;
        if (!reportDetach(attachment, held, context) && attachment.status?.attached) {
          const node = attachment.spec.nodeName;
          context.looked({ check: 'attached', values: { node }, subject: subjectOf(held.volume) });
        }
      }
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof volumeNotAttached.meta.messages,
  NonNullable<typeof volumeNotAttached.meta.checks>
>;
interface Surroundings {
  readonly holders: VolumeHolders;
  readonly context: Context;
}

function isAttachedFor({ attachments }: HeldVolume, pod: PodItem): boolean {
  return attachments.some((one) => one.spec.nodeName === pod.spec?.nodeName && one.status?.attached === true);
}

function nodeRef(name: string): ObjectRef {
  return { group: '', kind: 'Node', name };
}

/** The claim, which pods name; the volume itself where the claim was not seen. */
function subjectFor({ claim, volume }: HeldVolume): ObjectRef {
  return subjectOf(claim ?? volume);
}

/** Says why a pod's volume is not on its node; gives the attachment the finding is about. */
function reportWaiting(
  pod: PodItem,
  held: HeldVolume,
  { holders, context }: Surroundings,
): VolumeAttachmentItem | undefined {
  const since = conditionSince(pod, 'PodScheduled', 'True') ?? pod.metadata.creationTimestamp;
  const age = context.age(since, pod);
  const patient = isOlder(age, HANDOVER_SECONDS);
  const subject = subjectFor(held);
  if (patient === undefined) context.looked({ check: 'attached', unseen: undecidedAge(pod), subject });
  if (!patient) return undefined;
  const name = pod.spec?.nodeName ?? '';
  const own = held.attachments.find((one) => one.spec.nodeName === name);
  const values = { volume: subjectOf(held.volume), node: nodeRef(name), pod: subjectOf(pod) };
  // The pod that waits is the victim: named as related, what ails it would explain this.
  const related = [values.volume, values.node];
  const error = own?.status?.attachError;
  if (own && error) {
    context.report({
      message: 'attachFailed',
      values: { ...values, detail: detailOf(error.message), attachment: own.metadata.name },
      subject,
      evidence: [context.at(own, '/status/attachError'), context.at(pod, '/status')],
      related,
      ...(error.time ? { since: error.time } : {}),
    });
    return own;
  }
  const holder = held.attachments.find((one) => one.spec.nodeName !== name && one.status?.attached);
  if (!held.exclusive || !holder) {
    if (!own || !age || !isOlder(age, ATTACH_SECONDS)) return undefined;
    context.report({
      message: 'attachSilent',
      values: { ...values, age: Math.round(age.seconds), driver: own.spec.attacher },
      subject,
      evidence: [context.at(own), context.at(pod, '/status')],
      related,
      ...(since ? { since } : {}),
    });
    return own;
  }
  return reportHeld(held, holder, { pod, values, related, since, holders, context });
}

interface Waiting extends Surroundings {
  readonly pod: PodItem;
  readonly values: { readonly volume: ObjectRef; readonly node: ObjectRef; readonly pod: ObjectRef };
  readonly related: readonly ObjectRef[];
  readonly since: string | undefined;
}

function reportHeld(
  held: HeldVolume,
  holder: VolumeAttachmentItem,
  { pod, values, related, since, holders, context }: Waiting,
): VolumeAttachmentItem | undefined {
  const otherName = holder.spec.nodeName;
  const otherNode = nodeRef(otherName);
  const others = held.usersOn(otherName);
  const other = others.find((one) => !one.metadata.deletionTimestamp) ?? others[0];
  // Why a pod does not end explains why its volume stays.
  const ending = others.filter((one) => one.metadata.deletionTimestamp);
  const common = {
    subject: subjectFor(held),
    evidence: [context.at(holder, '/spec'), context.at(pod, '/status')] as const,
    related: [...related, otherNode, ...ending.map((one) => subjectOf(one))],
    ...(since ? { since } : {}),
  };
  const state = holders.nodeState(otherName);
  if (state === 'gone') {
    const attachment = holder.metadata.name;
    context.report({ message: 'heldByGoneNode', values: { ...values, otherName, attachment }, ...common });
  } else if (state === 'not-ready') {
    const names = others.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
    const left = names.length > 0 ? names : ['none'];
    context.report({ message: 'heldByDeadNode', values: { ...values, otherNode, others: left }, ...common });
  } else if (holder.metadata.deletionTimestamp) {
    return undefined;
  } else if (other) {
    context.report({
      message: 'heldByRunningPod',
      values: { ...values, other: subjectOf(other), otherNode },
      ...common,
    });
  } else if (isOlder(context.age(since, pod), FORCED_SECONDS)) {
    context.report({ message: 'heldByNobody', values: { ...values, otherNode }, ...common });
  } else return undefined;
  return holder;
}

function reportDetach(attachment: VolumeAttachmentItem, held: HeldVolume, context: Context): boolean {
  const { deletionTimestamp: since } = attachment.metadata;
  const age = context.age(since, attachment);
  if (!age || !isOlder(age, DETACH_SECONDS)) return false;
  const name = attachment.spec.nodeName;
  const error = attachment.status?.detachError;
  const waiting = held.waiting.filter((pod) => pod.spec?.nodeName !== name);
  context.report({
    message: 'detachStuck',
    values: {
      volume: subjectOf(held.volume),
      node: nodeRef(name),
      age: Math.round(age.seconds),
      detail: error ? detailOf(error.message) : 'the driver gives no error',
      attachment: attachment.metadata.name,
    },
    subject: subjectFor(held),
    severity: waiting.length > 0 ? 'critical' : 'warning',
    evidence: [
      context.at(attachment, error ? '/status/detachError' : '/metadata'),
      ...waiting.slice(0, 1).map((pod) => context.at(pod, '/status')),
    ],
    related: [subjectOf(held.volume), nodeRef(name)],
    ...(since ? { since } : {}),
  });
  return true;
}

function detailOf(message: string | undefined): string {
  return message?.trim().replace(/\.$/, '') || 'no text is given';
}
