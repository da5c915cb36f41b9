import { getOrCreate } from '../model/get-or-create.ts';
import type { SelectNode } from '../model/json.ts';

/**
 * What the fields of a kind are, as far as they are kept. A text lists the kinds of value that are allowed: `s`
 * string, `n` number, `b` boolean, `o` object, `a` list, and `*` anything; `[shape]` is a list, `{"*": shape}` a map
 * with keys of any name, and an object has a field each: `name`, `name!` that may not be missing, and `name?` that
 * may be null.
 */
export type Shape = string | readonly [Shape] | { readonly [field: string]: Shape };

/**
 * The first thing an object of a kind lacks or has of the wrong type, `spec.containers is missing`. A null that
 * stands for nothing is put right in place. A kind without a shape has no faults.
 */
export type ObjectFaults = (artifact: string, object: object) => string | undefined;

/** The path from a value to what is wrong, and the fault. */
type Fault = string;

interface Field {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isNullable: boolean;
  readonly shape: Prepared;
}

type Prepared =
  | { readonly type: 'value'; readonly kinds: string }
  | { readonly type: 'list'; readonly element: Prepared }
  | { readonly type: 'map'; readonly element: Prepared }
  | { readonly type: 'object'; readonly fields: readonly Field[] };

/**
 * Makes the check of objects that were reduced to what the trees keep, from the shapes of their kinds (as JSON);
 * both by artifact id.
 */
export function createObjectFaults(
  shapes: Readonly<Record<string, string>>,
  trees: ReadonlyMap<string, SelectNode>,
): ObjectFaults {
  const prepared = new Map<string, Prepared>();
  return (artifact, object) => {
    const shape = getOrCreate(prepared, artifact, () =>
      prepare(JSON.parse(shapes[artifact] ?? '"*"') as Shape, trees.get(artifact) ?? true),
    );
    return faultIn(object, shape)?.replace(/^\./, '');
  };
}

/** Lists are looked through, as trees do; fields the tree drops are not asked for. */
function prepare(shape: Shape, tree: SelectNode): Prepared {
  if (typeof shape === 'string') return { type: 'value', kinds: shape };
  if (isList(shape)) return { type: 'list', element: prepare(shape[0], tree) };
  const any = shape['*'];
  if (any !== undefined) return { type: 'map', element: prepare(any, true) };
  const fields = Object.entries(shape).flatMap(([key, child]): Field[] => {
    const mark = key.at(-1);
    const isRequired = mark === '!';
    const isNullable = mark === '?';
    const name = isRequired || isNullable ? key.slice(0, -1) : key;
    const kept = tree === true ? true : tree[name];
    return kept === undefined ? [] : [{ name, isRequired, isNullable, shape: prepare(child, kept) }];
  });
  return { type: 'object', fields };
}

function isList(shape: Exclude<Shape, string>): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function faultIn(value: unknown, shape: Prepared): Fault | undefined {
  switch (shape.type) {
    case 'value':
      return shape.kinds.includes('*') || shape.kinds.includes(kindOf(value))
        ? undefined
        : ' has a wrong type';
    case 'list':
      return Array.isArray(value) ? faultInList(value, shape.element) : ' is no list';
    case 'map':
      return kindOf(value) === 'o' ? faultInMap(value as Values, shape.element) : ' is no object';
    case 'object':
      return kindOf(value) === 'o' ? faultInObject(value as Values, shape.fields) : ' is no object';
  }
}

type Values = Record<string, unknown>;

function faultInList(values: readonly unknown[], shape: Prepared): Fault | undefined {
  for (const [index, value] of values.entries()) {
    const fault = faultIn(value, shape);
    if (fault !== undefined) return `[${index}]${fault}`;
  }
  return undefined;
}

/** Keys are the sender's words: they are not quoted. */
function faultInMap(values: Values, shape: Prepared): Fault | undefined {
  for (const key in values) {
    const value = values[key];
    if (value === null) {
      const empty = emptyOf(shape);
      if (empty === undefined) return '.* is null';
      values[key] = empty;
      continue;
    }
    const fault = faultIn(value, shape);
    if (fault !== undefined) return `.*${fault}`;
  }
  return undefined;
}

function faultInObject(values: Values, fields: readonly Field[]): Fault | undefined {
  for (const field of fields) {
    const { name, isRequired, isNullable, shape } = field;
    const value = values[name];
    if (value === null && isNullable) continue;
    if (value === undefined && !isRequired) continue;
    if (value === null && !isRequired) {
      delete values[name];
      continue;
    }
    if (value === undefined || value === null) {
      const empty = value === null || isText(shape) ? emptyOf(shape) : undefined;
      if (empty === undefined) return `.${name} is missing`;
      values[name] = empty;
      continue;
    }
    const fault = faultIn(value, field.shape);
    if (fault !== undefined) return `.${name}${fault}`;
  }
  return undefined;
}

/**
 * What stands for a field that is always written: Go writes an empty list, map and zero time as null. A text that is
 * missing is read as empty by every client of Kubernetes, and fields come and go with its versions.
 */
function emptyOf(shape: Prepared): unknown {
  if (shape.type === 'list') return [];
  if (shape.type === 'map') return {};
  return isText(shape) ? '' : undefined;
}

function isText(shape: Prepared): boolean {
  return shape.type === 'value' && shape.kinds.includes('s');
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a';
  if (value === null) return 'z';
  switch (typeof value) {
    case 'string':
      return 's';
    case 'number':
      return 'n';
    case 'boolean':
      return 'b';
    default:
      return 'o';
  }
}
