import type { EntrySink } from '../bundle/entry-sink.ts';
import { READ_LIMITS, type ReadLimits } from '../bundle/limits.ts';
import type { ItemVisitor, ListHead } from './item-visitor.ts';
import { createJsonItems } from './json-items.ts';
import type { TypeHint } from './layout.ts';
import { createLineItems } from './line-items.ts';
import { createYamlItems } from './yaml-items.ts';

/**
 * Splits one resource file into its objects as it streams by: a list with one item per line, a List, a bare
 * array, a single object or several, JSON or YAML. Memory: one item (YAML: one file).
 */
export function createResourceItems(
  file: { readonly format: 'json' | 'yaml'; readonly lines?: boolean },
  visitor: ItemVisitor,
  limits: ReadLimits = READ_LIMITS,
): EntrySink {
  if (file.format === 'yaml') return createYamlItems(visitor, limits.maxYamlBytes);
  const json = () => createJsonItems(visitor, limits.maxItemBytes);
  return file.lines ? createLineItems(visitor, limits.maxItemBytes, json) : json();
}

/** Group, version and kind of an object, from its own fields, else from its list, else from what the layout knows. */
export function itemType(
  object: Readonly<Record<string, unknown>>,
  head: ListHead,
  hint: TypeHint | undefined,
): { readonly group: string; readonly apiVersion: string; readonly kind: string } | undefined {
  const { apiVersion: ownVersion, kind: ownKind } = object;
  const hasOwn = typeof ownVersion === 'string' && typeof ownKind === 'string' && ownKind !== '';
  const fromHead = headType(head);
  const type = hasOwn ? { apiVersion: ownVersion, kind: ownKind } : (fromHead ?? hint);
  if (type === undefined) return undefined;
  const slash = type.apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : type.apiVersion.slice(0, slash),
    apiVersion: type.apiVersion,
    kind: type.kind,
  };
}

/** The type of the items of a typed list; `List` itself says nothing. */
export function headType(head: ListHead): TypeHint | undefined {
  const { apiVersion, kind } = head;
  if (apiVersion === undefined || kind === undefined || !kind.endsWith('List') || kind === 'List')
    return undefined;
  return { apiVersion, kind: kind.slice(0, -'List'.length) };
}
