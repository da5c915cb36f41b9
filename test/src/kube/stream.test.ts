import { afterEach, describe, expect, it } from 'vitest';
import type { FakeOptions } from '../../support/fake-api-server.ts';
import { sendStatus } from '../../support/fake-api-server.ts';
import { failureOf, type KubeSession, kubeSession, NEVER } from '../../support/kube-session.ts';

const LOG = '/api/v1/namespaces/shop/pods/web/log';

let session: KubeSession;

afterEach(async () => session?.close());

async function serve(options: FakeOptions): Promise<KubeSession> {
  session = await kubeSession(options);
  return session;
}

async function read(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('stream', () => {
  it('hands a log on unchanged', async () => {
    const log = '2026-11-20T05:33:33.455145821Z unable to retrieve container logs for x\nsecond\n'.repeat(
      5000,
    );
    const { kube } = await serve({ routes: { [LOG]: (_request, response) => void response.end(log) } });

    const reply = await kube.stream(`${LOG}?timestamps=true`, { signal: NEVER });

    expect(await read(reply.body)).toBe(log);
  });

  it('gives an empty log as an empty log', async () => {
    const { kube } = await serve({ routes: { [LOG]: (_request, response) => void response.end() } });

    const reply = await kube.stream(LOG, { signal: NEVER });

    expect(await read(reply.body)).toBe('');
  });

  it('tells the sentence the kubelet sends in place of a lost log from a log', async () => {
    const sentence = 'unable to retrieve container logs for containerd://5f9';
    const { kube } = await serve({
      fallback: (_request, response, url) =>
        void response.end(url.searchParams.has('more') ? `${sentence}\nmore\n` : sentence),
    });

    const error = await failureOf(kube.stream(LOG, { signal: NEVER }));
    const log = await kube.stream(`${LOG}?more`, { signal: NEVER });

    expect(error).toMatchObject({ kind: 'not-found', status: 200 });
    expect(await read(log.body)).toBe(`${sentence}\nmore\n`);
  });

  it('gives what had arrived and then throws when the connection breaks midway', async () => {
    const { kube } = await serve({
      routes: {
        [LOG]: (_request, response) => {
          response.writeHead(200);
          response.write('first line\n', () => setTimeout(() => response.socket?.destroy(), 50));
        },
      },
    });
    const reply = await kube.stream(LOG, { signal: NEVER });
    const seen: string[] = [];

    const error = await failureOf(
      (async () => {
        for await (const chunk of reply.body) seen.push(Buffer.from(chunk).toString());
      })(),
    );

    expect(seen.join('')).toBe('first line\n');
    expect(error).toMatchObject({ name: 'KubeError', kind: 'unavailable' });
  });

  it('ends with timeout when a log falls silent, but not while the reader is slow', async () => {
    const { kube } = await serve({
      routes: { [LOG]: (_request, response) => void response.write('first\n') },
    });
    const reply = await kube.stream(LOG, { signal: NEVER, idleTimeoutMs: 200 });
    const iterator = reply.body[Symbol.asyncIterator]();
    await iterator.next();
    await new Promise((resolve) => setTimeout(resolve, 400));

    const startedAt = performance.now();
    const error = await failureOf(iterator.next());

    expect(error.kind).toBe('timeout');
    expect(performance.now() - startedAt).toBeGreaterThan(150);
  });

  it.each([
    ['drips', 20],
    ['pours', 0],
  ])('ends with timeout when a log %s and does not end', async (_, everyMs) => {
    const { kube } = await serve({
      routes: {
        [LOG]: (_request, response) => {
          const pour = () => response.destroyed || response.write('line\n'.repeat(1000));
          const timer = setInterval(pour, everyMs);
          response.on('close', () => clearInterval(timer));
        },
      },
    });
    const reply = await kube.stream(LOG, { signal: NEVER, timeoutMs: 300 });

    const error = await failureOf(read(reply.body));

    expect(error).toMatchObject({ name: 'KubeError', kind: 'timeout' });
    expect(error.message).toContain('did not end within 0.3 s');
  });

  it('calls a log that does not exist yet or any more not found', async () => {
    const messages = [
      'previous terminated container "c" in pod "p" not found',
      'container "c" in pod "p" is waiting to start: ContainerCreating',
    ];
    const { kube } = await serve({
      fallback: (_request, response, url) =>
        sendStatus(response, 400, { message: messages[Number(url.searchParams.get('i'))] as string }),
    });

    for (const [i, message] of messages.entries()) {
      const error = await failureOf(kube.stream(`${LOG}?i=${i}`, { signal: NEVER }));
      expect(error).toMatchObject({ kind: 'not-found', status: 400 });
      expect(error.message).toContain(message);
    }
  });

  it('lets a reader stop early without an error left behind', async () => {
    const { kube } = await serve({
      routes: {
        [LOG]: (_request, response) => {
          const timer = setInterval(() => response.write('line\n'.repeat(1000)), 1);
          response.on('close', () => clearInterval(timer));
        },
      },
    });
    const reply = await kube.stream(LOG, { signal: NEVER });

    for await (const chunk of reply.body) if (chunk.length > 0) break;

    expect(reply.status).toBe(200);
  });
});
