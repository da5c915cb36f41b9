import type { LeaseItem, leases } from '../artifacts/resources.ts';
import type { DeriveContext, Input } from '../model/artifact.ts';
import { isOlder } from '../model/observation.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { type ControlPlane, isReady } from './control-plane.ts';

/** Renewed every 10 s (facts: control-plane-and-nodes.md §1.2): six times that, without an answer to why. */
const STALE_SECONDS = 60;

/** An API server whose identity lease has run out of date. */
export interface SilentInstance {
  readonly lease: LeaseItem;
  readonly subject: ObjectRef;
  readonly host: string;
  /** Seconds since the last renewal. */
  readonly age: number;
}

/**
 * API servers of existing control-plane nodes that no longer renew their identity, while another one does. A
 * pod that is not ready is left out: its status says more.
 */
export function silentInstances(
  plane: ControlPlane,
  collection: Input<typeof leases>,
  { age }: Pick<DeriveContext, 'age'>,
): SilentInstance[] {
  const identities = collection.items.filter(isIdentity).map((lease) => ({
    lease,
    host: lease.metadata.labels?.['kubernetes.io/hostname'] ?? '',
    since: age(lease.spec?.renewTime, lease),
  }));
  const fresh = identities.filter(({ since }) => isOlder(since, STALE_SECONDS) === false);
  if (fresh.length === 0) return [];
  const alive = new Set(fresh.map(({ host }) => host));
  const hosts = new Set(plane.nodes.map(({ metadata }) => metadata.name));
  const down = new Set(
    plane.of('kube-apiserver').flatMap((one) => (isReady(one) === false ? (one.node ?? []) : [])),
  );
  return identities.flatMap(({ lease, host, since }) => {
    if (!since || isOlder(since, STALE_SECONDS) !== true) return [];
    if (alive.has(host) || !hosts.has(host) || down.has(host)) return [];
    return [{ lease, subject: subjectOf(lease), host, age: Math.round(since.seconds) }];
  });
}

/** Labels of 1.27 and later, and of 1.26. */
function isIdentity({ metadata }: LeaseItem): boolean {
  const { labels = {} } = metadata;
  return (
    metadata.namespace === 'kube-system' &&
    (labels['apiserver.kubernetes.io/identity'] === 'kube-apiserver' ||
      labels['k8s.io/component'] === 'kube-apiserver')
  );
}
