/** A JSON file of a bundle is not what the format says; the message names the place by JSON Pointer. */
export class FormatError extends Error {
  constructor(pointer: string, expected: string) {
    super(`${pointer === '' ? 'the file' : pointer}: expected ${expected}`);
    this.name = 'FormatError';
  }
}

/** Checks one untrusted value found at a JSON Pointer. Throws FormatError. */
export type Check<T> = (value: unknown, pointer: string) => T;

type Fields = Readonly<Record<string, unknown>>;

/** Any text; at most 64 KiB, since all of them are names, times and one-line reasons. */
export const text: Check<string> = (value, pointer) => {
  if (typeof value !== 'string' || value.length > 65_536) throw new FormatError(pointer, 'a text');
  return value;
};

/** A whole number from 0 on that JavaScript holds exactly. */
export const count: Check<number> = (value, pointer) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    throw new FormatError(pointer, 'a whole number from 0 on');
  return value as number;
};

/** A finite number from 0 on. */
export const amount: Check<number> = (value, pointer) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw new FormatError(pointer, 'a number from 0 on');
  return value;
};

/** True or false. */
export const flag: Check<boolean> = (value, pointer) => {
  if (typeof value !== 'boolean') throw new FormatError(pointer, 'true or false');
  return value;
};

/** An ISO 8601 time in UTC. */
export const time: Check<string> = (value, pointer) => {
  const checked = text(value, pointer);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(checked) || Number.isNaN(Date.parse(checked)))
    throw new FormatError(pointer, 'a time such as 2026-01-31T08:00:00Z');
  return checked;
};

/** A JSON object, its fields unchecked. */
export const object: Check<Fields> = (value, pointer) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FormatError(pointer, 'an object');
  return value as Fields;
};

/** One of a closed set of texts. */
export function oneOf<const T extends string>(values: readonly T[]): Check<T> {
  return (value, pointer) => {
    if (!values.includes(value as T)) throw new FormatError(pointer, values.join(', '));
    return value as T;
  };
}

/** The check, passed by an absent value too. */
export function optionally<T>(check: Check<T>): Check<T | undefined> {
  return (value, pointer) => (value === undefined ? undefined : check(value, pointer));
}

/** An array whose elements pass the check. */
export function list<T>(check: Check<T>): Check<T[]> {
  return (value, pointer) => {
    if (!Array.isArray(value)) throw new FormatError(pointer, 'a list');
    return value.map((element, index) => check(element, `${pointer}/${index}`));
  };
}

/** An object whose values pass the check, whatever its keys. */
export function record<T>(check: Check<T>): Check<Record<string, T>> {
  return (value, pointer) => {
    const entries = Object.entries(object(value, pointer));
    return Object.fromEntries(entries.map(([key, element]) => [key, check(element, `${pointer}/${key}`)]));
  };
}

/** An object with these fields; others are left out of the result. */
export function fields<T>(checks: { readonly [K in keyof T]-?: Check<T[K]> }): Check<T> {
  const names = Object.keys(checks) as (keyof T & string)[];
  return (value, pointer) => {
    const source = object(value, pointer);
    const result: Partial<T> = {};
    for (const name of names) {
      const checked = checks[name](
        Object.hasOwn(source, name) ? source[name] : undefined,
        `${pointer}/${name}`,
      );
      if (checked !== undefined) result[name] = checked;
    }
    return result as T;
  };
}
