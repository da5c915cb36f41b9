import type { EventItem, PodItem } from '../artifacts/resources.ts';
import {
  type PersistentVolumeClaimItem,
  type PersistentVolumeItem,
  persistentVolumes,
  storageClasses,
} from '../artifacts/storage-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { type ObjectRef, subjectKey, subjectOf } from '../model/subject.ts';
import { claimUsers } from './claim-users.ts';
import { eventIndex } from './event-index.ts';
import { isReady } from './pod-readiness.ts';
import { claimOfVolume, type StaticOffer, staticVolumes } from './static-volumes.ts';
import { classOfClaim, driverOf, isStatic, waitsForConsumer } from './storage-class.ts';
import { type StorageDriver, storageDrivers } from './storage-drivers.ts';
import { volumeMismatches } from './volume-match.ts';

type Says<M extends string, V = unknown> = { readonly message: M; readonly values: V };

/** Why a claim has no volume; its values lack the claim itself and ages. */
export type ClaimVerdict = {
  /** What shows it beside the claim. */
  readonly evidence?: PersistentVolumeItem | EventItem | PodItem;
  readonly related?: readonly ObjectRef[];
} & (
  | Says<'classMissing', { storageClass: string }>
  | Says<'noDefaultClass'>
  | Says<'volumeMismatch', { volume: ObjectRef; field: string; wanted: string; offered: string }>
  | Says<'volumeTaken' | 'volumeReserved', { volume: ObjectRef; other: ObjectRef }>
  | Says<'volumeAbsent', { name: string }>
  | Says<'noVolume', { storageClass: string }>
  /** Free and fitting: fine for as long as binding takes. */
  | Says<'notBound', { volume: ObjectRef }>
  | Says<'provisionerMissing', { provisioner: string; storageClass: string }>
  | Says<'provisionerUnready', { provisioner: string; instance: ObjectRef }>
  | Says<
      'provisioningDenied' | 'provisioningExhausted' | 'provisioningFailed',
      { provisioner: string; detail: string }
    >
  /** Asked and not heard of: fine for as long as provisioning takes. */
  | Says<'provisionerSilent', { provisioner: string }>
);

/** The answer for one claim: why it waits, that it may wait, or what would have to be seen to tell. */
export type ClaimState =
  | { readonly state: 'stuck'; readonly verdict: ClaimVerdict }
  | { readonly state: 'may-wait' }
  | { readonly state: 'unseen'; readonly gap: Gap };

/** A volume that may have been meant for a claim without a class. */
const CLOSE: readonly string[] = ['volumeMismatch', 'volumeReserved', 'notBound'];
const CLASS_NOT_FOUND = /storageclass\.storage\.k8s\.io "([^"]+)" not found/;
const MAY_WAIT = { state: 'may-wait' } as const;

/** Tells of a pending claim what it waits for. */
export const claimVerdicts = defineDerived({
  id: 'claim-verdicts',
  title: 'Pending claims',
  needs: {
    classes: optional(storageClasses),
    volumes: optional(persistentVolumes),
    offers: staticVolumes,
    drivers: storageDrivers,
    users: claimUsers,
    events: eventIndex,
  },
  derive({ classes, volumes, offers, drivers, users, events }) {
    function byName(claim: PersistentVolumeClaimItem, name: string): ClaimState {
      const found = volumes.lookup({ name });
      if (found.state === 'unseen') return found;
      if (found.state === 'absent') return stuck({ message: 'volumeAbsent', values: { name } });
      const { item } = found;
      const other = claimOfVolume(item);
      const volume = subjectOf(item);
      if (other && subjectKey(other) !== subjectKey(subjectOf(claim))) {
        const message = item.status?.phase === 'Released' ? 'volumeReserved' : 'volumeTaken';
        return stuck({ message, values: { volume, other }, evidence: item });
      }
      const [mismatch] = volumeMismatches(claim, claim.spec?.storageClassName ?? '', item);
      if (mismatch)
        return stuck({ message: 'volumeMismatch', values: { volume, ...mismatch }, evidence: item });
      return stuck({ message: 'notBound', values: { volume }, evidence: item });
    }

    function byStock(claim: PersistentVolumeClaimItem, className: string): ClaimState {
      const covered = volumes.coverage.covers(undefined);
      if (covered !== true) return { state: 'unseen', gap: covered };
      return stuck(stockVerdict(offers.offer(claim, className), className));
    }

    function byProvisioner(claim: PersistentVolumeClaimItem, name: string, storageClass: string): ClaimState {
      const provisioner = driverOf(name);
      const driver = drivers.get(provisioner);
      // Before CSI migration the controller manager served in-tree names itself.
      const external =
        !name.startsWith('kubernetes.io/') ||
        events.about(claim).some(({ reason }) => reason === 'ExternalProvisioning');
      if (external && isMissing(driver, drivers.complete))
        return stuck({ message: 'provisionerMissing', values: { provisioner, storageClass } });
      const instances = driver.controllers.length > 0 ? driver.controllers : driver.nodePlugins;
      const [instance] = instances;
      if (instance && !instances.some(isReady)) {
        const related = instances.map((pod) => subjectOf(pod));
        const values = { provisioner, instance: subjectOf(instance) };
        return stuck({ message: 'provisionerUnready', values, evidence: instance, related });
      }
      const event = events.about(claim).find(({ reason }) => reason === 'ProvisioningFailed');
      if (event) return stuck(failure(event, provisioner));
      return stuck({ message: 'provisionerSilent', values: { provisioner } });
    }

    /** Without a look at classes: what an event says of them. */
    function byEvent(claim: PersistentVolumeClaimItem): ClaimState | undefined {
      const event = events.about(claim).find(({ reason }) => reason === 'ProvisioningFailed');
      if (!event) return undefined;
      const storageClass = CLASS_NOT_FOUND.exec(event.message ?? '')?.[1];
      if (storageClass !== undefined)
        return stuck({ message: 'classMissing', values: { storageClass }, evidence: event });
      const { annotations = {} } = claim.metadata;
      const provisioner = annotations['volume.kubernetes.io/storage-provisioner'] ?? 'not known by name';
      return stuck(failure(event, provisioner));
    }

    return function verdict(claim: PersistentVolumeClaimItem): ClaimState {
      const { volumeName } = claim.spec ?? {};
      if (volumeName) return byName(claim, volumeName);
      const asked = classOfClaim(claim, classes);
      switch (asked.state) {
        case 'unseen':
          return byEvent(claim) ?? asked;
        case 'none':
          return byStock(claim, '');
        case 'missing':
          // Volumes made by hand need their class as a name only.
          if (offers.offer(claim, asked.name).byHand) return byStock(claim, asked.name);
          return nearOr(byStock(claim, asked.name), {
            message: 'classMissing',
            values: { storageClass: asked.name },
          });
        case 'no-default': {
          const otherwise = { message: 'noDefaultClass', values: {} } as const;
          const stock = byStock(claim, '');
          const hasOwn = stock.state === 'unseen' || offers.offer(claim, '').count > 0;
          return hasOwn ? nearOr(stock, otherwise) : stuck(otherwise);
        }
      }
      const { item, name } = asked;
      const annotations = claim.metadata.annotations ?? {};
      const chosen = annotations['volume.kubernetes.io/selected-node'] !== undefined;
      if (waitsForConsumer(item) && !chosen) {
        const wanted = users.of(claim).some((pod) => !pod.spec?.nodeName);
        if (isStatic(item)) return wanted ? fittingMayWait(byStock(claim, name)) : MAY_WAIT;
        const event = events.about(claim)[0];
        // A failed attempt takes the chosen node back, so that the scheduler tries another.
        return wanted && event?.reason === 'ProvisioningFailed'
          ? stuck(failure(event, driverOf(item.provisioner)))
          : MAY_WAIT;
      }
      return isStatic(item) ? byStock(claim, name) : byProvisioner(claim, item.provisioner, name);
    };
  },
});

