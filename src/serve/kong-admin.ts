import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listIn, objectIn, parseJsonObject } from '../artifacts/json-bytes.ts';
import { kongClusteringStatus, type StoredKongReply } from '../artifacts/kong-clustering-status.ts';
import { type BundleSource, readEntry } from './source.ts';

/** A server that stands in for the Admin API of a Kong control plane. */
export interface KongAdminStandIn {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Answers on loopback with the replies a bundle holds of its first Kong control plane, each with the `Date`
 * it came with. Undefined when the bundle holds none.
 */
export async function startKongAdmin(source: BundleSource): Promise<KongAdminStandIn | undefined> {
  const entry = source.manifest.entries.find(({ artifact }) => artifact === kongClusteringStatus.id);
  if (entry === undefined) return undefined;
  const stored = parseJsonObject(await readEntry(source, entry.path, kongClusteringStatus.maxBytes));
  const replies = listIn(stored.replies) as readonly StoredKongReply[];
  const server = createServer((request, response) => {
    const path = pathOf(request.url ?? '/');
    const reply = replies.find((one) => pathOf(String(objectIn(one).path)) === path);
    response.sendDate = false;
    const isText = typeof reply?.body === 'string';
    response.writeHead(reply?.status ?? 404, {
      'content-type': isText ? 'text/plain' : 'application/json; charset=utf-8',
      ...(reply?.date === undefined ? {} : { date: reply.date }),
    });
    response.end(isText ? reply.body : JSON.stringify(reply?.body ?? { message: 'Not found' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url;
}
