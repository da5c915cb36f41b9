import { EXIT, UserError } from '../model/errors.ts';
import { type Kube, KubeError } from '../model/kube.ts';
import { type KubeWrites, MANAGED_BY } from '../model/kube-writes.ts';

interface CleanupFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace: string;
  readonly dryRun?: boolean;
}

/** What `collect --nodes` creates; the Job last, since it owns the rest. */
const KINDS = [
  { group: 'apps', version: 'v1', plural: 'daemonsets', kind: 'DaemonSet' },
  { group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job' },
] as const;

/** Removes what an earlier, killed collection left in a namespace, and prints it; a running one loses its pods. */
export async function cleanup(flags: CleanupFlags): Promise<number> {
  const access = {
    kubeconfig: flags.kubeconfig,
    context: flags.context,
    signal: new AbortController().signal,
  };
  const [{ connect }, { connectWrites }] = await Promise.all([
    import('../kube/connect.ts'),
    import('../kube/write.ts'),
  ]);
  const kube = await connect(access);
  const writes = await connectWrites(access);
  try {
    const removed = await removeAll(kube, writes, flags, access.signal);
    const verb = flags.dryRun ? 'would be removed' : 'removed';
    for (const name of removed) process.stdout.write(`${name} ${verb}\n`);
    if (removed.length === 0)
      process.stdout.write(`nothing of kubecase is in namespace ${flags.namespace}\n`);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    throw new UserError('cleanup-failed', error.message, { hint: hintFor(error, flags), cause: error });
  } finally {
    await Promise.all([kube.close(), writes.close()]);
  }
}

async function removeAll(
  kube: Kube,
  writes: KubeWrites,
  { namespace, dryRun }: CleanupFlags,
  signal: AbortSignal,
): Promise<string[]> {
  const removed: string[] = [];
  const labelSelector = Object.entries(MANAGED_BY)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
  for (const resource of KINDS) {
    const names: string[] = [];
    for await (const page of kube.list(resource, { namespace, labelSelector, signal }))
      names.push(...page.items.map(({ name }) => name));
    for (const name of names) {
      const folder = `/apis/${resource.group}/${resource.version}/namespaces/${encodeURIComponent(namespace)}`;
      const path = `${folder}/${resource.plural}/${encodeURIComponent(name)}`;
      if (dryRun || (await writes.remove(path, signal)))
        removed.push(`${resource.kind} ${namespace}/${name}`);
    }
  }
  return removed;
}

function hintFor({ rule }: KubeError, { namespace }: CleanupFlags): string {
  if (!rule) return 'The cluster removes it by itself when the time of the Job is over.';
  return `It needs ${rule.verbs.join(', ')} on ${(rule.resources ?? []).join(', ')} in namespace ${namespace}.`;
}
