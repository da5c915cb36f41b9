import {
  type ApiResource,
  KubeError,
  type ListItem,
  type ListOptions,
  type ListPage,
} from '../model/kube.ts';
import { listItem } from './list-item.ts';
import { createItemSplitter, type ListEnvelope } from './split-items.ts';
import { parseStatus } from './status-error.ts';
import { type OpenReply, readUpTo, type Transport } from './transport.ts';
import { createDeadline } from './watch.ts';

/** As kubectl. */
const PAGE_SIZE = 500;
const PAGE_TIMEOUT_MS = 60_000;

/** A page of big objects is handed on in runs of about this size, so that it is never held whole. */
const RUN_BYTES = 8 * 1024 * 1024;

const MAX_STATUS_BYTES = 64 * 1024;

/** A resource to list; discovery's rows fit. */
export type ListTarget = Pick<ApiResource, 'group' | 'version' | 'plural' | 'kind'>;

/** Lists all items page by page. Nothing is retried; an expired snapshot (410) goes on at the newer one the server offers. */
export async function* listPages(
  transport: Transport,
  target: ListTarget,
  options: ListOptions,
): AsyncGenerator<ListPage> {
  let token: string | undefined;
  let inconsistent = false;
  while (true) {
    const path = listPath(target, options, token);
    const reply = await openPage(transport, path, options);
    let next: string | undefined;
    if (reply.status === 410 && token !== undefined) {
      next = await newerToken(transport, path, reply);
      inconsistent = true;
    } else {
      if (reply.status !== 200) throw await transport.failure(path, reply);
      next = yield* readPage(reply, target, inconsistent);
    }
    if (next === undefined) return;
    if (next === token)
      throw new KubeError('bad-reply', `${transport.endpoint}: a list of ${target.plural} does not advance`);
    token = next;
  }
}

/** The path of a collection, e.g. `/apis/apps/v1/namespaces/shop/deployments`. */
export function collectionPath(target: Omit<ListTarget, 'kind'>, namespace?: string): string {
  const root = target.group === '' ? '/api' : `/apis/${encodeURIComponent(target.group)}`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}/${encodeURIComponent(target.version)}${scope}/${encodeURIComponent(target.plural)}`;
}

function listPath(target: ListTarget, options: ListOptions, token: string | undefined): string {
  const query = new URLSearchParams({ limit: String(options.pageSize ?? PAGE_SIZE) });
  if (options.fieldSelector) query.set('fieldSelector', options.fieldSelector);
  if (options.labelSelector) query.set('labelSelector', options.labelSelector);
  if (token !== undefined) query.set('continue', token);
  else if (options.resourceVersion !== undefined) {
    // The token carries the version on; beside it neither parameter is allowed.
    query.set('resourceVersion', options.resourceVersion);
    query.set('resourceVersionMatch', 'Exact');
  }
  return `${collectionPath(target, options.namespace)}?${query}`;
}

async function openPage(transport: Transport, path: string, options: ListOptions): Promise<OpenReply> {
  const controller = new AbortController();
  const timeoutMs = options.timeoutMs ?? PAGE_TIMEOUT_MS;
  const pathname = path.split('?', 1)[0];
  const watch = createDeadline(controller, timeoutMs, () => {
    return new KubeError(
      'timeout',
      `${transport.endpoint}: no whole page of ${pathname} within ${timeoutMs / 1000} s`,
    );
  });
  return transport.open(path, { signal: options.signal, controller, watch });
}

/** The server's own way on after its snapshot has expired is in the Status of the 410. */
async function newerToken(transport: Transport, path: string, reply: OpenReply): Promise<string> {
  const { body } = await readUpTo(reply, MAX_STATUS_BYTES);
  const status = parseStatus(body);
  const token = status?.metadata?.continue;
  if (token) return token;
  const pathname = path.split('?', 1)[0];
  const reason = status?.message ?? 'its snapshot has expired';
  throw new KubeError(
    'gone',
    `${transport.endpoint}: the list of ${pathname} cannot go on: ${reason} (HTTP 410)`,
    {
      status: 410,
    },
  );
}

/** Yields the items of one page, also of one that breaks off, and returns the token of the next. */
async function* readPage(
  reply: OpenReply,
  target: ListTarget,
  inconsistent: boolean,
): AsyncGenerator<ListPage, string | undefined> {
  const splitter = createItemSplitter();
  let items: ListItem[] = [];
  let bytes = 0;
  function run(envelope: ListEnvelope | undefined): ListPage {
    const page: ListPage = {
      items,
      apiVersion: target.group === '' ? target.version : `${target.group}/${target.version}`,
      kind: target.kind,
      resourceVersion: envelope?.metadata?.resourceVersion,
      observedAt: reply.observedAt,
      inconsistent,
    };
    items = [];
    bytes = 0;
    return page;
  }
  let envelope: ListEnvelope;
  try {
    for await (const chunk of reply.body) {
      for (const raw of splitter.push(chunk)) {
        items.push(listItem(raw));
        bytes += raw.length;
      }
      if (bytes >= RUN_BYTES) yield run(splitter.head());
    }
    envelope = splitter.end();
  } catch (error) {
    // What came before the break are whole objects.
    if (items.length > 0) yield run(splitter.head());
    throw error;
  }
  yield run(envelope);
  return envelope.metadata?.continue || undefined;
}
