import { resourcesId } from '../model/artifact.ts';
import type { ApiResource } from '../model/kube.ts';
import { ApiError } from './api-error.ts';
import type { Catalog } from './catalog.ts';
import { itemLines } from './item-lines.ts';
import { type JsonObject, textAt } from './json-path.ts';
import { notCollected, type Seen } from './seen.ts';

/** One object that was found, with the time it was observed. */
export interface FoundObject {
  /** The JSON text of the bundle. */
  readonly bytes: Buffer;
  readonly value: JsonObject;
  readonly observed: string;
}

/** Which object. */
export interface ObjectName {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Finds one object. Throws ApiError 404 when it surely was not there, another where that is not known. */
export async function findObject(catalog: Catalog, wanted: ObjectName): Promise<FoundObject> {
  const { resource, namespace, name } = wanted;
  const mark = JSON.stringify(name);
  for (const entry of catalog.lists(resource, namespace)) {
    for await (const lines of itemLines(catalog.source.chunks(entry.path))) {
      for (const bytes of lines) {
        // Parsing every item of a large list for one of them would take seconds.
        if (!bytes.includes(mark)) continue;
        const value = JSON.parse(bytes.toString()) as JsonObject;
        if (textAt(value, 'metadata', 'name') !== name) continue;
        if (entry.scope.type !== 'namespace' && textAt(value, 'metadata', 'namespace') !== (namespace ?? ''))
          continue;
        return { bytes, value, observed: entry.observedAt?.time ?? catalog.observed };
      }
    }
  }
  throw missing(catalog.seen.of(resourcesId(resource.group, resource.kind), namespace), wanted);
}

function missing(seen: Seen, { resource, name }: ObjectName): ApiError {
  const { group, plural } = resource;
  const kind = group === '' ? plural : `${plural}.${group}`;
  if (seen.state === 'whole')
    return new ApiError(404, `${kind} "${name}" not found`, { name, group, kind: plural });
  const { reason } = seen;
  const outcome = seen.state === 'part' ? 'partial' : seen.outcome;
  return notCollected(`${kind} "${name}"`, { state: 'unseen', outcome, reason });
}
