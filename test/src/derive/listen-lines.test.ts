import { describe, expect, it } from 'vitest';
import {
  isLoopback,
  listenAddress,
  listeningOf,
  listenSignals,
  startSeconds,
} from '../../../src/derive/listen-lines.ts';
import { inputsFrom } from '../../support/derived-value.ts';

describe('the address in a start line', () => {
  it.each([
    ['Server listening on port 3000', { port: 3000 }],
    ['2026/01/15 12:00:00 listening on :8080', { port: 8080 }],
    ['[1] [INFO] Listening at: http://0.0.0.0:8000 (7)', { port: 8000 }],
    [
      'INFO:     Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit)',
      { host: '127.0.0.1', port: 8000 },
    ],
    ['Tomcat started on port(s): 8081 (http) with context path', { port: 8081 }],
    ['Tomcat started on port 8082 (http)', { port: 8082 }],
    ['INFO main Starting ProtocolHandler ["http-nio-8090"]', { port: 8090 }],
    ['Started ServerConnector@7a3{HTTP/1.1, (http/1.1)}{0.0.0.0:9090}', { port: 9090 }],
    ['LOG:  listening on IPv4 address "0.0.0.0", port 5432', { port: 5432 }],
    ['Now listening on: http://[::]:80', { port: 80 }],
    ['Serving HTTP on 0.0.0.0 port 8001 (http://0.0.0.0:8001/) ...', { port: 8001 }],
    ['mysqld: ready for connections. Version: 8.0 socket: /run/s port: 3306', { port: 3306 }],
    ['level=info msg="starting server" addr=:9095', { port: 9095 }],
    ['ready - started server on 0.0.0.0:3001, url: http://localhost:3001', { port: 3001 }],
    ['Listening on [::1]:6060', { host: '::1', port: 6060 }],
  ])('%s', (line, address) => {
    expect(listenAddress(line)).toEqual(address);
  });

  it.each([
    ['connecting to 10.0.0.1:5432'],
    ['the broker is listening on kafka.example:9092'],
    ['listening on unix socket /run/app.sock'],
    ['running on node v20'],
  ])('is none in: %s', (line) => {
    expect(listenAddress(line)).toBeUndefined();
  });

  it('may be the loopback address', () => {
    expect(isLoopback({ host: '127.0.0.1', port: 1 })).toBe(true);
    expect(isLoopback({ port: 1 })).toBe(false);
  });
});

const owner = { namespace: 'shop', pod: 'web', container: 'app' };

function signals(text: string, previous = false) {
  return inputsFrom({ logs: listenSignals }, { logs: [{ ...owner, previous, text }] }).logs;
}

describe('what a container listens on', () => {
  it('is told by its log', () => {
    expect(listeningOf(signals('hi\nlistening on :8080\nlistening on :9090\n'), owner)?.addresses).toEqual([
      { port: 8080 },
      { port: 9090 },
    ]);
  });

  it('is not told by a log with more lines than are kept, nor by one that says nothing', () => {
    const many = Array.from({ length: 7 }, (_, index) => `listening on :${8080 + index}`).join('\n');

    expect(listeningOf(signals(`${many}\n`), owner)).toBeUndefined();
    expect(listeningOf(signals('hello\n'), owner)).toBeUndefined();
  });
});

describe('the seconds of a start', () => {
  const log = '2026-01-15T11:00:50.000000000Z listening on :8080\n';

  it('run from the start of the container to its line', () => {
    const runs = { owner, current: '2026-01-15T11:00:00Z', previous: undefined };

    expect(startSeconds(signals(log), 8080, runs)?.seconds).toBe(50);
    expect(startSeconds(signals(log), 9090, runs)).toBeUndefined();
  });

  it('belong to the run whose log it is', () => {
    const runs = { owner, current: '2026-01-15T11:30:00Z', previous: '2026-01-15T11:00:40Z' };

    expect(startSeconds(signals(log, true), 8080, runs)?.seconds).toBe(10);
    expect(startSeconds(signals(log), 8080, runs)).toBeUndefined();
  });
});
