import { describe, expect, it } from 'vitest';
import { requestsFailing } from '../../../analyzers/istio/requests-failing.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { accessLine } from '../../../src/derive/istio-access-log.ts';
import { ago, pod, service } from '../../support/builders.ts';
import { meshPod, proxyContainer } from '../../support/istio-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const API = 'Service/shop/api';
const CLUSTER = 'outbound|80||api.shop.svc.cluster.local';

interface Line {
  readonly code?: number;
  readonly flags: string;
  readonly details?: string;
  readonly reason?: string;
  readonly cluster?: string;
  readonly authority?: string;
}

function text({
  code = 503,
  flags,
  details = '-',
  reason = '-',
  cluster = CLUSTER,
  authority = 'api',
}: Line) {
  const request = code === 0 ? '- - -' : 'GET /orders HTTP/1.1';
  return `"${request}" ${code} ${flags} ${details} - "${reason}" 0 91 12 - "-" "curl/8.5" "1b2c" "${authority}" "10.1.0.9:8080" ${cluster} - 10.96.1.1:80 10.1.0.7:4444 - default`;
}

function json({ code = 503, flags, details, reason, cluster = CLUSTER, authority = 'api' }: Line) {
  return JSON.stringify({
    authority,
    response_code: code,
    response_code_details: details ?? null,
    response_flags: flags,
    upstream_cluster: cluster,
    upstream_transport_failure_reason: reason ?? null,
  });
}

/** So many such lines, the last of them some seconds ago, a few seconds between them. */
function log(
  line: string,
  parts: { readonly pod?: string; readonly count?: number; readonly last?: number } = {},
) {
  const { pod: name = 'web', count = 20, last = 60 } = parts;
  const lines = Array.from({ length: count }, (_, index) => {
    const time = ago(last + (count - index - 1) * 3);
    return line.startsWith('{') ? `${time} ${line}` : `${time} [${time}] ${line}`;
  });
  return { namespace: 'shop', pod: name, container: 'istio-proxy', text: `${lines.join('\n')}\n` };
}

const mesh = [meshPod('web'), meshPod('cart'), service('api')];
const given = (...logs: readonly object[]) => ({ objects: mesh, logs: logs as never });
const gateway = meshPod('web', {
  spec: { containers: [proxyContainer('1.27.0', undefined, { args: ['proxy', 'router'] })] },
});
const one = (message: string, line: Line, values: object = {}, subject = API) => ({
  name: `${line.flags}: ${message}`,
  given: given(log(text(line))),
  expect: [{ message, subject, severity: 'warning' as const, values: values as never }],
});

testAnalyzer(requestsFailing, {
  silent: [
    { name: 'no mesh', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'what succeeds, and what the application answers itself',
      given: given(
        log(text({ code: 200, flags: '-', details: 'via_upstream' })),
        log(text({ code: 503, flags: '-' }), { pod: 'cart' }),
      ),
    },
    {
      name: 'clients that hang up, limits and refusals that are wanted',
      given: given(
        log(text({ code: 0, flags: 'DC', details: 'downstream_remote_disconnect' })),
        log(text({ code: 429, flags: 'RL' }), { pod: 'cart' }),
      ),
    },
    {
      name: 'what the world asks a gateway for',
      given: {
        objects: [gateway],
        logs: [
          log(
            text({
              code: 404,
              flags: 'NR',
              details: 'route_not_found',
              cluster: '-',
              authority: '203.0.113.9',
            }),
          ),
        ] as never,
      },
    },
    { name: 'a few lines of a restart', given: given(log(text({ flags: 'UF' }), { count: 4 })) },
    { name: 'what ended two hours ago', given: given(log(text({ flags: 'UF' }), { last: 7200 })) },
    {
      name: 'what a restart left half an hour ago',
      given: given(log(text({ flags: 'UF' }), { last: 1800 })),
      info: [{ message: 'upstreamUnreachable', subject: API, severity: 'info' }],
    },
  ],
  reports: [
    one(
      'noHealthyUpstream',
      { flags: 'UH', details: 'no_healthy_upstream' },
      { upstream: 'api.shop.svc.cluster.local:80', code: '503', count: 20 },
    ),
    one(
      'upstreamUnreachable',
      { flags: 'UF,URX', reason: 'delayed_connect_error:_111' },
      { reason: ' (`delayed_connect_error:_111`)' },
    ),
    one('tlsFailed', {
      flags: 'UF',
      reason: 'TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER',
    }),
    one(
      'connectionTerminated',
      { flags: 'UC', details: 'upstream_reset_before_response_started{connection_termination}' },
      { flag: 'UC' },
    ),
    one('upstreamTimeout', { code: 504, flags: 'UT' }),
    one('circuitOpen', { flags: 'UO', details: 'overflow' }),
    one('retriesExhausted', { flags: 'URX' }),
    one(
      'clusterMissing',
      { flags: 'NC', details: 'cluster_not_found', cluster: 'outbound|80|v2|api.shop.svc.cluster.local' },
      { upstream: 'api.shop.svc.cluster.local:80, subset v2' },
    ),
    one('protocolDiffers', { code: 502, flags: 'UPE' }),
    one('proxyOverloaded', { flags: 'OM' }),
    one(
      'noRoute',
      { code: 404, flags: 'NR', details: 'route_not_found', cluster: '-', authority: 'api:80' },
      { upstream: 'api:80', details: ' (`route_not_found`)' },
      'host:api',
    ),
    one(
      'nameNotResolved',
      { flags: 'DF', cluster: 'outbound|443||pay.example.com', authority: 'pay.example.com' },
      {},
      'host:pay.example.com',
    ),
    one(
      'inboundUnreachable',
      { flags: 'UF', reason: 'delayed_connect_error:_111', cluster: 'inbound|8080||' },
      { port: '8080', flag: 'UF' },
      'Pod/shop/web',
    ),
    {
      name: 'a connection without HTTP that meets no filter chain',
      given: given(
        log(text({ code: 0, flags: 'NR', details: 'filter_chain_not_found', cluster: '-', authority: '-' })),
      ),
      expect: [
        {
          message: 'noRoute',
          subject: 'Pod/shop/web',
          values: { upstream: 'an upstream that is not shown', details: ' (`filter_chain_not_found`)' },
        },
      ],
    },
    {
      name: 'all proxies that log it are one finding, JSON as well as text',
      given: given(
        log(json({ flags: 'UH', details: 'no_healthy_upstream' }), { pod: 'cart', last: 30 }),
        log(text({ flags: 'UH' })),
      ),
      expect: [
        {
          message: 'noHealthyUpstream',
          subject: API,
          severity: 'warning',
          values: { count: 40, last: '2026-01-15T11:59:30Z', upstream: 'api.shop.svc.cluster.local:80' },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'logs were not read',
      given: { objects: mesh, forbidden: [{ id: 'logs' }] },
      reason: /not allowed/,
    },
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
  ],
});

describe('a line of an access log', () => {
  it('is read in the format before Istio 1.9 too', () => {
    const line =
      '[2026-01-15T11:59:00.000Z] "GET / HTTP/1.1" 503 UF "-" "-" 0 91 1 - "-" "curl" "1b2c" "api:80" "10.1.0.9:80" outbound|80||api.shop.svc.cluster.local - 10.96.1.1:80 10.1.0.7:4444 -';

    expect(accessLine({ line: 1, text: line, before: [], after: [], captures: {} })).toEqual({
      code: '503',
      direction: 'outbound',
      host: 'api.shop.svc.cluster.local',
      port: '80',
      subset: '',
      reason: '',
      details: '',
    });
  });
});