function stuck(verdict: ClaimVerdict): ClaimState {
  return { state: 'stuck', verdict };
}

/** A free volume all but fits: that is more likely what was meant than a class that is not there. */
function nearOr(stock: ClaimState, otherwise: ClaimVerdict): ClaimState {
  const near = stock.state === 'stuck' && CLOSE.includes(stock.verdict.message);
  return near || stock.state === 'unseen' ? stock : stuck(otherwise);
}

/** Where a fitting volume is free, the scheduler still has to find a node that reaches it; the pod tells. */
function fittingMayWait(state: ClaimState): ClaimState {
  return state.state === 'stuck' && state.verdict.message === 'notBound' ? MAY_WAIT : state;
}

function isMissing({ controllers, nodePlugins, registered }: StorageDriver, allPodsSeen: boolean): boolean {
  return allPodsSeen && registered === false && controllers.length === 0 && nodePlugins.length === 0;
}

function stockVerdict(
  { count, free: own, taken, reserved, elsewhere }: StaticOffer,
  className: string,
): ClaimVerdict {
  const storageClass = className === '' ? 'the empty class' : `class ${className}`;
  const free = own ?? elsewhere;
  if (free?.mismatches.length === 0)
    return { message: 'notBound', values: { volume: subjectOf(free.volume) }, evidence: free.volume };
  const occupied = reserved ?? taken;
  const other = occupied && claimOfVolume(occupied);
  if (occupied && other) {
    const message = reserved ? 'volumeReserved' : 'volumeTaken';
    return { message, values: { volume: subjectOf(occupied), other }, evidence: occupied };
  }
  const [mismatch] = free?.mismatches ?? [];
  if (free && mismatch) {
    const values = { volume: subjectOf(free.volume), ...mismatch };
    return { message: 'volumeMismatch', values, evidence: free.volume };
  }
  return {
    message: 'noVolume',
    values: { storageClass: count > 0 ? `${storageClass} that is free` : storageClass },
  };
}

const EXHAUSTED =
  /quota|limit ?exceeded|exceeds? the|insufficient|resource ?exhausted|no space|not enough|out of capacity/i;
const DENIED =
  /forbidden|access ?denied|unauthori[sz]ed|not authori[sz]ed|permission ?denied|code = (?:PermissionDenied|Unauthenticated)/i;

function failure(event: EventItem, provisioner: string): ClaimVerdict {
  const text = event.message ?? '';
  // `failed to provision volume with StorageClass "x": rpc error: code = Y desc = the driver's words`.
  const detail = text
    .replace(/^failed to provision volume with StorageClass "[^"]*":\s*/, '')
    .replace(/\.$/, '');
  const values = { provisioner, detail };
  if (EXHAUSTED.test(detail)) return { message: 'provisioningExhausted', values, evidence: event };
  if (DENIED.test(detail)) return { message: 'provisioningDenied', values, evidence: event };
  return { message: 'provisioningFailed', values, evidence: event };
}
