import { type KubeletVolumeStats, kubeletStatsSummary } from '../../src/artifacts/kubelet-stats-summary.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { persistentVolumeClaims, storageClasses } from '../../src/artifacts/storage-resources.ts';
import { podClaims } from '../../src/derive/pod-claims.ts';
import { classOfClaim } from '../../src/derive/storage-class.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Collection, type ItemOf, optional } from '../../src/model/artifact.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import type { ObjectRef } from '../../src/model/subject.ts';

/** Shares left, of the KubePersistentVolumeFillingUp alerts of kubernetes-mixin. */
const FULL = 0.03;
const FILLING = 0.15;

const BY_KUBELET = { level: 'certain', reason: 'the kubelet measured the volume' } as const;
const SYMPTOMS = [
  { effect: 'pod-crashing', via: ['used-by'] },
  { effect: 'pod-not-ready', via: ['used-by'] },
  { effect: 'telemetry-stale', via: ['used-by'] },
] as const;
const GROW = {
  text: 'Free space, or raise the request of the claim where its class allows it ({expansion:text}).',
  argv: ['kubectl', 'edit', 'pvc', '{claim.name}', '-n', '{claim.namespace}'],
} as const;
const FEWER_FILES = {
  text: 'The volume holds as many files as its file system was made for: delete small files. Growing the volume adds inodes on ext4 and XFS.',
  argv: ['kubectl', 'describe', 'pvc', '{claim.name}', '-n', '{claim.namespace}'],
} as const;

export const volumeNearlyFull = defineAnalyzer({
  meta: {
    id: 'storage/volume-nearly-full',
    title: 'Volume nearly full',
    description: 'Persistent volumes with little space or few inodes left, as kubelets measure them.',
    messages: {
      full: {
        severity: 'critical',
        confidence: BY_KUBELET,
        text: '{claim:object} is full: {available:bytes} of {capacity:bytes} are left ({percent:text}).',
        remedy: [GROW],
        explains: SYMPTOMS,
      },
      fillingUp: {
        severity: 'warning',
        confidence: BY_KUBELET,
        text: '{claim:object} fills up: {available:bytes} of {capacity:bytes} are left ({percent:text}).',
        remedy: [GROW],
      },
      inodesUsedUp: {
        severity: 'critical',
        confidence: BY_KUBELET,
        text: '{claim:object} cannot take more files: {free:count} of {total:count} inodes are left ({percent:text}).',
        remedy: [FEWER_FILES],
        explains: SYMPTOMS,
      },
      inodesShort: {
        severity: 'warning',
        confidence: BY_KUBELET,
        text: '{claim:object} runs out of inodes: {free:count} of {total:count} are left ({percent:text}).',
        remedy: [FEWER_FILES],
      },
    },
    checks: {
      room: {
        item: 'Volume has room',
        expected: 'at least 15 % of space and inodes left',
        found: '{percent:text} of the space left',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/storage/volume-health-monitoring/',
      'kubernetes-monitoring/kubernetes-mixin: KubePersistentVolumeFillingUp, KubePersistentVolumeInodesFillingUp',
    ],
  },
  needs: {
    summaries: kubeletStatsSummary,
    claims: optional(persistentVolumeClaims),
    classes: optional(storageClasses),
    pods: optional(pods),
  },
  analyze({ summaries, claims, classes, pods: podCollection }, context) {
    const seen = new Set<string>();
    for (const summary of summaries.items) {
      summary.value.pods.forEach(({ podRef, volume: volumes }, podIndex) => {
        volumes.forEach((volume, index) => {
          const ref = volume.pvcRef;
          if (!ref || seen.has(`${ref.namespace}/${ref.name}`)) return;
          const found = claims.lookup(ref);
          const claim = found.state === 'present' ? found.item : undefined;
          const holder = podCollection.lookup(podRef);
          const pod = holder.state === 'present' ? holder.item : undefined;
          if (isNotFilled(claim, pod, volume.name)) return;
          // A shared volume is measured on each of its nodes: once is enough.
          seen.add(`${ref.namespace}/${ref.name}`);
          judge(volume, {
            claim: { group: '', kind: 'PersistentVolumeClaim', namespace: ref.namespace, name: ref.name },
            pod: { group: '', kind: 'Pod', namespace: podRef.namespace, name: podRef.name },
            expansion: expansionOf(claim, classes),
            evidence: context.at(summary, `/pods/${podIndex}/volume/${index}`),
            context,
          });
        });
      });
    }
    return undefined;
  },
});

type ClaimItem = ItemOf<typeof persistentVolumeClaims>;

/** Block devices have no file system to fill; what is mounted read-only is as full as it was made. */
function isNotFilled(claim: ClaimItem | undefined, pod: PodItem | undefined, volumeName: string): boolean {
  if (claim?.spec?.volumeMode === 'Block') return true;
  const modes = claim?.spec?.accessModes ?? [];
  if (modes.length > 0 && modes.every((mode) => mode === 'ReadOnlyMany')) return true;
  if (!pod) return false;
  if (podClaims(pod).some((one) => one.volume === volumeName && one.readOnly)) return true;
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const mounts = containers
    .flatMap((container) => container.volumeMounts ?? [])
    .filter((one) => one.name === volumeName);
  return mounts.length > 0 && mounts.every((one) => one.readOnly === true);
}

function expansionOf(
  claim: ClaimItem | undefined,
  classes: Collection<ItemOf<typeof storageClasses>>,
): string {
  const asked = claim && classOfClaim(claim, classes);
  if (asked?.state !== 'found') return 'its class was not seen';
  const { name } = asked;
  return asked.item.allowVolumeExpansion ? `class ${name} does` : `class ${name} does not`;
}

interface Measured {
  readonly claim: ObjectRef;
  readonly pod: ObjectRef;
  readonly expansion: string;
  readonly evidence: EvidenceRef;
  readonly context: AnalyzeContext<
    typeof volumeNearlyFull.meta.messages,
    NonNullable<typeof volumeNearlyFull.meta.checks>
  >;
}

function judge(volume: KubeletVolumeStats, { claim, pod, expansion, evidence, context }: Measured): void {
  const common = { subject: claim, evidence: [evidence] as const, related: [pod] };
  const space = shareOf(volume.availableBytes, volume.capacityBytes);
  const inodes = shareOf(volume.inodesFree, volume.inodes);
  if (space !== undefined && space < FILLING) {
    const { availableBytes: available = 0, capacityBytes: capacity = 0 } = volume;
    const values = { claim, available, capacity, percent: percentText(space), expansion };
    context.report({ message: space < FULL ? 'full' : 'fillingUp', values, ...common });
  }
  if (inodes !== undefined && inodes < FILLING) {
    const { inodesFree: free = 0, inodes: total = 0 } = volume;
    const values = { claim, free, total, percent: percentText(inodes) };
    context.report({ message: inodes < FULL ? 'inodesUsedUp' : 'inodesShort', values, ...common });
  }
  if (space !== undefined && space >= FILLING && (inodes ?? 1) >= FILLING)
    context.looked({ check: 'room', values: { percent: percentText(space) }, subject: claim });
}

/** The share left; undefined where it was not measured or means nothing (file systems without fixed inodes). */
function shareOf(left: number | undefined, total: number | undefined): number | undefined {
  if (left === undefined || !total || total <= 0 || left > total) return undefined;
  return left / total;
}

function percentText(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}
