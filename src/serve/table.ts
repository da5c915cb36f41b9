import type { ApiResource } from '../model/kube.ts';
import type { Catalog } from './catalog.ts';
import { AGE, NAME } from './column.ts';
import { customColumns } from './custom-columns.ts';
import type { JsonObject } from './json-path.ts';
import { COLUMNS } from './table-columns.ts';

/** How objects of a kind are shown as rows (meta/v1 Table). */
export interface Table {
  readonly columns: readonly JsonObject[];
  /** The row of an object at a moment, milliseconds. */
  row(object: JsonObject, now: number): JsonObject;
}

/**
 * The columns of a kind: those of kubectl for the common kinds, those a custom resource definition names,
 * else name and age. `includeObject` is the query parameter of that name.
 */
export async function tableFor(
  catalog: Catalog,
  resource: ApiResource,
  includeObject: string | null,
): Promise<Table> {
  const { group, plural } = resource;
  const known = COLUMNS[`${group}/${plural}`];
  const custom = known === undefined ? await customColumns(catalog, resource) : undefined;
  const columns = known ?? [NAME, ...(custom ?? [AGE])];
  return {
    columns: columns.map(({ name, type = 'string', format = '', priority = 0 }) => {
      return { name, type, format, description: '', priority };
    }),
    row: (object, now) => ({
      cells: columns.map((column) => column.value(object, now)),
      ...(includeObject === 'None' ? {} : { object: shown(object, includeObject) }),
    }),
  };
}

function shown(object: JsonObject, includeObject: string | null): JsonObject {
  return includeObject === 'Object' ? object : metadataOnly(object, 'v1');
}

/** An object as PartialObjectMetadata. */
export function metadataOnly(object: JsonObject, version: 'v1' | 'v1beta1'): JsonObject {
  const { metadata } = object;
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata };
}
