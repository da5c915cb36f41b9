import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { getUrl } from '../../../src/kube/url-get.ts';

const NEVER = new AbortController().signal;
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('getUrl', () => {
  it('gives any answer with its headers, and sends the headers it is given', async () => {
    const url = await serve((request, response) => {
      response.writeHead(401, { 'x-seen': request.headers['kong-admin-token'] ?? '' });
      response.end('no');
    });

    const reply = await getUrl({ url: `${url}/a?b=c`, headers: { 'kong-admin-token': 't' }, signal: NEVER });

    expect(reply).toMatchObject({ status: 401, headers: { 'x-seen': 't' }, truncated: false });
    expect(reply.body.toString()).toBe('no');
    expect(reply.observedAt.source).toBe('server-date');
  });

  it('does not follow a redirect', async () => {
    const paths: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: '/elsewhere' });
      response.end();
    });

    const reply = await getUrl({ url: `${url}/`, signal: NEVER });

    expect(reply.status).toBe(302);
    expect(paths).toEqual(['/']);
  });

  it('cuts a body at the limit', async () => {
    const url = await serve((_, response) => response.end('0123456789'));

    const reply = await getUrl({ url, maxBytes: 4, signal: NEVER });

    expect(reply).toMatchObject({ truncated: true });
    expect(reply.body.toString()).toBe('0123');
  });

  it('gives up after the deadline', async () => {
    const url = await serve(() => {});

    await expect(getUrl({ url, timeoutMs: 50, signal: NEVER })).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('names host and port of an address that refuses, never the rest of the URL', async () => {
    const url = await serve(() => {});
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    const withPassword = url.replace('http://', 'http://user:hidden@');

    const asked = getUrl({ url: `${withPassword}/path`, signal: NEVER });

    await expect(asked).rejects.toMatchObject({ kind: 'refused' });
    await expect(asked).rejects.not.toThrow(/hidden/);
  });

  it.each(['ftp://a.test/', 'not a URL'])('refuses %s', async (url) => {
    await expect(getUrl({ url, signal: NEVER })).rejects.toMatchObject({ kind: 'other' });
  });
});
