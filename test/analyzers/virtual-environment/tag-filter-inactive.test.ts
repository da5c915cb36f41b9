import { tagFilterInactive } from '../../../analyzers/virtual-environment/tag-filter-inactive.ts';
import { istioProxyConfig } from '../../../src/artifacts/istio-proxy-config.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { virtualEnvironments } from '../../../src/artifacts/virtual-environment-resources.ts';
import { ago, type Built, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import { virtualEnvironment } from '../../support/virtual-environment-builders.ts';
import { listeners, refusedListener } from '../../support/virtual-environment-proxy-builders.ts';
import { type ProxyParts, tagFilter, taggedPod } from '../../support/virtual-environment-tag-builders.ts';

const filter = 'EnvoyFilter/shop/demo-virtualenv';
const PROXY = 'app-js-dev-5d8f7-x2x9z';
const OTHER = 'app-go-dev-proj2-5d8f7-x2x9z';
const REASON = 'Error adding/updating listener(s) 0.0.0.0_8080: virtual.environment.lua: script load error';

function scene(proxy: ProxyParts = {}, ...more: readonly Built[]): Built[] {
  return [virtualEnvironment(), tagFilter(), taggedPod('app-js', 'dev', { tag: 'dev', ...proxy }), ...more];
}

function proxyLog(...lines: readonly [number, string][]) {
  const text = lines.map(([seconds, line]) => `${ago(seconds)} ${line}\n`).join('');
  return { namespace: 'shop', pod: PROXY, container: 'istio-proxy', text };
}

const CHUNK = '[string "local curEnv = os.getenv("VIRTUAL_ENVIRONM..."]';
const FAILURE = `2026-01-15T11:59:00.120Z\terror\tenvoy lua\tscript log: ${CHUNK}:6: attempt to index field 'x' (a nil value)\tthread=27`;

testAnalyzer(tagFilterInactive, {
  silent: [
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    { name: 'no filter', given: { objects: [virtualEnvironment()] } },
    { name: 'active', given: { objects: scene(), documents: [listeners(PROXY, { script: true })] } },
    {
      name: 'active in one listener, another without HTTP was refused for something else',
      given: {
        objects: scene(),
        documents: [listeners(PROXY, { script: true })],
        logs: [
          proxyLog([
            60,
            `2026-01-15T11:59:00Z\twarning\tenvoy lua\tscript log: Env mark 'ali-env-mark' not found, added as 'dev'`,
          ]),
        ],
      },
    },
    {
      name: 'the old name on a new Istio is told by the version',
      given: { objects: scene({ version: '1.27.3' }), documents: [listeners(PROXY, {})] },
    },
    {
      name: 'a proxy that started a moment ago',
      given: {
        objects: scene({}).map((one) =>
          one.kind === 'Pod' ? { ...one, status: { ...(one.status as object), startTime: ago(20) } } : one,
        ),
        documents: [listeners(PROXY, {})],
      },
    },
    {
      name: 'a filter that was made a moment ago',
      given: {
        objects: [
          virtualEnvironment(),
          tagFilter({ metadata: { creationTimestamp: ago(20) } }),
          taggedPod('app-js', 'dev', {}),
        ],
        documents: [listeners(PROXY, {})],
      },
    },
    {
      name: 'a proxy that sends nothing through HTTP',
      given: {
        objects: scene(),
        documents: [listeners(PROXY, { manager: 'envoy.filters.network.tcp_proxy' })],
      },
    },
    {
      name: 'only inbound listeners',
      given: { objects: scene(), documents: [listeners(PROXY, { direction: 'INBOUND' })] },
    },
    {
      name: 'an error of yesterday, and that of another script',
      given: {
        objects: scene(),
        documents: [listeners(PROXY, { script: true })],
        logs: [
          proxyLog(
            [86_400, FAILURE],
            [60, 'error\tenvoy lua\tscript log: [string "function envoy_on_request(handle)..."]:3: boom'],
          ),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'refused by a proxy that goes on with the listener before',
      given: { objects: scene(), documents: [refusedListener(PROXY, REASON, true)] },
      expect: [
        {
          message: 'refused',
          subject: filter,
          severity: 'warning',
          values: { count: 1, all: 1, listener: '0.0.0.0_8080', detail: REASON },
          since: '2026-01-15T11:30:00Z',
        },
      ],
    },
    {
      name: 'refused by a proxy that is not ready',
      given: { objects: scene({ ready: false }), documents: [refusedListener(PROXY, REASON)] },
      expect: [{ message: 'refused', subject: filter, severity: 'critical', confidence: 'certain' }],
    },
    {
      name: 'absent from one of two proxies, one of them native',
      given: {
        objects: scene({}, taggedPod('app-go', 'dev.proj2', { tag: 'dev.proj2', native: true })),
        documents: [listeners(PROXY, { script: true }), listeners(OTHER, {})],
      },
      expect: [{ message: 'absent', subject: filter, severity: 'warning', values: { count: 1, all: 2 } }],
    },
    {
      name: 'the script fails at requests',
      given: {
        objects: scene(),
        documents: [listeners(PROXY, { script: true })],
        logs: [proxyLog([60, FAILURE], [30, FAILURE])],
      },
      expect: [
        {
          message: 'scriptFails',
          subject: `Pod/shop/${PROXY}`,
          values: { lines: 2 },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'no listeners were read',
      given: { objects: scene(), forbidden: [istioProxyConfig] },
      reason: /istio-proxy-config/,
    },
    {
      name: 'neither environments nor pods were seen',
      given: { forbidden: [virtualEnvironments, pods] },
      reason: /VirtualEnvironment/,
    },
  ],
});
