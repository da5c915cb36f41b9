import type { ItemsEnd } from '../layouts/item-visitor.ts';
import type { ContentEntry } from '../layouts/layout.ts';
import { resourcesId } from '../model/artifact.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { Observation } from '../model/observation.ts';
import { CLUSTER_SCOPE, type Scope, scopeKey } from '../model/scope.ts';
import type { InputConversion } from './convert.ts';
import type { Survey } from './convert-survey.ts';
import { readPath } from './entry-path.ts';
import { checkJsonBounds } from './json-bounds.ts';
import type { Truncation } from './manifest.ts';

type ItemType = { readonly group: string; readonly apiVersion: string; readonly kind: string };
type ResourcesEntry = Extract<ContentEntry, { kind: 'resources' }>;

/** One list of the new bundle. */
interface HeldList {
  readonly type: ItemType;
  readonly scope: Scope;
  readonly sample: number;
  readonly resource: string;
  readonly items: Map<string, { readonly bytes: Buffer; readonly version: number }>;
  whole: boolean;
  observedAt: Observation | undefined;
  truncation: Truncation | undefined;
}

/** Takes the items of one file. */
export interface ListFile {
  item(bytes: Buffer, typeOf: (object: Readonly<Record<string, unknown>>) => ItemType | undefined): void;
  /** The rows the file stands for. */
  end(ended: ItemsEnd, known: ItemType | undefined): readonly CoverageRow[];
}

/**
 * Gathers the objects of a bundle into one list for each kind and scope, whatever files they lie in: an object in
 * two files counts once, by its newer resourceVersion. They are held in memory until all were read.
 */
export function createHeldLists({
  writer,
  limits,
  rows,
}: Omit<InputConversion, 'input' | 'survey' | 'lists' | 'logOwners'>) {
  const lists = new Map<string, HeldList>();
  const plurals = new Map<string, string>();

  /** The plural of a kind; another one when that of two kinds of a group is the same, as when it is guessed. */
  function pluralOf({ group, kind }: ItemType, wanted: string): string {
    let plural = wanted;
    for (let next = 2; getOrCreate(plurals, `${group}/${plural}`, () => kind) !== kind; next++)
      plural = `${wanted}-${next}`;
    return plural;
  }

  function listOf(entry: ResourcesEntry, resource: string, type: ItemType, scope: Scope): HeldList {
    const id = resourcesId(type.group, type.kind);
    return getOrCreate(lists, `${id} ${scopeKey(scope)} ${entry.sample}`, () => ({
      type,
      scope,
      sample: rows.freeSample(id, scope, entry.sample),
      resource,
      items: new Map(),
      whole: false,
      observedAt: entry.observedAt,
      truncation: entry.truncation,
    }));
  }

  function open(entry: ResourcesEntry, path: string, survey: Survey): ListFile {
    const found = new Map<
      string,
      { type: ItemType; objects: { key: string; bytes: Buffer; version: number }[] }
    >();
    const places = new Map<string, Set<string | undefined>>();
    const written = new Set<string>();
    let unread = 0;

    return {
      item(bytes, typeOf) {
        const object = parse(bytes, limits);
        const type = object && typeOf(object);
        if (!object || !type) {
          unread++;
          return;
        }
        const id = resourcesId(type.group, type.kind);
        const { name, namespace, resourceVersion, uid } = fieldsOf(object.metadata);
        if (uid === undefined) written.add(id);
        const { objects } = getOrCreate(found, id, () => ({ type, objects: [] }));
        const key = typeof name === 'string' ? `${namespace ?? ''}/${name}` : `#${objects.length}`;
        objects.push({ key, bytes: Buffer.from(bytes), version: Number(resourceVersion) || 0 });
        getOrCreate(places, id, () => new Set()).add(typeof namespace === 'string' ? namespace : undefined);
      },
      end(ended, known) {
        if (known !== undefined)
          getOrCreate(found, resourcesId(known.group, known.kind), () => ({ type: known, objects: [] }));
        return [...found].flatMap(([id, { type, objects }]) => {
          const told = written.has(id) ? undefined : scopeByItems(places.get(id));
          const asked = entry.scopeByItems ? told : entry.scope;
          const scope = asked ?? CLUSTER_SCOPE;
          const resource = pluralOf(type, pluralIn(path) ?? survey.plural(type.group, type.kind));
          const list = listOf(entry, resource, type, scope);
          for (const one of objects) {
            const other = list.items.get(one.key);
            if (other === undefined || one.version > other.version) list.items.set(one.key, one);
          }
          const isWhole = entry.whole && ended.list && asked !== undefined;
          const shortfall = shortfallOf(ended, unread);
          if (shortfall === undefined && isWhole) list.whole = true;
          const row = { artifact: id, scope, sample: list.sample };
          if (shortfall !== undefined) return [{ ...row, ...shortfall }];
          return isWhole ? [{ ...row, outcome: 'collected' as const }] : [];
        });
      },
    };
  }

  async function write(): Promise<void> {
    for (const [key, list] of lists) {
      lists.delete(key);
      const { type, scope, sample, resource, whole, observedAt, truncation } = list;
      await writer.add({
        type: 'resources',
        ...type,
        resource,
        scope,
        sample,
        whole,
        items: pages(list),
        ending: () => ({ observedAt, truncation }),
      });
    }
  }

  return { open, write };
}

/** Items are handed to the writer in runs, so that it can write between them. */
const PAGE = 500;

function* pages({ items }: HeldList) {
  const all = [...items.values()];
  for (let at = 0; at < all.length; at += PAGE) yield all.slice(at, at + PAGE);
}

/** The plural in a path of ours. */
function pluralIn(path: string): string | undefined {
  return readPath(path)?.type === 'resources' ? path.split('/')[2] : undefined;
}

/** A list with an object no server made (it has no uid) is no answer of one and covers nothing. */
function scopeByItems(namespaces: ReadonlySet<string | undefined> | undefined): Scope | undefined {
  const [namespace, ...more] = namespaces ?? [];
  if (namespaces === undefined) return undefined;
  return namespace === undefined || more.length > 0 ? CLUSTER_SCOPE : { type: 'namespace', namespace };
}

function shortfallOf(ended: ItemsEnd, unread: number): Pick<CoverageRow, 'outcome' | 'reason'> | undefined {
  if (ended.problems[0] !== undefined) return { outcome: 'truncated', reason: ended.problems[0] };
  if (!ended.complete) return { outcome: 'truncated', reason: 'the list is cut' };
  return unread > 0 ? { outcome: 'partial', reason: `${unread} objects cannot be read` } : undefined;
}

function parse(
  bytes: Buffer,
  limits: InputConversion['limits'],
): Readonly<Record<string, unknown>> | undefined {
  try {
    checkJsonBounds(bytes, limits);
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? fieldsOf(value) : undefined;
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
