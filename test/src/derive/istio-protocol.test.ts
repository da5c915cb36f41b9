import { describe, expect, it } from 'vitest';
import {
  isDeclaredHttp,
  isSniffed,
  istioProtocol,
  protocolNamed,
  takesHttpRules,
} from '../../../src/derive/istio-protocol.ts';

describe('istioProtocol', () => {
  it.each([
    ['http', 'HTTP'],
    ['http-web', 'HTTP'],
    ['HTTP-web', 'HTTP'],
    ['http2', 'HTTP2'],
    ['http2-api', 'HTTP2'],
    ['http_proxy', 'HTTP_PROXY'],
    ['https-web', 'HTTPS'],
    ['grpc', 'GRPC'],
    ['grpc-web', 'GRPC-Web'],
    ['gRPC-Web-ui', 'GRPC-Web'],
    ['grpc-webapp', 'GRPC-Web'],
    ['grpc-api', 'GRPC'],
    ['tcp-db', 'TCP'],
    ['tls', 'TLS'],
    ['mongo-main', 'Mongo'],
    ['redis', 'Redis'],
    ['mysql', 'MySQL'],
    ['udp-log', 'UDP'],
    ['httpweb', 'Unsupported'],
    ['http8080', 'Unsupported'],
    ['web', 'Unsupported'],
    ['-http', 'Unsupported'],
    ['constructor', 'Unsupported'],
    [undefined, 'Unsupported'],
  ])('reads the name %s as %s', (name, protocol) => {
    expect(istioProtocol({ name, port: 8080, protocol: 'TCP' })).toBe(protocol);
  });

  it('lets appProtocol win over the name', () => {
    expect(istioProtocol({ name: 'http-web', port: 80, appProtocol: 'tcp' })).toBe('TCP');
    expect(istioProtocol({ name: 'tcp', port: 80, appProtocol: 'HTTP2' })).toBe('HTTP2');
  });

  it('does not fall back to the name for an appProtocol it does not know', () => {
    expect(istioProtocol({ name: 'http', port: 80, appProtocol: 'example.com/custom' })).toBe('Unsupported');
    expect(istioProtocol({ name: 'http', port: 80, appProtocol: '' })).toBe('Unsupported');
    expect(istioProtocol({ name: 'http', port: 80, appProtocol: null })).toBe('HTTP');
  });

  it('knows the standard values of Kubernetes in appProtocol only', () => {
    expect(istioProtocol({ port: 80, appProtocol: 'kubernetes.io/h2c' })).toBe('HTTP2');
    expect(istioProtocol({ port: 80, appProtocol: 'kubernetes.io/ws' })).toBe('HTTP');
    expect(istioProtocol({ port: 80, appProtocol: 'kubernetes.io/wss' })).toBe('HTTPS');
    expect(istioProtocol({ port: 80, appProtocol: 'Kubernetes.io/h2c' })).toBe('Unsupported');
    expect(istioProtocol({ port: 80, appProtocol: 'constructor' })).toBe('Unsupported');
  });

  it('takes UDP from the transport, whatever the name says', () => {
    expect(istioProtocol({ name: 'http', port: 80, protocol: 'UDP', appProtocol: 'http' })).toBe('UDP');
  });

  it.each([25, 53, 3306, 27017])('does not sniff port %i, where servers speak first', (port) => {
    expect(istioProtocol({ name: 'main', port })).toBe('TCP');
    expect(istioProtocol({ name: 'http', port })).toBe('HTTP');
  });

  it('sniffs other ports of databases', () => {
    expect(istioProtocol({ name: 'main', port: 5432 })).toBe('Unsupported');
  });
});

describe('what a protocol means for routes', () => {
  it('takes http rules when it is HTTP, or once it is seen to be', () => {
    expect(['HTTP', 'GRPC', 'GRPC-Web', 'HTTP2', 'HTTP_PROXY'].map(protocolNamed).every(takesHttpRules)).toBe(
      true,
    );
    expect(takesHttpRules(protocolNamed('main'))).toBe(true);
    expect(['https', 'tls', 'tcp', 'mongo', 'redis', 'mysql', 'udp'].map(protocolNamed)).not.toContain(
      'Unsupported',
    );
    expect(
      ['https', 'tls', 'tcp', 'mongo', 'redis', 'mysql', 'udp'].map(protocolNamed).some(takesHttpRules),
    ).toBe(false);
  });

  it('tells declared from sniffed', () => {
    expect([isDeclaredHttp('HTTP'), isDeclaredHttp('Unsupported'), isDeclaredHttp('TCP')]).toEqual([
      true,
      false,
      false,
    ]);
    expect([isSniffed('Unsupported'), isSniffed('TCP')]).toEqual([true, false]);
  });
});
