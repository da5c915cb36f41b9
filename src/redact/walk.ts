import type { RedactionPolicy } from './policy.ts';
import type { Tally } from './rules.ts';

/** A redaction of one value on its way; handed to whoever finds a value inside a value. */
export interface Walk {
  readonly policy: RedactionPolicy;
  readonly tally: Tally;
  /** How deep embedded documents may lie in each other before they are removed unseen. */
  readonly depth: number;
  value(value: unknown, kind?: string): unknown;
  string(text: string): string;
  /** The same walk, one embedded document deeper. */
  deeper(): Walk;
}

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object with some fields replaced; itself when every value is the one it had. */
export function withFields(object: Fields, change: (key: string, value: unknown) => unknown): Fields {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(object)) {
    const before = object[key];
    const after = change(key, before);
    if (after === before) continue;
    copy ??= { ...object };
    setField(copy, key, after);
  }
  return copy ?? object;
}

/** Sets a field, whatever it is called: a plain assignment to one called `__proto__` would be lost. */
export function setField(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
}

/** The list with some elements replaced; itself when every element is the one it was. */
export function withElements(
  list: readonly unknown[],
  change: (element: unknown, index: number) => unknown,
): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const after = change(list[index], index);
    if (after === list[index]) continue;
    copy ??= [...list];
    copy[index] = after;
  }
  return copy ?? list;
}
