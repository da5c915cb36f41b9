import { type AddressInfo, createServer } from 'node:net';
import { request } from 'undici';
import { describe, expect, it } from 'vitest';
import { connectionError, oneLine } from '../../../src/kube/failure.ts';
import { observeReply } from '../../../src/kube/observation.ts';

function withCode(code: string, message = 'text'): Error {
  return Object.assign(new Error(message), { code });
}

describe('connectionError', () => {
  it('maps codes of sockets, TLS, undici and zlib', () => {
    const expected = {
      ECONNREFUSED: 'refused',
      EHOSTUNREACH: 'refused',
      EAI_AGAIN: 'dns',
      CERT_HAS_EXPIRED: 'tls',
      ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'tls',
      UND_ERR_CONNECT_TIMEOUT: 'timeout',
      ECONNRESET: 'unavailable',
      Z_DATA_ERROR: 'bad-reply',
      HPE_INVALID_CONSTANT: 'bad-reply',
      ESOMETHING: 'other',
    };

    const kinds = Object.keys(expected).map((code) => [code, connectionError(withCode(code), 'h:1').kind]);

    expect(Object.fromEntries(kinds)).toEqual(expected);
  });

  it('looks below wrappers and into the attempts at several addresses', () => {
    const attempts = new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')], 'all failed');
    const wrapped = new TypeError('fetch failed', { cause: attempts });

    expect(connectionError(wrapped, 'localhost:6443')).toMatchObject({
      kind: 'refused',
      message: 'localhost:6443: connection refused (ECONNREFUSED)',
      cause: wrapped,
    });
  });

  it.each(['', 'connection: close\r\n'])('knows an answer that was cut short (%j)', async (header) => {
    const chunk = `1000\r\n${'x'.repeat(300)}`;
    const server = createServer((socket) => {
      socket.end(`HTTP/1.1 200 OK\r\n${header}transfer-encoding: chunked\r\n\r\n${chunk}`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;

    const error = await request(`http://127.0.0.1:${port}`)
      .then(({ body }) => body.text())
      .catch((thrown: unknown) => thrown);
    server.close();

    expect(connectionError(error, 'h:1')).toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('h:1: the server closed the connection before its answer was whole'),
    });
  });

  it('keeps to one bounded line', () => {
    expect(oneLine(' a\n\tb ')).toBe('a b');
    expect(oneLine('x'.repeat(5000)).length).toBeLessThan(500);
  });
});

describe('observeReply', () => {
  const received = new Date('2026-11-20T05:15:50.506Z');

  it('takes the clock of the server when it is given', () => {
    expect(observeReply('Fri, 20 Nov 2026 05:15:49 GMT', received)).toEqual({
      time: '2026-11-20T05:15:49.000Z',
      source: 'server-date',
      errorSeconds: 1,
    });
  });

  it('falls back to the own clock with a wide error', () => {
    for (const header of [undefined, 'yesterday']) {
      expect(observeReply(header, received)).toEqual({
        time: '2026-11-20T05:15:50.506Z',
        source: 'collector',
        errorSeconds: 60,
      });
    }
  });
});
