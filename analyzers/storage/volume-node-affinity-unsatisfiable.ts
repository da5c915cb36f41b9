import { nodes } from '../../src/artifacts/resources.ts';
import { persistentVolumeClaims, persistentVolumes } from '../../src/artifacts/storage-resources.ts';
import { claimUsers } from '../../src/derive/claim-users.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { claimOfVolume } from '../../src/derive/static-volumes.ts';
import { volumeReach } from '../../src/derive/volume-reach.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { subjectOf } from '../../src/model/subject.ts';

const NOWHERE = {
  severity: ['critical', 'warning'],
  confidence: { level: 'certain', reason: 'no node of the cluster meets the node affinity of the volume' },
  explains: [
    { effect: 'pod-not-scheduled', via: ['used-by'] },
    { effect: 'pod-not-starting', via: ['used-by'] },
  ],
} as const;
const SHOW_VOLUME = {
  text: 'Read the node affinity of the volume.',
  argv: ['kubectl', 'describe', 'pv', '{volume.name}'],
} as const;

export const volumeNodeAffinityUnsatisfiable = defineAnalyzer({
  meta: {
    id: 'storage/volume-node-affinity-unsatisfiable',
    title: 'Volume tied to a node or zone that is gone',
    description: 'Bound PersistentVolumes whose node affinity no node of the cluster meets.',
    messages: {
      nodeGone: {
        ...NOWHERE,
        text: '{volume:object}, which {claim:object} is bound to, lies on a node that is not in the cluster ({wanted:text}).',
        remedy: [
          {
            text: 'Bring the node back under its old name: the data is on its disk. If it is lost, delete the claim and its pod so that a new volume is made elsewhere, and restore the data from a backup or its replicas.',
          },
          SHOW_VOLUME,
        ],
        groupBy: ['wanted'],
      },
      placeGone: {
        ...NOWHERE,
        text: '{volume:object}, which {claim:object} is bound to, can be used from {wanted:text} only, and no node lies there.',
        remedy: [
          {
            text: 'Add a node in that zone or with these labels: the volume cannot be moved. Else copy the data (snapshot, backup) into a volume where nodes are.',
            argv: ['kubectl', 'get', 'nodes', '-L', 'topology.kubernetes.io/zone'],
          },
          SHOW_VOLUME,
        ],
        groupBy: ['wanted'],
      },
    },
    checks: {
      reached: {
        item: 'Volume can be reached from a node',
        expected: 'a node that meets its affinity',
        found: 'at least one',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/storage/persistent-volumes/#node-affinity',
      'https://kubernetes.io/docs/concepts/storage/volumes/#local',
    ],
  },
  needs: {
    volumes: persistentVolumes,
    nodes,
    claims: persistentVolumeClaims,
    users: claimUsers,
    reach: volumeReach,
  },
  analyze({ volumes, claims, users, reach }, context) {
    for (const volume of volumes.items) {
      const ref = claimOfVolume(volume);
      if (!ref || volume.status?.phase !== 'Bound' || volume.metadata.deletionTimestamp) continue;
      const found = reach(volume);
      const subject = subjectOf(volume);
      if (found.state === 'reached') context.looked({ check: 'reached', values: {}, subject });
      if (found.state !== 'nowhere') continue;
      const { namespace, name } = ref;
      const claim = claims.lookup({ ...(namespace === undefined ? {} : { namespace }), name });
      if (claim.state !== 'present' || claim.item.metadata.deletionTimestamp) continue;
      const waiting = users.of(claim.item).filter((pod) => !hasEnded(pod) && pod.status?.phase === 'Pending');
      context.report({
        message: found.nodeOnly ? 'nodeGone' : 'placeGone',
        values: { volume: subject, claim: subjectOf(claim.item), wanted: found.wanted },
        subject: subjectOf(claim.item),
        severity: waiting.length > 0 ? 'critical' : 'warning',
        evidence: [
          context.at(volume, '/spec/nodeAffinity'),
          context.absent({ artifact: nodes, scope: CLUSTER_SCOPE }),
        ],
        related: [subject],
      });
    }
    return undefined;
  },
});
