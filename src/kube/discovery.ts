import type { ApiResource, Discovery, DiscoveryFailure, Reply } from '../model/kube.ts';
import { KubeError } from '../model/kube.ts';
import { type AggregatedGroupList, readAggregated } from './discovery-aggregated.ts';
import { type ApiResourceList, readLegacyVersion } from './discovery-legacy.ts';
import { getReply, parseObject } from './get.ts';
import { mergeVersions, type ServedResource } from './served-resource.ts';
import type { Transport } from './transport.ts';

/** Aggregated discovery, v2 since Kubernetes 1.30 and v2beta1 from 1.26, else the list of group versions. */
const ACCEPT = [
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
  'application/json',
].join(',');

/** Group versions asked for at the same time by legacy discovery. */
const PARALLEL = 4;

/** Asks the server what it serves: two requests, or one more per group version on servers before 1.26. */
export async function discover(transport: Transport, signal: AbortSignal): Promise<Discovery> {
  const core = await getReply(transport, '/api', { signal, accept: ACCEPT });
  const served: ServedResource[] = [];
  const failures: DiscoveryFailure[] = [];
  await readRoot(transport, core, { signal, served, failures });
  try {
    const groups = await getReply(transport, '/apis', { signal, accept: ACCEPT });
    await readRoot(transport, groups, { signal, served, failures });
  } catch (error) {
    failures.push({ groupVersion: '/apis', reason: reasonOf(error) });
  }
  const resources = mergeVersions(served);
  return { resources, failures, observedAt: core.observedAt, find: finder(resources) };
}

interface Found {
  readonly signal: AbortSignal;
  readonly served: ServedResource[];
  readonly failures: DiscoveryFailure[];
}

async function readRoot(transport: Transport, reply: Reply, found: Found): Promise<void> {
  const root = parseObject(reply.body);
  if (root?.kind === 'APIGroupDiscoveryList') {
    const aggregated = readAggregated(root as AggregatedGroupList);
    found.served.push(...aggregated.served);
    found.failures.push(...aggregated.failures);
    return;
  }
  const groupVersions = legacyGroupVersions(root);
  if (!groupVersions)
    throw new KubeError('bad-reply', `${transport.endpoint}: this is not the API of Kubernetes`);
  await readLegacy(transport, groupVersions, found);
}

function legacyGroupVersions(root: Record<string, unknown> | undefined): string[] | undefined {
  if (root?.kind === 'APIVersions' && Array.isArray(root.versions)) return root.versions.map(String);
  if (root?.kind !== 'APIGroupList' || !Array.isArray(root.groups)) return undefined;
  const groups = root.groups as {
    versions?: { groupVersion: string }[];
    preferredVersion?: { groupVersion: string };
  }[];
  return groups.flatMap((group) => {
    const all = (group.versions ?? []).map((version) => version.groupVersion);
    const preferred = group.preferredVersion?.groupVersion;
    return preferred === undefined ? all : [preferred, ...all.filter((version) => version !== preferred)];
  });
}

async function readLegacy(
  transport: Transport,
  groupVersions: readonly string[],
  found: Found,
): Promise<void> {
  const results: (ServedResource[] | DiscoveryFailure)[] = new Array(groupVersions.length);
  const queue = groupVersions.entries();
  async function work(): Promise<void> {
    for (const [index, groupVersion] of queue) {
      results[index] = await readVersionOf(transport, groupVersion, found.signal);
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work));
  for (const result of results) {
    if (Array.isArray(result)) found.served.push(...result);
    else found.failures.push(result);
  }
}

async function readVersionOf(
  transport: Transport,
  groupVersion: string,
  signal: AbortSignal,
): Promise<ServedResource[] | DiscoveryFailure> {
  const path = groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
  try {
    const reply = await getReply(transport, path, { signal, accept: 'application/json' });
    const list = parseObject(reply.body);
    if (!list || !Array.isArray(list.resources))
      return { groupVersion, reason: `GET ${path} gives no list of resources` };
    return readLegacyVersion(groupVersion, { resources: list.resources as ApiResourceList['resources'] });
  } catch (error) {
    return { groupVersion, reason: reasonOf(error) };
  }
}

/** The end of the caller's patience is no property of a group version. */
function reasonOf(error: unknown): string {
  if (!(error instanceof KubeError) || error.kind === 'aborted') throw error;
  return error.message;
}

function finder(resources: readonly ApiResource[]): Discovery['find'] {
  const byKind = new Map(resources.map((resource) => [`${resource.group}/${resource.kind}`, resource]));
  return (group, kind) => byKind.get(`${group}/${kind}`);
}
