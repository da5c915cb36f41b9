import type { ManifestEntry } from '../bundle/manifest.ts';
import { resourcesId } from '../model/artifact.ts';
import type { ApiResource } from '../model/kube.ts';
import type { Form } from './accept.ts';
import type { Answer } from './answer.ts';
import type { Catalog } from './catalog.ts';
import { listLine } from './item-lines.ts';
import { createItemReader } from './item-reader.ts';
import { type JsonObject, textAt } from './json-path.ts';
import { type Page, pageOf } from './list-pages.ts';
import { notCollected } from './seen.ts';
import { fieldSelector, labelSelector, type Matcher } from './selectors.ts';
import { metadataOnly, type Table, tableFor } from './table.ts';

/** A LIST of one kind. */
export interface ListRequest {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly query: URLSearchParams;
  readonly form: Form;
}

/** Answers a LIST as it reads it: no list is ever held. Throws ApiError for what was not collected. */
export async function listAnswer(catalog: Catalog, request: ListRequest): Promise<Answer> {
  const { resource, namespace, query, form } = request;
  const { group, plural } = resource;
  const name = group === '' ? plural : `${plural}.${group}`;
  const seen = catalog.seen.of(resourcesId(group, resource.kind), namespace);
  const lists = catalog.lists(resource, namespace);
  if (seen.state === 'unseen') throw notCollected(name, seen);
  const matches = matcherOf(request, lists);
  const page = pageOf(query, lists, matches !== undefined);
  const [first] = lists;
  const observed = first?.observedAt?.time ?? catalog.observed;
  const metadata = {
    resourceVersion: first ? (await listLine(catalog.source.chunks(first.path))).resourceVersion : '',
    ...(page.next === undefined ? {} : { continue: page.next, remainingItemCount: page.remaining }),
  };
  const writer = await writerFor(catalog, request, { metadata, observed });
  const reading = { key: `${name} ${namespace ?? ''}`, lists: lists.map(({ path }) => path), page, matches };
  return {
    status: 200,
    type:
      form.as === 'table' ? `application/json;as=Table;v=${form.version};g=meta.k8s.io` : 'application/json',
    observed,
    body: rendered(items(catalog, reading), writer),
    ...(seen.state === 'part' ? { warning: `${name} were collected only in part: ${seen.reason}` } : {}),
  };
}

/** What of the objects is asked for; undefined: all of them. */
function matcherOf(
  { resource, namespace, query }: ListRequest,
  lists: readonly ManifestEntry[],
): Matcher | undefined {
  const labels = query.get('labelSelector') ?? '';
  const fields = query.get('fieldSelector') ?? '';
  const matchers: Matcher[] = [];
  // A list that came out of order holds several namespaces.
  if (namespace !== undefined && lists.some(({ scope }) => scope.type !== 'namespace'))
    matchers.push((object) => textAt(object, 'metadata', 'namespace') === namespace);
  if (labels !== '') matchers.push(labelSelector(labels));
  if (fields !== '') matchers.push(fieldSelector(fields, `${resource.group}/${resource.plural}`));
  return matchers.length === 0 ? undefined : (object) => matchers.every((matcher) => matcher(object));
}

/** Which items of which lists. */
interface Reading {
  /** Tells this list from every other. */
  readonly key: string;
  readonly lists: readonly string[];
  readonly page: Page;
  readonly matches: Matcher | undefined;
}

async function* items(
  { source, shelf }: Catalog,
  { key, lists, page, matches }: Reading,
): AsyncGenerator<readonly Buffer[]> {
  const reader =
    shelf.take(`${key} ${page.token}`) ?? createItemReader(source, lists.slice(page.list), page.skip);
  let isWhole = false;
  try {
    for await (const lines of reader.take(page.limit)) {
      const chosen = matches === undefined ? lines : lines.filter((line) => matches(parse(line)));
      if (chosen.length > 0) yield chosen;
    }
    isWhole = page.next !== undefined;
  } finally {
    if (isWhole) shelf.put(`${key} ${page.next}`, reader);
    else await reader.close();
  }
}

/** How the answer is put together: `head`, then items joined by commas, then `]}`. */
interface Writer {
  readonly head: JsonObject;
  readonly field: 'items' | 'rows';
  item(line: Buffer): Buffer;
}

async function writerFor(
  catalog: Catalog,
  { resource, query, form }: ListRequest,
  at: { metadata: JsonObject; observed: string },
): Promise<Writer> {
  const { metadata } = at;
  if (form.as === 'table') {
    const table = await tableFor(catalog, resource, query.get('includeObject'));
    return { head: tableHead(table, form.version, metadata), field: 'rows', item: rowOf(table, at.observed) };
  }
  if (form.as === 'metadata') {
    const apiVersion = `meta.k8s.io/${form.version}`;
    return {
      head: { kind: 'PartialObjectMetadataList', apiVersion, metadata },
      field: 'items',
      item: (line) => Buffer.from(JSON.stringify(metadataOnly(parse(line), form.version))),
    };
  }
  const { group, version, kind } = resource;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return { head: { kind: `${kind}List`, apiVersion, metadata }, field: 'items', item: (line) => line };
}

/** A table of objects, without its rows. */
export function tableHead(table: Table, version: 'v1' | 'v1beta1', metadata: JsonObject): JsonObject {
  return { kind: 'Table', apiVersion: `meta.k8s.io/${version}`, metadata, columnDefinitions: table.columns };
}

/** Makes the row of an item. */
export function rowOf(table: Table, observed: string): (line: Buffer) => Buffer {
  const now = Date.parse(observed);
  return (line) => Buffer.from(JSON.stringify(table.row(parse(line), now)));
}

function parse(line: Buffer): JsonObject {
  return JSON.parse(line.toString()) as JsonObject;
}

const COMMA = Buffer.from(',');

async function* rendered(
  runs: AsyncIterable<readonly Buffer[]>,
  { head, field, item }: Writer,
): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify(head).slice(0, -1)},"${field}":[`);
  let isFirst = true;
  for await (const run of runs) {
    const parts: Buffer[] = [];
    for (const line of run) {
      if (!isFirst) parts.push(COMMA);
      isFirst = false;
      parts.push(item(line));
    }
    yield Buffer.concat(parts);
  }
  yield Buffer.from(']}\n');
}
