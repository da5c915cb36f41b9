import { describe, expect, it } from 'vitest';
import { istioProxyLog, proxyLogState, xdsCounters } from '../../../src/derive/istio-proxy-log.ts';
import { istioSidecars } from '../../../src/derive/istio-sidecars.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { meshPod, proxyLogOf } from '../../support/istio-builders.ts';

function stateOf(lines: readonly string[], json = false) {
  const { sidecars, log } = inputsFrom(
    { sidecars: istioSidecars, log: istioProxyLog },
    { objects: [meshPod('web')], logs: [proxyLogOf('web', lines, { json })] },
  );
  return proxyLogState(sidecars.proxies[0]!, log);
}

const NOTHING = 'cds updates: 0 successful, 0 rejected; lds updates: 0 successful, 0 rejected';
const NOT_READY = `warn\tEnvoy proxy is NOT ready: config not received from XDS server (is Istiod running?): ${NOTHING}`;
const READY = 'info\tEnvoy proxy is ready';
const CONNECTED = 'info\txdsproxy\tconnected to upstream XDS server: istiod.istio-system.svc:15012';
const LOOKUP =
  'warning\tenvoy config\tStreamAggregatedResources gRPC config stream to xds-grpc closed since 37s ago: 14, connection error: desc = "transport: Error while dialing: dial tcp: lookup istiod.istio-system.svc on 10.96.0.10:53: no such host"';

