import { describe, expect, it } from 'vitest';
import { istioProxyContainer } from '../../../src/artifacts/istio-proxy.ts';
import {
  curlCommand,
  istioProxyProbes,
  shownDiscoveryAddress,
} from '../../../src/artifacts/istio-proxy-probes.ts';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { pod } from '../../support/builders.ts';

const ADDRESS = 'istiod.istio-system.svc:15012';

function parse(exitCode: number, written: string, said: string, address = ADDRESS) {
  const proxy = { namespace: 'shop', pod: 'web-0', container: 'istio-proxy' };
  const stored = { proxy, address, curl: { command: ['curl'], exitCode, written, said } };
  return istioProxyProbes.parse(Buffer.from(JSON.stringify(stored)));
}

const states = ({ dns, tcp, tls }: ReturnType<typeof parse>) => [dns.state, tcp.state, tls.state];

// Figures and words of curl 7.88 against ports of that kind.
describe('istioProxyProbes', () => {
  it.each([
    ['no name', 6, ' 0.000000 0.000000 0.000000 000', 'curl: (6) Could not resolve host: istiod', 0],
    [
      'a silent name server',
      28,
      ' 0.0 0.0 0.0 000',
      'curl: (28) Resolving timed out after 5000 milliseconds',
      0,
    ],
    [
      'a closed port',
      7,
      ' 0.000046 0.000000 0.000000 000',
      'curl: (7) Failed to connect to istiod port 15012',
      1,
    ],
    ['a silent port', 28, ' 0.001 0.0 0.0 000', 'curl: (28) Connection timed out after 5001 milliseconds', 1],
    ['another root', 60, '10.96.7.1 0.1 0.0 0.0 000', 'curl: (60) SSL certificate problem: self-signed', 2],
    ['no TLS there', 35, '10.96.7.1 0.1 0.0 0.0 000', 'curl: (35) error:0A00010B:wrong version number', 2],
    ['a silent handshake', 28, '10.96.7.1 0.1 0.2 0.0 000', 'curl: (28) SSL connection timeout', 2],
  ])('tells %s by how far curl gets', (_, exitCode, written, said, failing) => {
    const found = parse(exitCode, written, said);

    const expected = ['works', 'works', 'works'].map((state, step) =>
      step < failing ? state : step === failing ? 'fails' : 'untried',
    );
    expect(states(found)).toEqual(expected);
    expect([found.dns, found.tcp, found.tls][failing]).toEqual({
      state: 'fails',
      detail: said.replace(/^curl: \(\d+\) /, ''),
    });
  });

  it.each([
    [52, '10.96.7.1 0.1 0.2 0.3 000', 'curl: (52) Empty reply from server'],
    [0, '10.96.7.1 0.1 0.2 0.3 415', ''],
    [28, '10.96.7.1 0.1 0.2 0.3 000', 'curl: (28) Operation timed out'],
  ])('finds the way open where curl ends with %i after the handshake', (exitCode, written, said) => {
    const found = parse(exitCode, written, said);

    expect(states(found)).toEqual(['works', 'works', 'works']);
    expect(found.dns).toMatchObject({ detail: '10.96.7.1' });
  });

  it('judges no TLS of a port that takes none', () => {
    const open = parse(1, '10.96.7.1 0.1 0.2 0.0 000', 'curl: (1) Received HTTP/0.9', 'istio-pilot:15010');
    const closed = parse(7, ' 0.1 0.0 0.0 000', 'curl: (7) Failed to connect', 'istio-pilot:15010');

    expect(states(open)).toEqual(['works', 'works', 'untried']);
    expect(closed.tls).toEqual({ state: 'untried', reason: 'the port takes no TLS' });
  });

  it('does not blame the server for a root certificate that is not there', () => {
    const found = parse(77, '10.96.7.1 0.1 0.0 0.0 000', 'curl: (77) error setting certificate file');

    expect(found.tls).toEqual({ state: 'untried', reason: 'error setting certificate file' });
  });

  it('leaves everything untried where curl did not run', () => {
    const stored = { proxy: {}, address: ADDRESS, curl: { command: ['curl'], error: 'not in the image' } };

    const found = istioProxyProbes.parse(Buffer.from(JSON.stringify(stored)));

    expect(found).toMatchObject({ proxy: undefined, tls: { state: 'untried', reason: 'not in the image' } });
    expect(states(found)).toEqual(['untried', 'untried', 'untried']);
  });
});

describe('shownDiscoveryAddress', () => {
  function addressOf(env: Record<string, string>, args: readonly string[] = [], annotations = {}) {
    const list = Object.entries(env).map(([name, value]) => ({ name, value }));
    const proxy = { name: 'istio-proxy', env: list, args: ['proxy', 'sidecar', ...args] };
    const item = pod('web-0', { metadata: { annotations }, spec: { containers: [proxy] } }) as unknown;
    const container = istioProxyContainer(item as PodItem);
    return container && shownDiscoveryAddress(item as PodItem, container);
  }

  it.each([
    [{}, [], {}, ADDRESS],
    [{ CA_ADDR: 'istiod-1-27.istio-system.svc:15012' }, [], {}, 'istiod-1-27.istio-system.svc:15012'],
    [{ CA_ADDR: 'meshca.googleapis.com:443' }, [], {}, ADDRESS],
    [{}, ['--discoveryAddress', 'istio-pilot.istio-system:15010'], {}, 'istio-pilot.istio-system:15010'],
    [
      { PROXY_CONFIG: '{"discoveryAddress":"a.b.svc:15012"}', CA_ADDR: 'istiod.c:1' },
      [],
      {},
      'a.b.svc:15012',
    ],
    [
      { PROXY_CONFIG: '{}' },
      [],
      { 'proxy.istio.io/config': 'discoveryAddress: x.y.svc:15012\n' },
      'x.y.svc:15012',
    ],
  ])('reads %j %j %j as %s', (env, args, annotations, expected) => {
    expect(addressOf(env as Record<string, string>, args, annotations)).toBe(expected);
  });
});

describe('curlCommand', () => {
  it('takes nothing but a host and a port into a command', () => {
    expect(curlCommand(ADDRESS)?.at(-1)).toBe(`https://${ADDRESS}/`);
    expect(curlCommand('istio-pilot.istio-system:15010')?.at(-1)).toBe(
      'http://istio-pilot.istio-system:15010/',
    );
    expect(curlCommand('[fd00::1]:15012')?.at(-1)).toBe('https://[fd00::1]:15012/');
    for (const hostile of ['--upload-file:1', 'a b:1', 'a:1/../x', 'a@b:1', 'a:1#', '-o:1', 'host', ''])
      expect(curlCommand(hostile)).toBeUndefined();
  });
});
