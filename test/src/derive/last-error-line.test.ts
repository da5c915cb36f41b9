import { describe, expect, it } from 'vitest';
import { errorText, lastErrorLine } from '../../../src/derive/last-error-line.ts';

function last(...lines: string[]): string | undefined {
  return lastErrorLine({ lines, line: 1 })?.text;
}

describe('the last error line', () => {
  it('is above the frames of a Node.js stack and its fields', () => {
    expect(
      last(
        'Error: connect ECONNREFUSED 10.96.0.9:5432',
        '    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16) {',
        '  errno: -111,',
        "  code: 'ECONNREFUSED',",
        '}',
        '',
        'Node.js v20.11.0',
      ),
    ).toBe('Error: connect ECONNREFUSED 10.96.0.9:5432');
  });

  it('is the innermost cause of a Java trace', () => {
    expect(
      last(
        'org.postgresql.util.PSQLException: The connection attempt failed.',
        '\tat org.postgresql.Driver.connect(Driver.java:297)',
        'Caused by: java.net.UnknownHostException: db.shop',
        '\tat java.base/java.net.Socket.connect(Socket.java:633)',
        '\t... 12 more',
      ),
    ).toBe('Caused by: java.net.UnknownHostException: db.shop');
  });

  it('is the last line of a Python trace', () => {
    expect(
      last(
        'Traceback (most recent call last):',
        '  File "/app/main.py", line 3, in <module>',
        'psycopg2.OperationalError: connection to server at "db" (10.96.0.9), port 5432 failed: Connection refused',
      ),
    ).toMatch(/^psycopg2/);
  });

  it('is the panic above the frames of Go', () => {
    expect(
      last(
        'panic: dial tcp 10.96.0.9:6379: connect: connection refused',
        '',
        'goroutine 1 [running]:',
        'main.main()',
        '\t/src/main.go:12 +0x1d',
        'exit status 2',
      ),
    ).toMatch(/^panic: /);
  });

  it('is not a word of the shutdown', () => {
    expect(last('FATAL: no configuration', 'received SIGTERM, shutting down', 'npm ERR! code 1', 'bye')).toBe(
      'FATAL: no configuration',
    );
  });

  it('is without the time of the kubelet and the colours of a terminal', () => {
    expect(last('2026-01-15T11:59:00.123456789Z \u001b[31mERROR\u001b[0m no such table')).toBe(
      'ERROR no such table',
    );
  });

  it('is the message of a JSON line with its error', () => {
    expect(last('{"level":"error","msg":"cannot start","error":"NOAUTH Authentication required."}')).toBe(
      'cannot start: NOAUTH Authentication required.',
    );
    expect(last('{"level":"fatal","message":"gave up"}')).toBe('fatal: gave up');
    expect(last('{"level":50,"err":{"message":"connect \\"db\\" failed\\nat x"},"msg":"start')).toBe(
      'connect "db" failed',
    );
    expect(last('{"msg":"no start","err":{"type":"E","message":"read ECONNRESET"}}')).toBe(
      'no start: read ECONNRESET',
    );
    expect(last('{"code":"error 7"}')).toBe('{"code":"error 7"}');
    expect(last('{"level":"info","msg":"served"}')).toBeUndefined();
  });

  it('has its place in the log', () => {
    expect(lastErrorLine({ lines: ['a', 'error: x', 'b'], line: 41 })).toEqual({
      text: 'error: x',
      line: 42,
    });
  });

  it('is cut when it is long', () => {
    expect(last(`error ${'x'.repeat(400)}`)).toHaveLength(301);
  });

  it('is none among ordinary lines, nor without a log', () => {
    expect(last('started', 'served 3 requests', 'that is enough')).toBeUndefined();
    expect(last('done, 0 errors', 'level=info err=null', '{"failed":0}')).toBeUndefined();
    expect(lastErrorLine(undefined)).toBeUndefined();
    expect(errorText('    at Object.<anonymous> (/app/error.js:1:7)')).toBeUndefined();
  });
});
