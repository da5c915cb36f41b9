import type { ApiServerReachability } from '../artifacts/api-server-reachability.ts';
import { type Discovery, type Kube, KubeError } from '../model/kube.ts';
import { CLUSTER_SCOPE } from '../model/scope.ts';
import { type Failure, failureOf, reasonOf, unlessInterrupted } from './outcome.ts';
import { createOwnRights, type OwnRights, UNKNOWN_RIGHTS } from './own-rights.ts';

/** What is known of the cluster before the first list. */
export interface Preflight {
  readonly version?: string;
  /** The uid of the namespace kube-system. */
  readonly id?: string;
  /** Absent when the API server did not answer, or the collection was interrupted here. */
  readonly discovery?: Discovery;
  readonly unreachable?: Unreachable;
  readonly rights: OwnRights;
}

/** The API server gives no usable answer. */
export interface Unreachable {
  readonly http: NonNullable<ApiServerReachability['http']>;
  readonly failure: Failure;
}

/** Asks for version, discovery and the cluster's id; never throws. */
export async function preflight(kube: Kube, signal: AbortSignal): Promise<Preflight> {
  const version = await attempt(kube.versionInfo(signal), signal);
  // Whoever may not read /version may still read the API.
  if ('error' in version && kindOf(version.error) !== 'forbidden')
    return withoutAnswer(version.error, signal);
  const gitVersion = 'value' in version ? version.value.gitVersion : undefined;
  const discovery = await attempt(kube.discover(signal), signal);
  if ('error' in discovery) return { version: gitVersion, ...withoutAnswer(discovery.error, signal) };
  const rights = createOwnRights(kube, signal);
  const named = await rights.allows({ verb: 'list', group: '', resource: 'namespaces' });
  const id = named === false ? undefined : await attempt(clusterId(kube, discovery.value, signal), signal);
  return {
    rights,
    version: gitVersion,
    discovery: discovery.value,
    id: id && 'value' in id ? id.value : undefined,
  };
}

async function attempt<T>(work: Promise<T>, signal: AbortSignal): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await unlessInterrupted(work, signal) };
  } catch (error) {
    return { error };
  }
}

function withoutAnswer(error: unknown, signal: AbortSignal): Preflight {
  if (signal.aborted) return { rights: UNKNOWN_RIGHTS };
  const kind = kindOf(error);
  const status = error instanceof KubeError ? error.status : undefined;
  const http = {
    ok: false,
    error: reasonOf(error),
    ...(status === undefined ? {} : { status }),
    ...(kind === undefined ? {} : { kind }),
  };
  return { rights: UNKNOWN_RIGHTS, unreachable: { http, failure: failureOf(error, CLUSTER_SCOPE) } };
}

function kindOf(error: unknown): string | undefined {
  return error instanceof KubeError ? error.kind : undefined;
}

/** Reads one namespace by LIST: no right beyond listing namespaces is needed. */
async function clusterId(kube: Kube, discovery: Discovery, signal: AbortSignal): Promise<string | undefined> {
  const resource = discovery.find('', 'Namespace');
  if (!resource) return undefined;
  const fieldSelector = 'metadata.name=kube-system';
  for await (const page of kube.list(resource, { fieldSelector, signal })) {
    for (const { name, value } of page.items) {
      const { metadata } = value as { metadata?: { uid?: string } };
      if (name === 'kube-system') return metadata?.uid;
    }
  }
  return undefined;
}
