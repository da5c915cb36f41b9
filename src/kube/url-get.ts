import { EnvHttpProxyAgent, request } from 'undici';
import type { UrlGetOptions } from '../model/collector.ts';
import type { Reply } from '../model/kube.ts';
import { KubeError } from '../model/kube.ts';
import { abortedError, connectionError } from './failure.ts';
import { observeReply } from './observation.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

/**
 * One GET outside the API server, certificates verified, redirects not followed. Any status is a Reply;
 * no answer throws KubeError, whose message names host and port only, since a URL may hold a credential.
 */
export async function getUrl(options: UrlGetOptions): Promise<Reply> {
  const url = parseUrl(options.url);
  const endpoint = url.host;
  const deadline = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  // By HTTPS_PROXY, HTTP_PROXY and NO_PROXY; without them straight.
  const agent = new EnvHttpProxyAgent({ allowH2: false, connections: 1 });
  const sentAt = new Date().toISOString();
  try {
    const answer = await request(url, {
      dispatcher: agent,
      signal: AbortSignal.any([options.signal, deadline]),
      headers: { accept: 'application/json', 'user-agent': 'kubecase', ...options.headers },
    });
    const receivedAt = new Date();
    const headers = flatten(answer.headers);
    const body = await readUpTo(answer.body, options.maxBytes ?? DEFAULT_MAX_BYTES);
    return {
      status: answer.statusCode,
      headers,
      ...body,
      observedAt: observeReply(headers.date, receivedAt),
      sentAt,
      receivedAt: receivedAt.toISOString(),
    };
  } catch (error) {
    if (options.signal.aborted) throw abortedError(endpoint, error);
    if (deadline.aborted) throw new KubeError('timeout', `${endpoint}: no answer in time`, { cause: error });
    throw connectionError(error, endpoint);
  } finally {
    await agent.destroy();
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new KubeError('other', 'the URL is not an http or https address');
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

async function readUpTo(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<{ body: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) return { body: Buffer.concat(chunks).subarray(0, maxBytes), truncated: true };
  }
  return { body: Buffer.concat(chunks), truncated: false };
}
