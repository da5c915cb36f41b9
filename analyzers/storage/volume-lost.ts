import {
  type PersistentVolumeClaimItem,
  persistentVolumeClaims,
  persistentVolumes,
} from '../../src/artifacts/storage-resources.ts';
import { claimUsers } from '../../src/derive/claim-users.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { claimOfVolume } from '../../src/derive/static-volumes.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Input } from '../../src/model/artifact.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

const LOST = {
  severity: ['critical', 'warning'],
  effect: 'volume-not-bound',
  explains: [
    { effect: 'pod-not-scheduled', via: ['used-by'] },
    { effect: 'pod-not-starting', via: ['used-by'] },
  ],
} as const;
const BY_OBJECTS = { level: 'certain', reason: 'claim and volume say so' } as const;

export const volumeLost = defineAnalyzer({
  meta: {
    id: 'storage/volume-lost',
    title: 'Volume lost',
    description:
      'Claims whose volume is gone or belongs to another claim, and volumes that could not be reclaimed.',
    messages: {
      volumeGone: {
        ...LOST,
        confidence: BY_OBJECTS,
        text: '{claim:object} is bound to the volume `{name:text}`, which does not exist any more.',
        remedy: [
          {
            text: 'If the storage behind it still exists, create a PersistentVolume of the same name that points to it, with `claimRef` set to this claim.',
          },
          {
            text: 'If it is gone, delete the claim, let it be made again and restore the data from a backup.',
            argv: ['kubectl', 'describe', 'pvc', '{claim.name}', '-n', '{claim.namespace}'],
          },
        ],
      },
      boundToOther: {
        ...LOST,
        confidence: BY_OBJECTS,
        text: '{claim:object} is lost: its volume {volume:object} is bound to {other:object}.',
        remedy: [
          {
            text: 'Two claims name one volume; only one can have it. Find out whose data it holds, then delete the claim that is wrong and create it again without `volumeName`.',
            argv: ['kubectl', 'describe', 'pv', '{volume.name}'],
          },
        ],
      },
      claimLost: {
        ...LOST,
        confidence: { level: 'certain', reason: 'the phase of the claim says so' },
        text: '{claim:object} has lost its volume `{name:text}`.',
        remedy: [
          {
            text: 'See whether the PersistentVolume still exists and which claim it names.',
            argv: ['kubectl', 'describe', 'pv', '{name}'],
          },
        ],
      },
      reclaimFailed: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the phase of the volume says so' },
        text: '{volume:object} was given back and could not be deleted or wiped: {detail:text}.',
        remedy: [
          {
            text: 'Mend what the text names (rights, storage that is still in use), or delete the storage and then the PersistentVolume by hand. Nothing waits for it, but it is paid for.',
            argv: ['kubectl', 'describe', 'pv', '{volume.name}'],
          },
        ],
      },
    },
    checks: {
      kept: { item: 'Claim has its volume', expected: 'the volume exists', found: 'volume `{name:text}`' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase',
      'kubernetes/kubernetes pkg/controller/volume/persistentvolume: ClaimLost, ClaimMisbound, VolumeFailedDelete',
    ],
  },
  needs: {
    claims: persistentVolumeClaims,
    volumes: persistentVolumes,
    users: claimUsers,
    events: eventIndex,
  },
  analyze({ claims, volumes, users, events }, context) {
    for (const claim of claims.items) {
      const { phase } = claim.status ?? {};
      if (claim.metadata.deletionTimestamp || (phase !== 'Lost' && phase !== 'Bound')) continue;
      reportClaim(claim, { volumes, severity: users.of(claim).length > 0 ? 'critical' : 'warning', context });
    }
    for (const volume of volumes.items) {
      if (volume.status?.phase !== 'Failed') continue;
      const event = events.about(volume).find(({ reason }) => reason?.startsWith('VolumeFailed'));
      const detail = volume.status.message ?? volume.status.reason ?? event?.message ?? 'no reason is given';
      context.report({
        message: 'reclaimFailed',
        values: { volume: subjectOf(volume), detail: detail.replace(/\.$/, '') },
        subject: subjectOf(volume),
        evidence: [context.at(volume, '/status'), ...(event ? [context.at(event, '/message')] : [])],
      });
    }
    return undefined;
  },
});

interface Surroundings {
  readonly volumes: Input<typeof persistentVolumes>;
  readonly severity: 'critical' | 'warning';
  readonly context: AnalyzeContext<
    typeof volumeLost.meta.messages,
    NonNullable<typeof volumeLost.meta.checks>
  >;
}

function reportClaim(claim: PersistentVolumeClaimItem, { volumes, severity, context }: Surroundings): void {
  const subject = subjectOf(claim);
  const name = claim.spec?.volumeName ?? '';
  const found = volumes.lookup({ name });
  const shown = context.at(claim, '/status');
  if (found.state === 'absent') {
    const gone = context.absent({ artifact: persistentVolumes, scope: CLUSTER_SCOPE, name });
    context.report({
      message: 'volumeGone',
      values: { claim: subject, name },
      subject,
      severity,
      evidence: [shown, gone],
    });
    return;
  }
  const volume = found.state === 'present' ? found.item : undefined;
  const other = volume && claimOfVolume(volume);
  if (volume && other && subjectKey(other) !== subjectKey(subject)) {
    context.report({
      message: 'boundToOther',
      values: { claim: subject, volume: subjectOf(volume), other },
      subject,
      severity,
      evidence: [shown, context.at(volume, '/spec/claimRef')],
    });
  } else if (claim.status?.phase === 'Lost') {
    context.report({
      message: 'claimLost',
      values: { claim: subject, name },
      subject,
      severity,
      evidence: [shown],
    });
  } else if (volume) {
    context.looked({ check: 'kept', values: { name }, subject });
  }
}
