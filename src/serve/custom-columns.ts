import type { ApiResource } from '../model/kube.ts';
import type { Catalog } from './catalog.ts';
import type { Cell, Column } from './column.ts';
import { ageText } from './duration.ts';
import { type JsonObject, listAt, numberAt, textAt, valueAt } from './json-path.ts';
import { findObject } from './objects.ts';

/** The columns a custom resource definition names; undefined when it is not in the bundle or names none. */
export async function customColumns(
  catalog: Catalog,
  { group, version, plural }: ApiResource,
): Promise<readonly Column[] | undefined> {
  const resource = catalog.resources.find(
    (one) => one.group === 'apiextensions.k8s.io' && one.plural === 'customresourcedefinitions',
  );
  if (group === '' || resource === undefined) return undefined;
  const wanted = { resource, namespace: undefined, name: `${plural}.${group}` };
  const found = await findObject(catalog, wanted).catch(() => undefined);
  const versions = listAt(found?.value, 'spec', 'versions');
  const definition = versions.find((one) => textAt(one, 'name') === version);
  const columns = listAt(definition, 'additionalPrinterColumns');
  return columns.length === 0 ? undefined : columns.map(columnOf);
}

function columnOf(definition: unknown): Column {
  const type = textAt(definition, 'type') || 'string';
  const read = pathReader(textAt(definition, 'jsonPath'));
  return {
    name: textAt(definition, 'name'),
    type,
    format: textAt(definition, 'format'),
    priority: numberAt(definition, 'priority'),
    value: (object, now) => cellOf(read(object), type, now),
  };
}

function cellOf(value: unknown, type: string, now: number): Cell {
  if (value === undefined || value === null) return null;
  if (type === 'date') return ageText(value, now);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\['([^']+)'\]|\[\?\(@\.([\w.-]+)\s*==\s*['"]([^'"]*)['"]\)\]/y;

/** Reads the paths definitions use: fields, indexes, and `[?(@.type=="Ready")]`; nothing for any other. */
function pathReader(path: string): (object: JsonObject) => unknown {
  const steps: ((value: unknown) => unknown)[] = [];
  const text = path.replaceAll('\\.', '\u0000');
  let at = 0;
  while (at < text.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(text);
    if (!match) return () => undefined;
    at = STEP.lastIndex;
    steps.push(stepOf(match));
  }
  return (object) => steps.reduce<unknown>((value, step) => step(value), object);
}

function stepOf([, field, index, quoted, where, equal]: RegExpExecArray): (value: unknown) => unknown {
  const name = field?.replaceAll('\u0000', '.') ?? quoted;
  if (name !== undefined) return (value) => valueAt(value, name);
  if (index !== undefined) return (value) => (Array.isArray(value) ? value[Number(index)] : undefined);
  const path = (where ?? '').split('.');
  return (value) => (Array.isArray(value) ? value.find((one) => textAt(one, ...path) === equal) : undefined);
}
