import type { Observation } from './observation.ts';
import type { Scope } from './scope.ts';

/** Key of the origin on every item, document and log result; a symbol, so that it is never printed or compared. */
export const ORIGIN: unique symbol = Symbol('origin');

/** Where in the bundle something was read. */
export interface OriginInfo {
  /** Path of the entry in the bundle. */
  readonly path: string;
  /** 1-based line the item begins on. */
  readonly line: number;
  /** JSON Pointer to the item inside the entry: `/items/3`, or empty for a whole file. */
  readonly pointer: string;
  /** True when pointers into the value do not lead into the entry: its parts are arranged otherwise. */
  readonly rearranged?: boolean;
  readonly scope: Scope;
  readonly observation?: Observation;
}

/** Present on everything the engine hands to an analyzer; absent on values made by hand. */
export interface Origin {
  readonly [ORIGIN]?: OriginInfo;
}

/** The origin of an item, if it has one. */
export function originOf(item: object): OriginInfo | undefined {
  return (item as Origin)[ORIGIN];
}
