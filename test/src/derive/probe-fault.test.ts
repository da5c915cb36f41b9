import { describe, expect, it } from 'vitest';
import {
  isMisconfigured,
  type Probe,
  type ProbeCase,
  probeBudget,
  probeFault,
  probePort,
} from '../../../src/derive/probe-fault.ts';

const REFUSED = 'Get "http://10.1.0.7:8080/ready": dial tcp 10.1.0.7:8080: connect: connection refused';

function http(get: object = {}, parts: object = {}): Probe {
  return { httpGet: { path: '/ready', port: 8080, ...get }, ...parts } as Probe;
}

function fault(detail: string | undefined, parts: Partial<ProbeCase> = {}) {
  return probeFault({
    probe: http(),
    container: { ports: [{ name: 'http', containerPort: 8080 }] },
    declared: [8080],
    listening: undefined,
    detail,
    ...parts,
  });
}

describe('the fault of a failing probe', () => {
  it('is a port name the container does not have', () => {
    expect(fault(undefined, { probe: http({ port: 'web' }) })).toEqual({ kind: 'portNotNamed', port: 'web' });
    expect(fault(undefined, { probe: http({ port: 'http' }) })).toBeUndefined();
  });

  it('is another port, as the log says', () => {
    const listening = [{ port: 9000 }, { port: 9001 }];

    expect(fault(REFUSED, { listening })).toEqual({
      kind: 'wrongPort',
      port: '8080',
      listening: ['9000', '9001'],
      told: 'log',
    });
    expect(fault(undefined, { listening })).toMatchObject({ kind: 'wrongPort' });
    expect(fault(undefined, { listening: [{ port: 8080 }] })).toBeUndefined();
  });

  it('is another port, as the declared ports hint', () => {
    const parts = { container: { ports: [{ containerPort: 9000 }] }, declared: [9000] };

    expect(fault(REFUSED, parts)).toMatchObject({ kind: 'wrongPort', told: 'ports', listening: ['9000'] });
    expect(fault(undefined, parts)).toBeUndefined();
    expect(fault(REFUSED, { ...parts, declared: [9000, 8080] })).toMatchObject({ kind: 'notListening' });
    expect(fault(REFUSED, { container: {}, declared: [] })).toMatchObject({ kind: 'notListening' });
  });

  it('is no other port where the mesh answers or another host is asked', () => {
    const listening = [{ port: 9000 }];

    expect(fault(REFUSED, { probe: http({ port: 15_020 }), listening })).toMatchObject({
      kind: 'notListening',
    });
    expect(fault(REFUSED, { probe: http({ host: '192.0.2.1' }), listening })).toMatchObject({
      kind: 'notListening',
    });
  });

  it('is the loopback address', () => {
    const loopback = { host: '127.0.0.1', port: 8080 };

    expect(fault(REFUSED, { listening: [loopback] })).toEqual({
      kind: 'listensOnLoopback',
      port: '8080',
      address: '127.0.0.1:8080',
    });
    expect(fault(REFUSED, { listening: [loopback, { port: 8080 }] })).toMatchObject({ kind: 'notListening' });
  });

  it.each([
    ['Get "https://x": http: server gave HTTP response to HTTPS client', 'HTTP'],
    [
      'Get "http://x": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x15\\x03\\x01\\x00"',
      'HTTPS',
    ],
    ['Get "http://x": malformed HTTP response "\\x00\\x00\\x06\\x04\\x00"', 'HTTP/2, as gRPC servers do'],
    [
      'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): x',
      'gRPC without the health service',
    ],
  ])('is the scheme: %s', (detail, spoken) => {
    expect(fault(detail)).toMatchObject({ kind: 'wrongScheme', spoken, sure: true });
  });

  it('may be the scheme when a port of TLS answers 400', () => {
    const detail = 'HTTP probe failed with statuscode: 400';

    expect(fault(detail, { probe: http({ port: 8443 }) })).toMatchObject({
      kind: 'wrongScheme',
      sure: false,
    });
    expect(fault(detail)).toEqual({ kind: 'answersWithError', answer: 'HTTP 400' });
  });

  it.each([
    ['HTTP probe failed with statuscode: 404', { kind: 'wrongPath', path: '/ready', status: 404 }],
    ['HTTP probe failed with statuscode: 401', { kind: 'refused', path: '/ready', answer: 'HTTP 401' }],
    [
      'Get "https://x": remote error: tls: certificate required',
      { kind: 'refused', path: '/ready', answer: 'a client certificate is required' },
    ],
    ['HTTP probe failed with statuscode: 503', { kind: 'answersWithError', answer: 'HTTP 503' }],
    ['service unhealthy (responded with "NOT_SERVING")', { kind: 'answersWithError', answer: 'NOT_SERVING' }],
    [
      'Get "http://x": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      { kind: 'tooImpatient', timeout: 1 },
    ],
    [
      'Get "http://x": dial tcp 10.1.0.7:8080: i/o timeout',
      { kind: 'unreachable', detail: 'Get "http://x": dial tcp 10.1.0.7:8080: i/o timeout' },
    ],
    [
      'Get "http://x": read: connection reset by peer',
      { kind: 'other', detail: 'Get "http://x": read: connection reset by peer' },
    ],
  ])('is what the application answers: %s', (detail, expected) => {
    expect(fault(detail)).toEqual(expected);
  });

  it('is the command', () => {
    const probe = { exec: { command: ['/bin/check', '-q'] }, timeoutSeconds: 5 } as Probe;
    const missing =
      'rpc error: code = Unknown desc = failed to exec in container: failed to start exec "bf": OCI runtime exec failed: exec failed: unable to start container process: exec: "/bin/check": stat /bin/check: no such file or directory: unknown';

    expect(fault(missing, { probe })).toEqual({ kind: 'commandMissing', command: '/bin/check -q' });
    expect(fault('exiting with 3', { probe })).toEqual({
      kind: 'commandFails',
      command: '/bin/check -q',
      output: 'exiting with 3',
    });
    expect(fault('', { probe })).toMatchObject({ output: 'no output' });
    expect(fault('command timed out: "/bin/check -q" timed out after 5s', { probe })).toEqual({
      kind: 'tooImpatient',
      timeout: 5,
    });
    expect(fault(undefined, { probe })).toBeUndefined();
  });

  it('is not told without an event and a log', () => {
    expect(fault(undefined)).toBeUndefined();
  });
});

describe('a probe', () => {
  it('has a budget from the start of the container', () => {
    expect(probeBudget(http({}, { initialDelaySeconds: 5, periodSeconds: 3, failureThreshold: 2 }))).toBe(11);
    expect(probeBudget(http())).toBe(30);
  });

  it('has a port by number, by number in a string, or by name', () => {
    const container = { ports: [{ name: 'http', containerPort: 8080 }] };

    expect(probePort({ probe: http({ port: 'http' }), container })).toBe(8080);
    expect(probePort({ probe: http({ port: '81' }), container })).toBe(81);
    expect(probePort({ probe: { exec: {} } as Probe, container })).toBeUndefined();
  });

  it('is wrong in itself, or waits for an application', () => {
    expect(isMisconfigured({ kind: 'portNotNamed', port: 'web' })).toBe(true);
    expect(isMisconfigured({ kind: 'wrongScheme', asked: 'HTTP', spoken: 'HTTPS', sure: false })).toBe(false);
    expect(isMisconfigured({ kind: 'notListening', port: '80' })).toBe(false);
  });
});