describe('what a proxy writes of its control plane', () => {
  it.each([
    ['a name that does not exist', LOOKUP, 'nameUnknown', 'lookup istiod.istio-system.svc: no such host'],
    [
      'a DNS that does not answer',
      'error\tcitadelclient\tdial tcp: lookup istiod.istio-system.svc on 10.96.0.10:53: read udp 10.1.0.7:4242->10.96.0.10:53: i/o timeout',
      'dnsSilent',
      'lookup istiod.istio-system.svc: read udp 10.1.0.7:4242->10.96.0.10:53: i/o timeout',
    ],
    [
      'a refused connection',
      'warning\tenvoy config\tStreamAggregatedResources gRPC config stream to xds-grpc closed: 14, connection error: desc = "transport: Error while dialing: dial tcp 10.96.3.4:15012: connect: connection refused"',
      'refused',
      '10.96.3.4:15012: connect: connection refused',
    ],
    [
      'no answer',
      'warn\tca\tca request failed, starting attempt 1 in 91ms: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing dial tcp 10.96.3.4:15012: i/o timeout"',
      'timedOut',
      undefined,
    ],
    [
      'Envoy that asks Pilot itself',
      '[2026-01-15 11:58:00.123][23][warning][config] [bazel-out/k8-opt/bin/grpc_stream.h:91] gRPC config stream closed: 14, no healthy upstream\n2026-01-15T11:58:01Z\twarning\tenvoy config\tStreamAggregatedResources gRPC config stream closed: 14, upstream connect error or disconnect/reset before headers. reset reason: connection failure',
      'refused',
      'upstream connect error or disconnect/reset before headers. reset reason: connection failure',
    ],
    [
      'a strange root',
      'warning\tenvoy config\tStreamAggregatedResources gRPC config stream to xds-grpc closed: 14, connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of \\"crypto/rsa: verification error\\")"',
      'untrusted',
      undefined,
    ],
    [
      'a certificate of tomorrow',
      'error\tcache\tresource:default failed to sign: create certificate: rpc error: code = Unavailable desc = x509: certificate has expired or is not yet valid: current time 2026-01-15T11:58:00Z is before 2026-01-15T13:00:00Z',
      'notYetValid',
      undefined,
    ],
    [
      'a certificate of yesterday',
      'error\tx509: certificate has expired or is not yet valid: current time 2026-01-15T11:58:00Z is after 2026-01-10T00:00:00Z',
      'expired',
      undefined,
    ],
    [
      'a certificate of another name',
      'error\tx509: certificate is valid for istiod.istio-system.svc, not istiod-canary.istio-system.svc',
      'nameMismatch',
      undefined,
    ],
    [
      'a token that is refused',
      'error\tcitadelclient\tfailed to sign CSR: create certificate: rpc error: code = Unauthenticated desc = request authenticate failure',
      'unauthenticated',
      'Unauthenticated: request authenticate failure',
    ],
    [
      'no certificate',
      'warning\tenvoy config\tStreamSecrets gRPC config stream closed: 2, failed to generate secret for default: failed to generate workload certificate: create certificate: rpc error: code = Internal desc = CA not ready',
      'notIssued',
      'Internal: CA not ready',
    ],
  ])('is told: %s', (_name, line, expected, detail) => {
    const { fault, seen } = stateOf([CONNECTED, line]);

    expect(seen).toBe(true);
    expect(fault?.class).toBe(expected);
    if (detail !== undefined) expect(fault?.detail).toBe(detail);
  });

  it.each([
    ['overcome since', [LOOKUP, CONNECTED]],
    [
      'of its own readiness',
      [
        'warn\tfailed to get readiness stats: Get "http://127.0.0.1:15000/stats": dial tcp 127.0.0.1:15000: connect: connection refused',
      ],
    ],
    [
      'of a probe it passes on',
      [
        'error\tRequest to probe app failed: Get "http://10.1.0.7:8080/ready": dial tcp 10.1.0.7:15012: connect: connection refused',
      ],
    ],
    [
      'of another server',
      [
        'warn\tdial tcp 10.96.7.7:9411: i/o timeout',
        'warn\tdial tcp: lookup zipkin.tracing on 10.96.0.10:53: no such host',
      ],
    ],
    [
      'that are normal reconnects',
      [
        'warning\tenvoy config\tStreamAggregatedResources gRPC config stream to xds-grpc closed: 0, ',
        'warning\tenvoy config\tDeltaAggregatedResources gRPC config stream closed: 14, transport is closing',
      ],
    ],
  ])('does not accuse by lines %s', (_name, lines) => {
    expect(stateOf(lines).fault).toBeUndefined();
  });

  it('is read as text and as JSON alike', () => {
    for (const json of [false, true]) {
      const { notReady, fault } = stateOf([LOOKUP, NOT_READY], json);

      expect(fault?.class).toBe('nameUnknown');
      expect(notReady?.reason).toBe(`config not received from XDS server (is Istiod running?): ${NOTHING}`);
      expect(notReady?.counters?.cds).toEqual({ accepted: 0, rejected: 0 });
    }
  });

  it('is not unready any more once it says so', () => {
    expect(stateOf([NOT_READY, READY]).notReady).toBeUndefined();
    expect(stateOf([READY, NOT_READY]).notReady).toBeDefined();
  });

  it('names what Envoy refused, and the control plane', () => {
    const { rejection, upstream, killed } = stateOf([
      'info\tInitializing with upstream address "istiod-1-20.istio-system.svc:15012" and cluster "Kubernetes"',
      'warning\tenvoy config\tgRPC config for type.googleapis.com/envoy.config.listener.v3.Listener rejected: Error adding/updating listener(s) virtualInbound: script load error: [string "x"]:1: unexpected symbol',
      'error\tEnvoy exited with error: signal: killed',
    ]);

    expect(rejection).toMatchObject({
      type: 'Listener',
      detail:
        'Error adding/updating listener(s) virtualInbound: script load error: [string "x"]:1: unexpected symbol',
    });
    expect(upstream?.address).toBe('istiod-1-20.istio-system.svc:15012');
    expect(killed).toBeDefined();
  });
});

describe('the counters of a readiness line', () => {
  it('are read behind the words of any version', () => {
    expect(
      xdsCounters(
        'config not received from Pilot (is Pilot running?): cds updates: 1 successful, 0 rejected; lds updates: 0 successful, 3 rejected',
      ),
    ).toEqual({ cds: { accepted: 1, rejected: 0 }, lds: { accepted: 0, rejected: 3 } });
    expect(xdsCounters('server is not live, current state is: INITIALIZING')).toBeUndefined();
  });
});
