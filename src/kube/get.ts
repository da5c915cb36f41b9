import {
  type GetOptions,
  KubeError,
  type Reply,
  type StreamOptions,
  type StreamReply,
  type VersionInfo,
} from '../model/kube.ts';
import { type OpenReply, readUpTo, type Transport } from './transport.ts';
import { bothOf, createDeadline, createIdleLimit, createTimeLimit } from './watch.ts';

const TIMEOUT_MS = 30_000;
const IDLE_TIMEOUT_MS = 60_000;
/** A container that writes faster than its log is read never lets it end. */
const STREAM_TIMEOUT_MS = 600_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** What the kubelet writes in place of a log it no longer has, with HTTP 200 (control-plane-and-nodes.md §0, trap 2). */
const LOST_LOG = 'unable to retrieve container logs for ';
const MAX_LOST_LOG_BYTES = 1024;

/** A GET whose whole body is kept, up to `maxBytes`. */
export async function getReply(transport: Transport, path: string, options: GetOptions): Promise<Reply> {
  const controller = new AbortController();
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const watch = createDeadline(controller, timeoutMs, () => {
    const pathname = path.split('?', 1)[0];
    return new KubeError(
      'timeout',
      `${transport.endpoint}: no answer to GET ${pathname} within ${timeoutMs / 1000} s`,
    );
  });
  const reply = await transport.open(path, {
    signal: options.signal,
    accept: options.accept,
    controller,
    watch,
  });
  if (reply.status >= 300 && !options.allowStatus?.includes(reply.status))
    throw await transport.failure(path, reply);
  const { body, truncated } = await readUpTo(reply, options.maxBytes ?? MAX_BYTES);
  const { status, headers, observedAt, sentAt, receivedAt } = reply;
  return { status, headers, body, truncated, observedAt, sentAt, receivedAt };
}

/** A GET whose body is handed on as it arrives, for logs. */
export async function streamReply(
  transport: Transport,
  path: string,
  options: StreamOptions,
): Promise<StreamReply> {
  const controller = new AbortController();
  const pathname = path.split('?', 1)[0];
  const { idleTimeoutMs: limit = IDLE_TIMEOUT_MS, timeoutMs = STREAM_TIMEOUT_MS } = options;
  const late = (what: string) => new KubeError('timeout', `${transport.endpoint}: GET ${pathname} ${what}`);
  const watch = bothOf(
    createIdleLimit(controller, limit, () => late(`was silent for ${limit / 1000} s`)),
    createTimeLimit(controller, timeoutMs, () => late(`did not end within ${timeoutMs / 1000} s`)),
  );
  const reply = await transport.open(path, { signal: options.signal, controller, watch });
  if (reply.status >= 300) throw await transport.failure(path, reply);
  const body = await refuseLostLog(transport, reply);
  return { status: reply.status, body, observedAt: reply.observedAt };
}

/** Reads `/version`. */
export async function readVersion(transport: Transport, signal: AbortSignal): Promise<VersionInfo> {
  const reply = await getReply(transport, '/version', { signal, maxBytes: 64 * 1024 });
  const info = parseObject(reply.body);
  if (typeof info?.gitVersion !== 'string') {
    throw new KubeError(
      'bad-reply',
      `${transport.endpoint}: GET /version does not answer with a Kubernetes version`,
    );
  }
  return {
    ...info,
    gitVersion: info.gitVersion,
    major: String(info.major ?? ''),
    minor: String(info.minor ?? ''),
  };
}

/** Parses a JSON object; undefined for anything else. */
export function parseObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Looks at the beginning, no further than it takes to tell the kubelet's sentence from a log. */
async function refuseLostLog(transport: Transport, reply: OpenReply): Promise<AsyncIterable<Buffer>> {
  const iterator = reply.body[Symbol.asyncIterator]();
  const seen: Buffer[] = [];
  let text = '';
  let ended = false;
  while (!ended && text.length <= MAX_LOST_LOG_BYTES && couldBeLost(text)) {
    const next = await iterator.next();
    if (next.done) ended = true;
    else {
      seen.push(next.value);
      text += next.value.toString('latin1', 0, MAX_LOST_LOG_BYTES + 1);
    }
  }
  const line = text.trimEnd();
  if (ended && line.startsWith(LOST_LOG) && !line.includes('\n')) {
    throw new KubeError('not-found', `${transport.endpoint}: ${line}`, { status: reply.status });
  }
  return rejoin(seen, iterator);
}

function couldBeLost(text: string): boolean {
  return text.startsWith(LOST_LOG) || LOST_LOG.startsWith(text);
}

async function* rejoin(seen: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* seen;
    while (true) {
      const next = await rest.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}
