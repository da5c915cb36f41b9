/**
 * What the fields of a kind are, as far as they are kept. A text lists the kinds of value that are allowed: `s`
 * string, `n` number, `b` boolean, `o` object, `a` list, and `*` anything; `[shape]` is a list, `{"*": shape}` a map
 * with keys of any name, and an object has a field each: `name`, `name!` that may not be missing, and `name?` that
 * may be null.
 */
export type Shape = string | readonly [Shape] | { readonly [field: string]: Shape };

/** What an object lacks or has of the wrong type: the path to it and the fault, `spec.containers is missing`. */
export type Fault = string;

/** A shape made ready for many objects. Gives the first fault; a null that means nothing is put right in place. */
export type ShapeCheck = (value: unknown) => Fault | undefined;

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

/** Makes the check of a shape. */
export function shapeCheck(shape: Shape): ShapeCheck {
  const prepared = prepare(shape);
  return (value) => faultIn(value, prepared);
}

function prepare(shape: Shape): Prepared {
  if (typeof shape === 'string') return { type: 'value', kinds: shape };
  if (isList(shape)) return { type: 'list', element: prepare(shape[0]) };
  const any = shape['*'];
  if (any !== undefined) return { type: 'map', element: prepare(any) };
  const fields = Object.entries(shape).map(([key, child]): Field => {
    const mark = key.at(-1);
    const isRequired = mark === '!';
    const isNullable = mark === '?';
    return {
      name: isRequired || isNullable ? key.slice(0, -1) : key,
      isRequired,
      isNullable,
      shape: prepare(child),
    };
  });
  return { type: 'object', fields };
}

function isList(shape: Exclude<Shape, string>): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function faultIn(value: unknown, shape: Prepared): Fault | undefined {
  switch (shape.type) {
    case 'value':
      return shape.kinds.includes('*') || shape.kinds.includes(kindOf(value)) ? undefined : ' has a wrong type';
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

/** Go writes an empty text, list or map of a map as null. Keys are the sender's words: they are not quoted. */
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
    const { name } = field;
    const value = values[name];
    if (value === undefined || value === null) {
      if (value === null && field.isNullable) continue;
      if (!field.isRequired) {
        if (value === null) delete values[name];
        continue;
      }
      const empty = value === null ? emptyOf(field.shape) : undefined;
      if (empty === undefined) return `.${name} is missing`;
      values[name] = empty;
      continue;
    }
    const fault = faultIn(value, field.shape);
    if (fault !== undefined) return `.${name}${fault}`;
  }
  return undefined;
}

/** What the null of a field stands for that is always written: an empty list, map or text of Go, a zero time. */
function emptyOf(shape: Prepared): unknown {
  if (shape.type === 'list') return [];
  if (shape.type === 'map') return {};
  return shape.type === 'value' && shape.kinds.includes('s') ? '' : undefined;
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
