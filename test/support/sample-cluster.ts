import { apiDiscovery } from '../../src/artifacts/api-discovery.ts';
import { createResourceItems, itemType } from '../../src/layouts/items.ts';
import { readBundle } from '../../src/layouts/read.ts';
import { apiResource, type FakeCluster, type FakeObject } from './fake-kube.ts';

/** The cluster a bundle of ours was collected from, as far as objects and logs of containers go. */
export async function clusterOf(bundle: string): Promise<FakeCluster> {
  const objects: FakeObject[] = [];
  const logs: Record<string, string> = {};
  let resources: FakeCluster['resources'] = [];
  await readBundle(bundle, {
    onEntry(entry) {
      if (entry.kind === 'resources')
        return createResourceItems(entry, {
          item(bytes, _position, head) {
            const object = JSON.parse(bytes.toString()) as FakeObject;
            const type = itemType(object as never, head, entry.hint);
            if (type) objects.push({ ...object, apiVersion: type.apiVersion, kind: type.kind });
          },
          end: () => {},
        });
      const parts: Buffer[] = [];
      return {
        chunk: (bytes) => void parts.push(Buffer.from(bytes)),
        end() {
          const bytes = Buffer.concat(parts);
          const scope = entry.kind === 'log' ? entry.sections[0]?.scope : undefined;
          if (scope?.type === 'container') {
            const { namespace, pod, container, previous } = scope;
            logs[`${namespace}/${pod}/${container}${previous ? '/previous' : ''}`] = bytes.toString();
          }
          if (entry.kind === 'document' && entry.artifact === apiDiscovery.id) resources = servedBy(bytes);
        },
      };
    },
  });
  return { resources, objects, logs };
}

function servedBy(bytes: Buffer): NonNullable<FakeCluster['resources']> {
  const { resources } = JSON.parse(bytes.toString()) as {
    readonly resources: readonly {
      group: string;
      version: string;
      kind: string;
      plural: string;
      namespaced: boolean;
    }[];
  };
  return resources.map(({ group, version, kind, plural, namespaced }) =>
    apiResource(group, kind, plural, { namespaced, version }),
  );
}
