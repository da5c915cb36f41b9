import { apiServerReachability, endpointOf, reachabilityOf } from '../artifacts/api-server-reachability.ts';
import { apiServerVersion } from '../artifacts/api-server-version.ts';
import {
  certificates,
  kubeconfigCertificates,
  kubeconfigScope,
  servedCertificates,
  servedScope,
} from '../artifacts/certificates.ts';
import { jsonBytes } from '../artifacts/json-bytes.ts';
import { kubeconfigPublic, publicKubeconfig } from '../artifacts/kubeconfig-public.ts';

import type { BundleSink } from '../model/collector.ts';
import { type Handshake, type Kube, KubeError } from '../model/kube.ts';
import type { Observation } from '../model/observation.ts';
import { CLUSTER_SCOPE } from '../model/scope.ts';
import type { Unreachable } from './preflight.ts';

/** Under this id the engine records an API server that cannot be reached: no collector gets to run. */
export const API_SERVER = 'control-plane/api-server';

/** What is needed to look at an API server that gives no answer. */
export interface UnreachableContext {
  readonly kube: Kube;
  readonly bundle: BundleSink;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/** How far a collector's own clock may be off where no server tells; as src/kube assumes it. */
const COLLECTOR_ERROR_SECONDS = 60;

/**
 * Records what can be known of an API server that refuses, times out or fails TLS: name, TCP and TLS of its
 * endpoint, the chain it serves, and the public part of the kubeconfig.
 */
export async function recordUnreachable(
  { kube, bundle, signal, now }: UnreachableContext,
  { http, failure }: Unreachable,
): Promise<void> {
  const observedHere = (): Observation => ({
    time: now().toISOString(),
    source: 'collector',
    errorSeconds: COLLECTOR_ERROR_SECONDS,
  });
  let shaken: Promise<Handshake> | undefined;
  const shake = () => (shaken ??= kube.handshake({ ...endpointOf(kube), signal }));
  await bundle.add(apiServerReachability, CLUSTER_SCOPE, async () => {
    const handshake = await shake();
    return {
      body: jsonBytes(reachabilityOf(kube.server, handshake, http)),
      observedAt: handshake.observedAt,
    };
  });
  await bundle.add(kubeconfigPublic, CLUSTER_SCOPE, async () => ({
    body: jsonBytes(publicKubeconfig(kube)),
    observedAt: observedHere(),
  }));
  await bundle.add(certificates, kubeconfigScope(kube.publicCredentials), async () => ({
    body: jsonBytes({ certificates: kubeconfigCertificates(kube.publicCredentials) }),
    observedAt: observedHere(),
  }));
  await addServedChain(bundle, kube, shake);
  bundle.unread(apiServerVersion, CLUSTER_SCOPE, failure.outcome, failure.reason, failure.fix);
}

/** The chain is evidence only when a certificate came; without one the document above says where it ended. */
async function addServedChain(
  bundle: BundleSink,
  kube: Kube,
  shake: () => Promise<Handshake>,
): Promise<void> {
  await bundle.add(certificates, servedScope(endpointOf(kube)), async () => {
    const handshake = await shake();
    const found = servedCertificates(handshake);
    if (found.length > 0)
      return { body: jsonBytes({ certificates: found }), observedAt: handshake.observedAt };
    const { failure } = handshake;
    throw new KubeError(failure?.kind ?? 'tls', failure?.message ?? 'no certificate was served');
  });
}
