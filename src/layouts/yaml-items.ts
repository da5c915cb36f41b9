import { CORE_SCHEMA, loadAll } from 'js-yaml';
import { collectSink } from '../bundle/collect-sink.ts';
import type { EntrySink } from '../bundle/entry-sink.ts';
import type { ItemVisitor, ListHead } from './item-visitor.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads YAML files of resources: parsed whole, under a size limit, and handed on as JSON. Aliases are
 * refused: no Kubernetes tool writes them, and a few lines of them can stand for gigabytes.
 */
export function createYamlItems(visitor: ItemVisitor, maxBytes: number): EntrySink {
  function finish(complete: boolean, problem?: string, overLimit?: string): void {
    const problems = problem === undefined ? [] : [problem];
    const sound = complete && problem === undefined;
    visitor.end({ items: 0, list: false, complete: sound, head: {}, problems, overLimit });
  }

  return collectSink(maxBytes, (bytes, complete, oversize) => {
    if (oversize) {
      const problem = `a YAML file above ${maxBytes} bytes was left out`;
      finish(false, problem, problem);
      return;
    }
    const text = bytes.toString();
    let documents: unknown[];
    try {
      documents = loadAll(text, { schema: CORE_SCHEMA, maxAliases: 0 });
    } catch (error) {
      const reason = (error as Error).message.split('\n', 1)[0] ?? '';
      const limit = limitOf(error, reason);
      finish(false, limit ?? (complete ? `is not YAML: ${reason}` : undefined), limit);
      return;
    }
    emitDocuments(documents, text, complete, visitor);
  });
}

/** Why YAML that may be sound is not read here. */
function limitOf(error: unknown, reason: string): string | undefined {
  if (error instanceof RangeError || /nest|depth/i.test(reason)) return 'YAML nested too deep was left out';
  return /alias/i.test(reason) ? 'is not YAML as Kubernetes tools write it: aliases are refused' : undefined;
}

function emitDocuments(documents: unknown[], text: string, complete: boolean, visitor: ItemVisitor): void {
  const lines = text.split('\n');
  const starts = documentLines(lines, documents.length);
  let items = 0;
  let list = false;
  let head: ListHead = {};
  for (const [index, document] of documents.entries()) {
    const start = starts[index] ?? 1;
    const elements = listElements(document);
    if (elements === undefined) {
      if (!isObject(document)) continue;
      visitor.item(Buffer.from(JSON.stringify(document)), { line: start, pointer: '' }, {});
      items++;
      continue;
    }
    list = true;
    head = headOf(document);
    const known = starts[index] !== undefined;
    const places = known ? elementLines(lines, start, elements.length) : undefined;
    const base = Array.isArray(document) ? '' : '/items';
    for (const [position, element] of elements.entries()) {
      if (!isObject(element)) continue;
      const place = { line: places?.[position] ?? start, pointer: `${base}/${position}` };
      visitor.item(Buffer.from(JSON.stringify(element)), place, head);
      items++;
    }
  }
  visitor.end({ items, list, complete, head, problems: [] });
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function headOf(document: unknown): ListHead {
  if (!isObject(document)) return {};
  const { apiVersion, kind } = document;
  return {
    apiVersion: typeof apiVersion === 'string' ? apiVersion : undefined,
    kind: typeof kind === 'string' ? kind : undefined,
  };
}

/** The elements of a bare array or a List, empty for `items: null`; undefined for a single object. */
function listElements(document: unknown): readonly unknown[] | undefined {
  if (Array.isArray(document)) return document;
  if (!isObject(document) || !('items' in document)) return undefined;
  const { kind, items } = document;
  if (typeof kind === 'string' && !kind.endsWith('List')) return undefined;
  if (items === null) return [];
  return Array.isArray(items) ? items : undefined;
}

/** First lines of the documents of a file; only line 1 when the marks do not explain their number. */
function documentLines(lines: readonly string[], documents: number): readonly number[] {
  const starts = [1];
  for (const [index, line] of lines.entries()) {
    if (/^---(\s|$)/.test(line)) starts.push(index + 2);
  }
  if (starts.length === documents) return starts;
  return starts.length === documents + 1 ? starts.slice(1) : [1];
}

/** First lines of list elements: lines with a dash at the indentation of the first; undefined when the number differs. */
function elementLines(
  lines: readonly string[],
  start: number,
  elements: number,
): readonly number[] | undefined {
  const found: number[] = [];
  let dash: string | undefined;
  let inItems = false;
  for (let index = start - 1; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (/^---(\s|$)/.test(line) && index >= start) break;
    if (/^items:\s*$/.test(line)) inItems = true;
    else if (/^[A-Za-z]/.test(line)) inItems = false;
    const match = /^( *- )/.exec(line);
    if (match === null || (!inItems && found.length === 0 && !line.startsWith('- '))) continue;
    dash ??= match[1];
    if (match[1] === dash && (inItems || dash === '- ')) found.push(index + 1);
  }
  return found.length === elements ? found : undefined;
}
