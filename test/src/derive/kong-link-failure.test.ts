import { describe, expect, it } from 'vitest';
import { createInputs } from '../../../src/analyze/inputs.ts';
import {
  type KongLog,
  kongLog,
  lastHit,
  lastLinkFailure,
  linkFailureClass,
} from '../../../src/derive/kong-link-failure.ts';
import { type AnyAnalyzer, defineAnalyzer } from '../../../src/model/analyzer.ts';
import { storeOf } from '../../support/given.ts';
import { ADDRESS, broken, kongLogOf } from '../../support/kong.ts';

const reader = defineAnalyzer({
  meta: { id: 'kong/reader', title: '', description: '', messages: {}, references: ['none'] },
  needs: { log: kongLog },
  analyze: () => undefined,
}) as AnyAnalyzer;
const container = { namespace: 'kong', pod: 'kong-dp-0', container: 'proxy' };

function read(...lines: readonly (readonly [number, string])[]): KongLog {
  const store = storeOf([reader], { logs: [kongLogOf('kong-dp-0', ...lines)] });
  return createInputs(store).build({ log: kongLog }).log as KongLog;
}

describe('classes of link failure', () => {
  it.each([
    ['failed to connect: [cosocket] DNS resolution failed: dns server error: 3 name error', 'dnsFailed'],
    ['failed to connect: DNS server error: failed to receive reply, took 2 ms', 'dnsFailed'],
    ['failed to connect: connection refused', 'unreachable'],
    ['failed to connect: timeout', 'unreachable'],
    ['failed to connect: no route to host', 'unreachable'],
    ['ssl handshake failed: 2: unable to get issuer certificate', 'tlsChain'],
    ['ssl handshake failed: 10: certificate has expired', 'tlsExpired'],
    ['ssl handshake failed: 18: self-signed certificate', 'tlsUntrusted'],
    ['ssl handshake failed: 18: self signed certificate', 'tlsUntrusted'],
    ['ssl handshake failed: 19: self-signed certificate in certificate chain', 'tlsUntrusted'],
    ['ssl handshake failed: 20: unable to get local issuer certificate', 'tlsUntrusted'],
    ['ssl handshake failed: 22: certificate chain too long', 'tlsChain'],
    ['ssl handshake failed: 9: certificate is not yet valid', 'tlsFailed'],
    ['ssl handshake failed: certificate host mismatch', 'hostMismatch'],
    ['ssl handshake failed: handshake failed', 'tlsFailed'],
    ['ssl handshake failed: closed', 'tlsFailed'],
    ['failed to receive response header: closed', 'rejectedByControlPlane'],
    ['unexpected HTTP response code: 400', 'rejectedByControlPlane'],
    ['unexpected HTTP response code: 404', 'wrongBackend'],
    ['unexpected HTTP response code: 503', 'wrongBackend'],
    ['error establishing a connection to the proxy server, got status 407', 'proxyFailed'],
    ['closed', 'interrupted'],
  ])('%s', (error, expected) => {
    expect(linkFailureClass(error)).toBe(expected);
  });
});

describe('the last failure in a log', () => {
  it('is the latest line of any form, without the list of names tried', () => {
    const log = read(
      [90, broken('failed to connect: connection refused')],
      [60, '[error] [clustering] did not receive pong frame from control plane within 45 seconds [cp:8005]'],
      [
        30,
        broken(
          'failed to connect: [cosocket] DNS resolution failed: dns server error: 3 name error. Tried: ["x"]',
        ),
      ],
    );

    const failure = lastLinkFailure(log, container);

    expect(failure).toMatchObject({
      class: 'dnsFailed',
      detail: 'failed to connect: [cosocket] DNS resolution failed: dns server error: 3 name error',
    });
    expect(failure?.hit).toMatchObject({ line: 3, captures: { address: ADDRESS } });
  });

  it.each([
    [
      '[warn] [rpc] connection to node_id: control_plane broken, err: failed to connect: timeout, reconnecting in 7 seconds, context: ngx.timer',
      'unreachable',
      'failed to connect: timeout',
    ],
    [
      '[error] [rpc] unable to connect to peer: ssl handshake failed: 10: certificate has expired, context: ngx.timer',
      'tlsExpired',
      'ssl handshake failed: 10: certificate has expired',
    ],
    [
      '[error] [clustering] error while receiving frame from control plane: exceeding max payload len [cp:8005], context: ngx.timer',
      'payloadTooBig',
      'error while receiving frame from control plane: exceeding max payload len',
    ],
    [
      '[error] [clustering] did not receive pong frame from control plane within 45 seconds [cp:8005], context: ngx.timer',
      'interrupted',
      'did not receive pong frame from control plane within 45 seconds',
    ],
    [
      '[error] [wrpc-clustering] unable to send basic information to control plane: wss://cp:8005/v1/outlet err: closed (retrying after 9 seconds) [cp:8005]',
      'interrupted',
      'unable to send basic information to control plane: wss://cp:8005/v1/outlet err: closed',
    ],
    [
      '[warn] [clustering] unable to send ping frame to control plane: closed [cp:8005], context: ngx.timer',
      'interrupted',
      'unable to send ping frame to control plane: closed',
    ],
    ['[error] [kong.sync.v2] sync get_delta error: timeout, context: ngx.timer', 'interrupted', 'timeout'],
  ])('is read from: %s', (line, expected, detail) => {
    expect(lastLinkFailure(read([8, line]), container)).toMatchObject({ class: expected, detail });
  });

  it('is not found in lines of success, of a clean end, or of another container', () => {
    const log = read(
      [9, '[debug] [clustering] received pong frame from control plane [cp:8005]'],
      [8, '[info] [clustering] connection to control plane closed [cp:8005]'],
    );

    expect(lastLinkFailure(log, container)).toBeUndefined();
    expect(
      lastLinkFailure(read([8, broken('closed')]), { ...container, container: 'sidecar' }),
    ).toBeUndefined();
  });
});

describe('words that are not those of Kong', () => {
  it.each([
    ['[error] failed to connect to control plane', 'failed to connect to control plane'],
    ['[warn] cluster: reconnecting', 'cluster: reconnecting'],
    ['[notice] waiting for configuration', 'waiting for configuration'],
    ['[error] control plane: certificate verify failed', 'certificate verify failed'],
  ])('%s', (line, words) => {
    expect(lastHit(read([8, line]), 'foreign', container)?.hit.captures.error).toBe(words);
  });

  it.each([
    'SSL_do_handshake() failed (SSL: error:0A000086: certificate verify failed) while SSL handshaking to upstream, cluster x',
    '[oidc] certificate verify failed for idp.example',
    'control_plane: connected',
    'received initial configuration snapshot',
  ])('are not: %s', (line) => {
    expect(lastHit(read([8, line]), 'foreign', container)).toBeUndefined();
  });
});
