import { ageText } from './duration.ts';
import { type JsonObject, numberAt, textAt, valueAt } from './json-path.ts';

/** What a cell of a table may hold. */
export type Cell = string | number | boolean | null;

/** One column of a kind; titles are those `kubectl get` prints in capitals. */
export interface Column {
  readonly name: string;
  /** OpenAPI type; `string` unless said. */
  readonly type?: string;
  /** `name` marks the column with the name of the object. */
  readonly format?: string;
  /** Above 0: shown with `-o wide` only. */
  readonly priority?: number;
  /** `now` in milliseconds: the moment the object was observed. */
  value(object: JsonObject, now: number): Cell;
}

/** The name of the object. */
export const NAME: Column = {
  name: 'Name',
  format: 'name',
  value: (object) => textAt(object, 'metadata', 'name'),
};

/** Time since the object was created. */
export const AGE: Column = {
  name: 'Age',
  value: (object, now) => ageText(valueAt(object, 'metadata', 'creationTimestamp'), now),
};

/** What kubectl prints where there is nothing. */
export const NONE = '<none>';

/** The text at a path. */
export function textColumn(name: string, ...path: readonly string[]): Column {
  return { name, value: (object) => textAt(object, ...path) || NONE };
}

/** The number at a path. */
export function countColumn(name: string, ...path: readonly string[]): Column {
  return { name, type: 'integer', value: (object) => numberAt(object, ...path) };
}

/** The column, shown with `-o wide` only. */
export function wide(column: Column): Column {
  return { ...column, priority: 1 };
}

/** Names and values as a selector is written. */
export function pairs(texts: Readonly<Record<string, string>>): string {
  const all = Object.entries(texts).map(([name, value]) => `${name}=${value}`);
  return all.length === 0 ? NONE : all.sort().join(',');
}
