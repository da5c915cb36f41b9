import { secrets } from '../artifacts/resources.ts';
import type { CertificateFacts } from '../artifacts/x509.ts';
import type { AnalyzeContext } from '../model/analyzer.ts';
import { type Inputs, optional } from '../model/artifact.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { certificateInventory } from './certificate-inventory.ts';
import type { PlacedCertificate } from './certificate-places.ts';
import { containersOf } from './containers.ts';
import { clusterAuthority, clusterCertificate, type Leaves } from './kong-cluster-certificate.ts';
import type { CERTIFICATE_CHECKS, CERTIFICATE_MESSAGES } from './kong-cluster-certificate-messages.ts';
import { type DataPlaneView, kongDataPlanes } from './kong-data-planes.ts';
import type { KongPlane } from './kong-environment.ts';
import { kongPlanes } from './kong-planes.ts';

/** What cluster certificates are judged by. */
export const CERTIFICATE_NEEDS = {
  planes: kongPlanes,
  views: kongDataPlanes,
  secrets: optional(secrets),
  certificates: optional(certificateInventory),
} as const;

/** The context of an analyzer that judges them. */
export type CertificateContext = AnalyzeContext<typeof CERTIFICATE_MESSAGES, typeof CERTIFICATE_CHECKS>;

/** The cluster certificate of one plane. */
export interface HeldCertificate {
  readonly plane: KongPlane;
  readonly secret: ObjectRef;
  readonly leaf: PlacedCertificate;
  /** Whether the process uses it: Kong reads it at its start only. */
  readonly use: 'this one' | 'an earlier one' | 'unknown';
}

/** One data plane with the certificates of both sides. */
export interface CertificateCase {
  readonly view: DataPlaneView;
  readonly subject: ObjectRef;
  readonly severity: 'critical' | 'warning';
  readonly isShared: boolean;
  readonly own: HeldCertificate;
  /** CA the data plane checks its control plane by. */
  readonly ownAuthority: HeldAuthority | undefined;
  /** That of the control plane its address leads to, where all replicas hold the same one. */
  readonly other: HeldCertificate | undefined;
  readonly otherAuthority: HeldAuthority | undefined;
  readonly context: CertificateContext;
}

/** A bundle of certificates a plane trusts. */
export interface HeldAuthority {
  readonly secret: ObjectRef;
  readonly trusted: readonly CertificateFacts[];
  readonly leaf: PlacedCertificate;
}

/** The case of a data plane, or why its certificate cannot be seen. */
export function certificateCase(
  view: DataPlaneView,
  inputs: Inputs<typeof CERTIFICATE_NEEDS>,
  { leaves, context }: { readonly leaves: Leaves; readonly context: CertificateContext },
): CertificateCase | { readonly unseen: string } {
  const { plane } = view;
  const seen = clusterCertificate(plane, leaves, inputs.secrets);
  if ('unseen' in seen) return seen;
  const isShared = plane.mtls === 'shared';
  const opposite = oppositeOf(view, inputs, leaves);
  return {
    view,
    subject: subjectOf(plane.pod),
    severity: view.connection === 'down' && view.life.is === 'running' ? 'critical' : 'warning',
    isShared,
    own: { plane, ...seen, use: useOf(plane, seen.leaf.facts, presentedEnd(view)) },
    ownAuthority: authorityOf(plane, inputs, leaves),
    other: opposite,
    otherAuthority: opposite && authorityOf(opposite.plane, inputs, leaves),
    context,
  };
}

function authorityOf(
  plane: KongPlane,
  inputs: Inputs<typeof CERTIFICATE_NEEDS>,
  leaves: Leaves,
): HeldAuthority | undefined {
  const seen = clusterAuthority(plane, leaves, inputs.secrets);
  return 'unseen' in seen ? undefined : { secret: seen.secret, trusted: seen.leaf.together, leaf: seen.leaf };
}

/** Only where the address leads to a Service of this cluster: then it is known whose certificate is shown. */
function oppositeOf(
  { plane, probes }: DataPlaneView,
  inputs: Inputs<typeof CERTIFICATE_NEEDS>,
  leaves: Leaves,
): HeldCertificate | undefined {
  if (plane.target.found !== 'service') return undefined;
  const shown = probes?.value.served[0]?.fingerprint;
  const held = plane.controlPlanes.flatMap((controlPlane): HeldCertificate[] => {
    const seen = clusterCertificate(controlPlane, leaves, inputs.secrets);
    if ('unseen' in seen) return [];
    const { facts } = seen.leaf;
    const byProbe =
      shown === undefined ? undefined : shown === facts.fingerprint ? 'this one' : 'an earlier one';
    return [{ plane: controlPlane, ...seen, use: byProbe ?? useOf(controlPlane, facts, undefined) }];
  });
  const isOne = new Set(held.map(({ leaf }) => leaf.facts.fingerprint)).size === 1;
  if (!isOne) return undefined;
  // Of replicas that started before and after a renewal, either may answer.
  return new Set(held.map(({ use }) => use)).size === 1 ? held[0] : { ...held[0]!, use: 'unknown' };
}

/** Unix seconds of the end of the certificate the process presents: in its control plane's list since Kong 3.6. */
function presentedEnd({ plane: { registration } }: DataPlaneView): number | undefined {
  if (registration.state !== 'fresh' && registration.state !== 'late') return undefined;
  return registration.entry.row.certExpiry;
}

/** Kong writes whole seconds. */
const SAME_END_SECONDS = 2;

function useOf(
  { pod, container }: KongPlane,
  { notBefore, notAfter }: CertificateFacts,
  presented: number | undefined,
): HeldCertificate['use'] {
  if (presented !== undefined)
    return Math.abs(Date.parse(notAfter) / 1000 - presented) <= SAME_END_SECONDS
      ? 'this one'
      : 'an earlier one';
  const status = containersOf(pod).find(({ name, init }) => name === container && !init)?.status;
  const started = Date.parse(status?.state?.running?.startedAt ?? '');
  if (Number.isNaN(started)) return 'unknown';
  // A process that started before the certificate was valid has read another one.
  return started < Date.parse(notBefore) ? 'an earlier one' : 'this one';
}

/** When the certificate in use ends, where the process or the control plane tells it. */
export function endInUse({ view }: CertificateCase): string | undefined {
  const end = presentedEnd(view);
  return end === undefined ? undefined : new Date(end * 1000).toISOString().replace('.000Z', 'Z');
}
