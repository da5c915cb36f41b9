import {
  type PersistentVolumeClaimItem,
  persistentVolumeClaims,
} from '../../src/artifacts/storage-resources.ts';
import { claimUsers } from '../../src/derive/claim-users.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { parseQuantity } from '../../src/derive/quantity.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Input } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** The kubelet grows a file system within one sync of the pod; storage takes minutes to grow a volume. */
const GROWN_SECONDS = 600;

const BY_CLAIM = { level: 'certain', reason: 'request and conditions of the claim say so' } as const;
const SHOW_CLAIM = {
  text: 'Read the conditions and events of the claim.',
  argv: ['kubectl', 'describe', 'pvc', '{claim.name}', '-n', '{claim.namespace}'],
} as const;

export const expansionStuck = defineAnalyzer({
  meta: {
    id: 'storage/expansion-stuck',
    title: 'Volume does not grow',
    description: 'Claims whose request was raised and whose volume did not follow.',
    messages: {
      failed: {
        severity: 'warning',
        confidence: BY_CLAIM,
        text: '{claim:object} is to grow from {capacity:quantity} to {wanted:quantity}, and that fails: {detail:text}.',
        remedy: [
          {
            text: 'Mend what the text names, or lower the request to a size the storage can give (since Kubernetes 1.34, never below the present size).',
          },
          SHOW_CLAIM,
        ],
      },
      waitsForPod: {
        severity: 'info',
        confidence: BY_CLAIM,
        text: '{claim:object} has grown to {wanted:quantity} at the storage; its file system grows when a pod mounts it next.',
        remedy: [{ text: 'Nothing to do but to start a pod that mounts the claim.' }],
      },
      fileSystemPending: {
        severity: 'warning',
        confidence: BY_CLAIM,
        text: '{claim:object} has grown to {wanted:quantity} at the storage, but not in {pod:object}, which mounts it: its file system has been about to grow for {age:duration}.',
        remedy: [
          {
            text: 'Start the pod anew if the driver does not grow file systems in use; else read the log of the driver on the node of the pod.',
            argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'wide'],
          },
          SHOW_CLAIM,
        ],
      },
      notAnswered: {
        severity: 'warning',
        confidence: { level: 'likely', reason: 'the claim has waited without an error' },
        text: '{claim:object} is to grow from {capacity:quantity} to {wanted:quantity}, and for {age:duration} nothing has come of it.',
        remedy: [
          {
            text: 'See whether the driver runs a csi-resizer container and what it logs: without one volumes do not grow, whatever the class allows.',
            argv: ['kubectl', 'describe', 'pvc', '{claim.name}', '-n', '{claim.namespace}'],
          },
        ],
      },
    },
    checks: {
      asAsked: {
        item: 'Volume is as large as asked',
        expected: 'capacity of the request',
        found: '{capacity:quantity}',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims',
      'k8s.io/api/core/v1: conditions Resizing, FileSystemResizePending, ControllerResizeError, NodeResizeError; allocatedResourceStatuses',
    ],
  },
  needs: { claims: persistentVolumeClaims, users: claimUsers, events: eventIndex },
  analyze({ claims, users, events }, context) {
    for (const claim of claims.items) {
      if (claim.status?.phase !== 'Bound' || claim.metadata.deletionTimestamp) continue;
      const wanted = claim.spec?.resources?.requests?.storage;
      const capacity = claim.status.capacity?.storage;
      const isShort = (parseQuantity(wanted) ?? 0) > (parseQuantity(capacity) ?? Number.POSITIVE_INFINITY);
      if (wanted && capacity && isShort) {
        reportShort(claim, { wanted, capacity }, { users, events, context });
      } else if (capacity) {
        context.looked({ check: 'asAsked', values: { capacity }, subject: subjectOf(claim) });
      }
    }
    return undefined;
  },
});

interface Surroundings {
  readonly users: Input<typeof claimUsers>;
  readonly events: Input<typeof eventIndex>;
  readonly context: AnalyzeContext<
    typeof expansionStuck.meta.messages,
    NonNullable<typeof expansionStuck.meta.checks>
  >;
}

function reportShort(
  claim: PersistentVolumeClaimItem,
  sizes: { readonly wanted: string; readonly capacity: string },
  { users, events, context }: Surroundings,
): void {
  const subject = subjectOf(claim);
  const values = { claim: subject, ...sizes };
  const failure = failureOf(claim);
  const about = events.about(claim);
  const event = about.find(({ reason }) => reason === 'VolumeResizeFailed');
  const shown = context.at(claim, '/status');
  if (failure || event) {
    const detail = (failure?.message || event?.message || failure?.type || '').replace(/\.$/, '');
    context.report({
      message: 'failed',
      values: { ...values, detail },
      subject,
      evidence: [shown, ...(event ? [context.at(event, '/message')] : [])],
      ...(failure?.since ? { since: failure.since } : {}),
    });
    return;
  }
  const pending = conditionOf(claim, 'FileSystemResizePending');
  const running = users.of(claim).filter((pod) => pod.status?.phase === 'Running');
  const [pod] = running;
  if (pending && !pod) {
    if (!users.covers(claim.metadata.namespace)) return;
    context.report({ message: 'waitsForPod', values, subject, evidence: [shown] });
    return;
  }
  const asked = about.find(({ reason }) => reason === 'ExternalExpanding');
  const since =
    pending?.lastTransitionTime ??
    conditionOf(claim, 'Resizing')?.lastTransitionTime ??
    asked?.firstTimestamp;
  const age = context.age(since, claim);
  if (!age || !isOlder(age, GROWN_SECONDS)) return;
  const seconds = Math.round(age.seconds);
  const common = { subject, evidence: [shown] as const, ...(since ? { since } : {}) };
  if (pending && pod) {
    const said = { ...values, pod: subjectOf(pod), age: seconds };
    context.report({ message: 'fileSystemPending', values: said, ...common, related: [said.pod] });
  } else context.report({ message: 'notAnswered', values: { ...values, age: seconds }, ...common });
}

function conditionOf(claim: PersistentVolumeClaimItem, type: string) {
  return claim.status?.conditions?.find((one) => one.type === type && one.status === 'True');
}

/** An error in the conditions, or a state from which the resizer does not go on by itself. */
function failureOf(
  claim: PersistentVolumeClaimItem,
): { type: string; message?: string; since?: string } | undefined {
  const error = conditionOf(claim, 'ControllerResizeError') ?? conditionOf(claim, 'NodeResizeError');
  if (error) {
    const { type, message, lastTransitionTime: since } = error;
    return { type, ...(message ? { message } : {}), ...(since ? { since } : {}) };
  }
  const status = claim.status?.allocatedResourceStatuses?.storage;
  return status && /(?:Infeasible|Failed)$/.test(status) ? { type: status } : undefined;
}
