import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { builtInRedaction } from '../../src/bundle/built-in-redaction.ts';
import { openBundleWriter } from '../../src/bundle/writer.ts';
import { TOOL } from '../../src/version.ts';

/*
 * Writes a bundle of ours from a folder made by big-tree.ts: `node pack-tree.ts FOLDER BUNDLE`. A process
 * of its own, so that its memory can be measured.
 */
const OBSERVED_AT = { time: '2026-01-02T12:00:00.000Z', source: 'server-date', errorSeconds: 1 } as const;
const PARALLEL_SOURCES = 8;
/** Resource files of the tree: folder → plural and apiVersion. */
const KINDS = { pods: 'Pod', events: 'Event', services: 'Service' } as const;

const [tree, file] = process.argv.slice(2) as [string, string];
const writer = await openBundleWriter({
  file,
  metadata: {
    format: 'kubecase-bundle',
    formatVersion: 1,
    tool: TOOL,
    createdAt: OBSERVED_AT.time,
    options: {},
  },
  redaction: builtInRedaction(),
});
for (const [resource, kind] of Object.entries(KINDS)) {
  const folder = join(tree, 'cluster-resources', resource);
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.json')).sort()) {
    await addList(join(folder, name), { resource, kind, namespace: basename(name, '.json') });
  }
  writer.coverage({ artifact: `resources:core/${kind}`, scope: { type: 'cluster' }, outcome: 'collected' });
}
await addList(join(tree, 'cluster-resources/nodes.json'), { resource: 'nodes', kind: 'Node' });
await addList(join(tree, 'cluster-resources/namespaces.json'), { resource: 'namespaces', kind: 'Namespace' });
for (const kind of ['Node', 'Namespace']) {
  writer.coverage({ artifact: `resources:core/${kind}`, scope: { type: 'cluster' }, outcome: 'collected' });
}
const under = new Set<Promise<unknown>>();
const logs = join(tree, 'cluster-resources/pods/logs');
for (const namespace of (await readdir(logs)).sort()) {
  for (const pod of (await readdir(join(logs, namespace))).sort()) {
    const scope = { type: 'container', namespace, pod, container: 'app' } as const;
    const chunks = createReadStream(join(logs, namespace, pod, 'app.log'), { highWaterMark: 256 * 1024 });
    const added = writer.add({ type: 'log', scope, chunks, ending: () => ({ observedAt: OBSERVED_AT }) });
    // As many sources at once as `collect` reads.
    under.add(added);
    void added.finally(() => under.delete(added));
    if (under.size >= PARALLEL_SOURCES) await Promise.race(under);
    writer.coverage({ artifact: 'logs', scope, outcome: 'collected' });
  }
}
await Promise.all(under);
await writer.finish({ complete: true });

async function addList(
  path: string,
  { resource, kind, namespace }: { resource: string; kind: string; namespace?: string },
): Promise<void> {
  const bytes = await readFile(path);
  await writer.add({
    type: 'resources',
    group: '',
    apiVersion: 'v1',
    kind,
    resource,
    whole: true,
    scope: namespace === undefined ? { type: 'cluster' } : { type: 'namespace', namespace },
    items: [itemLines(bytes)],
    ending: () => ({ observedAt: OBSERVED_AT }),
  });
}

/** The lines between the first and the last are the items. */
function itemLines(bytes: Buffer): { readonly bytes: Buffer }[] {
  const items: { readonly bytes: Buffer }[] = [];
  for (let from = bytes.indexOf(10) + 1; bytes[from] === 0x7b; ) {
    const end = bytes.indexOf(10, from);
    items.push({ bytes: bytes.subarray(from, bytes[end - 1] === 0x2c ? end - 1 : end) });
    from = end + 1;
  }
  return items;
}
