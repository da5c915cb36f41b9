import type { CollectOptions } from '../model/collector.ts';
import type { Discovery, Kube } from '../model/kube.ts';
import { secretAtoms } from '../redact/secret-atoms.ts';
import { reasonOf, unlessInterrupted } from './outcome.ts';

/** The values of the Secrets of a cluster, for as long as the collection runs; never stored, never printed. */
export interface KnownSecrets {
  /** What is worth looking for: single lines, long and rare enough. */
  readonly values: readonly string[];
  /** Why some or all Secrets could not be read; absent: all were. */
  readonly failure?: string;
}

/** Reads the Secrets of the namespaces asked for; what cannot be read is said, never thrown. */
export async function readKnownSecrets(
  kube: Kube,
  discovery: Discovery,
  { namespaces }: Pick<CollectOptions, 'namespaces'>,
  signal: AbortSignal,
): Promise<KnownSecrets> {
  const resource = discovery.find('', 'Secret');
  if (!resource) return { values: [], failure: 'the API server serves no Secrets' };
  const values = new Set<string>();
  const failures: string[] = [];

  async function readIn(namespace: string | undefined): Promise<void> {
    for await (const page of kube.list(resource!, { namespace, signal })) {
      for (const { value } of page.items) for (const atom of secretAtoms(value)) values.add(atom);
    }
  }

  for (const namespace of namespaces.length > 0 ? namespaces : [undefined]) {
    try {
      await unlessInterrupted(readIn(namespace), signal);
    } catch (error) {
      failures.push(reasonOf(error));
    }
  }
  return { values: [...values], ...(failures.length > 0 ? { failure: failures.join('; ') } : {}) };
}
