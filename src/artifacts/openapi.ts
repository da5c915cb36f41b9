import { document } from '../model/artifact.ts';
import type { ApiResource } from '../model/kube.ts';
import { jsonBytes, listIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** Where a server of Kubernetes 1.24 and later lists its documents. */
export const OPENAPI_ROOT = '/openapi/v3';

/** One document of a server's OpenAPI v3: the index, or the schemas of a group version. */
export interface OpenApiDocument {
  /** `/openapi/v3`, `/openapi/v3/apis/apps/v1`. */
  readonly path: string;
  /** As the server gives it. */
  readonly document: unknown;
}

/**
 * Schemas of a group version, by which `kubectl explain` works with `kubecase serve`. Scope endpoint: the server with
 * the path. Stored: `{"path", "document"}`, in which each `properties` is a list of pairs instead of an object: as an
 * object, a schema with a field `data` or `password` would be taken for one that holds a secret.
 */
export const openApi = document<OpenApiDocument>({
  id: 'openapi',
  title: 'OpenAPI documents',
  contentType: 'json',
  rearranged: true,
  parse(bytes) {
    const { path, document: stored } = parseJsonObject(bytes);
    return { path: stringIn(path) ?? '', document: unpacked(stored) };
  },
});

/** The bytes to store for a document. */
export function openApiBytes({ path, document: given }: OpenApiDocument): Uint8Array {
  return jsonBytes({ path, document: packed(given) });
}

/** The path of the document of a group version: `/openapi/v3/apis/apps/v1`. */
export function openApiPath({ group, version }: Pick<ApiResource, 'group' | 'version'>): string {
  return group === '' ? `${OPENAPI_ROOT}/api/${version}` : `${OPENAPI_ROOT}/apis/${group}/${version}`;
}

/** A schema nested deeper than this is left as it is: no schema of a person is. */
const MAX_DEPTH = 200;

function packed(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => packed(one, depth + 1));
  const fields = Object.entries(value).map(([key, one]) => {
    const isMap = key === 'properties' && typeof one === 'object' && one !== null && !Array.isArray(one);
    if (!isMap) return [key, packed(one, depth + 1)] as const;
    // Inside are names of one's own choice: one may be `properties` itself.
    return [key, Object.entries(one).map(([name, schema]) => packedField(name, schema, depth))] as const;
  });
  return Object.fromEntries(fields);
}

/** A value a schema gives for a field stands under the name of the field, by which redaction tells a secret. */
function packedField(name: string, schema: unknown, depth: number): readonly unknown[] {
  const given = Object.entries(objectIn(schema)).filter(
    ([key, value]) => GIVEN.has(key) && typeof value === 'string',
  );
  if (given.length === 0) return [name, packed(schema, depth + 2)];
  const values = Object.fromEntries(given);
  const others = Object.entries(schema as object).filter(([key]) => !(key in values));
  return [name, packed(Object.fromEntries(others), depth + 2), { [name]: values }];
}

/** Values of a field that stand in its schema. */
const GIVEN: ReadonlySet<string> = new Set(['default', 'example']);

function unpacked(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => unpacked(one, depth + 1));
  const fields = Object.entries(value).map(([key, one]) => {
    if (key !== 'properties' || !Array.isArray(one)) return [key, unpacked(one, depth + 1)] as const;
    const pairs = one.map((pair) => {
      const [name, schema, values] = listIn(pair);
      const whole = unpacked(schema, depth + 2);
      if (values === undefined) return [String(name), whole] as const;
      return [String(name), { ...objectIn(whole), ...objectIn(objectIn(values)[String(name)]) }] as const;
    });
    return [key, Object.fromEntries(pairs)] as const;
  });
  return Object.fromEntries(fields);
}
