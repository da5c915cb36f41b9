import type { CollectOptions } from '../model/collector.ts';
import { UserError } from '../model/errors.ts';
import type { Discovery, Kube } from '../model/kube.ts';
import { learnFromEndpoint, learnFromObject } from '../redact/learned-names.ts';
import { isReplaceable } from '../redact/name-map.ts';
import type { Obfuscation } from '../redact/obfuscate.ts';
import { reasonOf, unlessInterrupted } from './outcome.ts';

/** Where names are read from. */
export interface NameSources {
  readonly kube: Kube;
  /** Absent: the API server gave no answer, and none of its objects will be in the bundle. */
  readonly discovery: Discovery | undefined;
  readonly options: Pick<CollectOptions, 'namespaces'>;
  readonly signal: AbortSignal;
}

/**
 * Learns the names that are to be replaced before the first entry is written. Throws UserError when they cannot be
 * read: a bundle that was promised without names is not written with them.
 */
export async function learnNames(obfuscation: Obfuscation, sources: NameSources): Promise<void> {
  const { kube, discovery, options, signal } = sources;
  learnFromEndpoint(kube.server, obfuscation);
  const { clusterName, userName, tlsServerName } = kube.publicCredentials;
  for (const name of [kube.context, clusterName, userName, tlsServerName]) {
    if (!name) continue;
    if (obfuscation.kinds.has('hostname')) refuseUnusual(name);
    obfuscation.learnHost(name);
  }
  for (const namespace of options.namespaces) obfuscation.learnNamespace(namespace);
  if (discovery === undefined) return;

  async function learnKind(kind: 'Node' | 'Namespace'): Promise<string | undefined> {
    const resource = discovery?.find('', kind);
    if (!resource) return `the API server serves no ${kind} objects`;
    const read = async () => {
      for await (const { items } of kube.list(resource, { signal }))
        for (const { value } of items) learnFromObject({ ...(value as object), kind }, obfuscation);
    };
    try {
      await unlessInterrupted(read(), signal);
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  if (obfuscation.kinds.has('hostname')) refuse('hostname', 'nodes', await learnKind('Node'));
  if (!obfuscation.kinds.has('namespace')) return;
  const failure = await learnKind('Namespace');
  // Those that were asked for are known; others come as objects name them.
  if (options.namespaces.length === 0) refuse('namespace', 'namespaces', failure);
}

function refuseUnusual(name: string): void {
  if (isReplaceable(name)) return;
  throw new UserError(
    'names-unknown',
    `--obfuscate hostname: the name \`${name}\` in the kubeconfig cannot be replaced`,
    {
      hint: 'Give it one of letters, digits and .-_:@/ in a copy of the kubeconfig, or leave `hostname` out.',
    },
  );
}

function refuse(kind: string, resource: string, reason: string | undefined): void {
  if (reason === undefined) return;
  throw new UserError('names-unknown', `--obfuscate ${kind}: ${resource} cannot be listed: ${reason}`, {
    hint: `Ask for the right to list ${resource}, or leave \`${kind}\` out.`,
  });
}
