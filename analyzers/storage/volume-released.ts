import { persistentVolumes } from '../../src/artifacts/storage-resources.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { claimOfVolume } from '../../src/derive/static-volumes.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Deleting a volume takes storage systems seconds to minutes. */
const RECLAIM_SECONDS = 600;

const BY_PHASE = { level: 'certain', reason: 'the phase of the volume says so' } as const;

export const volumeReleased = defineAnalyzer({
  meta: {
    id: 'storage/volume-released',
    title: 'Volume kept after its claim was deleted',
    description: 'PersistentVolumes in the phase Released: kept on purpose, or not yet deleted.',
    messages: {
      retained: {
        severity: 'info',
        confidence: BY_PHASE,
        text: '{volume:object} ({capacity:quantity}) is kept with its data after {claim:object} was deleted, as its reclaim policy says.',
        remedy: [
          {
            text: 'Delete the volume and its storage when the data is no longer needed. To use it again, remove `claimRef` from it; a claim that fits then binds to it, data and all.',
            argv: ['kubectl', 'describe', 'pv', '{volume.name}'],
          },
        ],
      },
      notReclaimed: {
        severity: 'info',
        confidence: BY_PHASE,
        text: '{volume:object} is to be deleted since {claim:object} was deleted, and still exists after {age:duration}.',
        remedy: [
          {
            text: 'Read its events and the log of the provisioner: deleting is tried again and again.',
            argv: ['kubectl', 'describe', 'pv', '{volume.name}'],
          },
        ],
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming',
      'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase',
    ],
  },
  needs: { volumes: persistentVolumes, events: eventIndex },
  analyze({ volumes, events }, context) {
    for (const volume of volumes.items) {
      if (volume.status?.phase !== 'Released') continue;
      const claim = claimOfVolume(volume);
      if (!claim) continue;
      const since = volume.status.lastPhaseTransitionTime;
      const common = { subject: subjectOf(volume), ...(since ? { since } : {}) };
      if (volume.spec?.persistentVolumeReclaimPolicy !== 'Delete') {
        const capacity = volume.spec?.capacity?.storage ?? '0';
        context.report({
          message: 'retained',
          values: { volume: subjectOf(volume), capacity, claim },
          evidence: [context.at(volume, '/spec/claimRef')],
          ...common,
        });
        continue;
      }
      // Before 1.28 volumes do not say since when they are in a phase.
      const age = context.age(since, volume);
      if (!age || !isOlder(age, RECLAIM_SECONDS)) continue;
      const event = events.about(volume).find(({ reason }) => reason === 'VolumeFailedDelete');
      context.report({
        message: 'notReclaimed',
        values: { volume: subjectOf(volume), claim, age: Math.round(age.seconds) },
        evidence: [context.at(volume, '/status'), ...(event ? [context.at(event, '/message')] : [])],
        ...common,
      });
    }
    return undefined;
  },
});
