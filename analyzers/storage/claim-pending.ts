import {
  type PersistentVolumeClaimItem,
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
} from '../../src/artifacts/storage-resources.ts';
import { PROVISIONING_MESSAGES, STATIC_MESSAGES } from '../../src/derive/claim-pending-messages.ts';
import { claimUsers } from '../../src/derive/claim-users.ts';
import { type ClaimVerdict, claimVerdicts } from '../../src/derive/claim-verdict.ts';
import { undecidedAge } from '../../src/derive/undecided-age.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Input } from '../../src/model/artifact.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import { type Age, isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Binding and looking up a class take seconds. */
const SETTLED_SECONDS = 60;
/** Making a volume takes minutes on some storage: csi-provisioner tries again for as long as it takes. */
const PROVISIONED_SECONDS = 300;

export const claimPending = defineAnalyzer({
  meta: {
    id: 'storage/claim-pending',
    title: 'Claim without a volume',
    description:
      'PersistentVolumeClaims that stay pending: class, provisioner, or the volume that comes nearest.',
    messages: { ...STATIC_MESSAGES, ...PROVISIONING_MESSAGES },
    checks: {
      bound: { item: 'Claim has a volume', expected: 'bound', found: 'bound to `{volume:text}`' },
      mayWait: {
        item: 'Claim waits for a pod',
        expected: 'a class that binds when a pod is scheduled',
        found: 'nothing to do yet',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding',
      'https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode',
      'kubernetes/kubernetes pkg/controller/volume/persistentvolume: FailedBinding, ProvisioningFailed, WaitForFirstConsumer',
    ],
  },
  needs: {
    claims: persistentVolumeClaims,
    classes: storageClasses,
    volumes: persistentVolumes,
    verdicts: claimVerdicts,
    users: claimUsers,
  },
  analyze({ claims, verdicts, users }, context) {
    for (const claim of claims.items) {
      const subject = subjectOf(claim);
      if (claim.status?.phase === 'Bound') {
        const volume = claim.spec?.volumeName ?? '';
        context.looked({ check: 'bound', values: { volume }, subject });
      }
      if (claim.status?.phase !== 'Pending' || claim.metadata.deletionTimestamp) continue;
      const found = verdicts(claim);
      if (found.state === 'unseen') context.looked({ check: 'bound', unseen: found.gap, subject });
      else if (found.state === 'may-wait') context.looked({ check: 'mayWait', values: {}, subject });
      else reportStuck(claim, found.verdict, { users, context });
    }
    return undefined;
  },
});

interface Surroundings {
  readonly users: Input<typeof claimUsers>;
  readonly context: AnalyzeContext<
    typeof claimPending.meta.messages,
    NonNullable<typeof claimPending.meta.checks>
  >;
}

function reportStuck(
  claim: PersistentVolumeClaimItem,
  verdict: ClaimVerdict,
  { users, context }: Surroundings,
): void {
  const subject = subjectOf(claim);
  const { creationTimestamp } = claim.metadata;
  const age = context.age(creationTimestamp, claim);
  const patient = verdict.message === 'provisionerSilent' || verdict.message === 'notBound';
  const old = isOlder(age, patient ? PROVISIONED_SECONDS : SETTLED_SECONDS);
  if (old === undefined) context.looked({ check: 'bound', unseen: undecidedAge(claim), subject });
  if (!old) return;
  const { evidence, related, ...said } = verdict;
  const common = {
    subject,
    // Nobody waits for a claim that no pod mounts.
    severity: users.of(claim).length > 0 ? 'critical' : 'warning',
    evidence: [context.at(claim, '/spec'), ...shownBy(verdict, context)],
    ...(related ? { related } : {}),
    ...(creationTimestamp ? { since: creationTimestamp } : {}),
  } as const;
  context.report({ ...withClaim(said, subject, age), ...common });
}

type WithClaim<T> = T extends { readonly message: infer M; readonly values: infer V }
  ? { readonly message: M; readonly values: V & { claim: ReturnType<typeof subjectOf>; age: number } }
  : never;

function withClaim<T extends Pick<ClaimVerdict, 'message' | 'values'>>(
  said: T,
  claim: ReturnType<typeof subjectOf>,
  age: Age | undefined,
): WithClaim<T> {
  const seconds = Math.round(age?.seconds ?? 0);
  return {
    message: said.message,
    values: { ...(said.values as object), claim, age: seconds },
  } as WithClaim<T>;
}

function shownBy(verdict: ClaimVerdict, context: Surroundings['context']): EvidenceRef[] {
  const { evidence } = verdict;
  if (evidence) {
    const pointers: Readonly<Record<string, string>> = { Event: '/message', PersistentVolume: '/spec' };
    return [context.at(evidence, pointers[evidence.kind] ?? '/status')];
  }
  switch (verdict.message) {
    case 'classMissing':
      return [absentClass(context, verdict.values.storageClass)];
    case 'noDefaultClass':
      return [absentClass(context)];
    case 'volumeAbsent':
      return [
        context.absent({ artifact: persistentVolumes, scope: CLUSTER_SCOPE, name: verdict.values.name }),
      ];
    case 'noVolume':
      return [context.absent({ artifact: persistentVolumes, scope: CLUSTER_SCOPE })];
    default:
      return [];
  }
}

function absentClass(context: Surroundings['context'], name?: string): EvidenceRef {
  return context.absent({
    artifact: storageClasses,
    scope: CLUSTER_SCOPE,
    ...(name === undefined ? {} : { name }),
  });
}
