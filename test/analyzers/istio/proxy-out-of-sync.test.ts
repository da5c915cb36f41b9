import { proxyOutOfSync } from '../../../analyzers/istio/proxy-out-of-sync.ts';
import { istioProxyConfig, storedProxyConfig } from '../../../src/artifacts/istio-proxy-config.ts';
import { istioSyncStatus } from '../../../src/artifacts/istio-sync-status.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, containerStatus, pod } from '../../support/builders.ts';
import { istiod, meshPod, proxyContainer } from '../../support/istio-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const WEB = 'Pod/shop/web';
const objects = (...all: readonly { kind: string }[]) => all.filter(({ kind }) => kind !== 'EndpointSlice');
const TYPE = 'type.googleapis.com/envoy.config.';
const CDS = `${TYPE}cluster.v3.Cluster`;
const LDS = `${TYPE}listener.v3.Listener`;
const RDS = `${TYPE}route.v3.RouteConfiguration`;
const OK = { sent: 'a', acked: 'a', sentTime: ago(900) };

/** The reply of one replica. */
function replica(name: string, ...rows: readonly object[]) {
  return {
    artifact: istioSyncStatus,
    scope: { type: 'object', kind: 'Pod', namespace: 'istio-system', name } as const,
    bytes: JSON.stringify({ controlPlane: { namespace: 'istio-system', pod: name }, rows }),
  };
}
const row = (resources: object, proxy = 'web.shop') => ({ proxy, istio_version: '1.27.0', resources });
const synced = row({ [CDS]: OK, [LDS]: OK });

function refused(listener: object) {
  const body = {
    configs: [
      { '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump', dynamic_listeners: [listener] },
    ],
  };
  return {
    artifact: istioProxyConfig,
    scope: { type: 'object', kind: 'Pod', namespace: 'shop', name: 'web' } as const,
    bytes: new TextDecoder().decode(
      storedProxyConfig(
        { namespace: 'shop', pod: 'web' },
        '/config_dump',
        new TextEncoder().encode(JSON.stringify(body)),
      ),
    ),
  };
}

const filter = (name: string, adds: string) => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'EnvoyFilter',
  metadata: { namespace: 'shop', name, creationTimestamp: ago(3600) },
  spec: { configPatches: [{ applyTo: 'HTTP_FILTER', patch: { value: { name: adds } } }] },
});
const GUARD = filter('guard', 'shop.filters.guard');
const REFUSED = { sent: 'b', acked: 'a', sentTime: ago(300), lastError: "no 'shop.filters.guard' here" };

const mesh = objects(...istiod(), meshPod('web'));
const given = (...rows: readonly object[]) => ({ objects: mesh, documents: [replica('istiod-0', ...rows)] });
const young = meshPod('web', { proxyStatus: { state: { running: { startedAt: ago(30) } } } });
const gateway = meshPod('web', {
  spec: { containers: [proxyContainer('1.27.0', undefined, { args: ['proxy', 'router'] })] },
});

testAnalyzer(proxyOutOfSync, {
  silent: [
    { name: 'no mesh', given: { objects: [pod('web')] }, status: 'not-applicable' },
    { name: 'all confirmed', given: given(synced) },
    {
      name: 'sent a moment ago',
      given: given(row({ [CDS]: OK, [LDS]: { sent: 'b', acked: 'a', sentTime: ago(20) } })),
    },
    {
      name: 'nothing to send of routes',
      given: given(row({ [CDS]: OK, [LDS]: OK, [RDS]: { sent: '', acked: '' } })),
    },
    {
      name: 'a gateway without Gateways',
      given: {
        objects: objects(...istiod(), gateway),
        documents: [replica('istiod-0', row({ [CDS]: OK, [LDS]: { sent: '', acked: '' } }))],
      },
    },
    {
      name: 'a proxy that has just started',
      given: { objects: objects(...istiod(), young), documents: [replica('istiod-0')] },
    },
    {
      name: 'a proxy that is not ready, which is told elsewhere',
      given: {
        objects: objects(...istiod(), meshPod('web', { proxyStatus: { ready: false } })),
        documents: [replica('istiod-0')],
      },
    },
    {
      name: 'listed by the other replica',
      given: {
        objects: objects(...istiod({ replicas: 2 }), meshPod('web')),
        documents: [replica('istiod-0'), replica('istiod-1', synced)],
      },
    },
    {
      name: 'an old row of the replica it has left',
      given: {
        objects: objects(...istiod({ replicas: 2 }), meshPod('web')),
        documents: [
          replica('istiod-0', row({ [CDS]: { sent: 'b', acked: 'a', sentTime: ago(900) } })),
          replica('istiod-1', synced),
        ],
      },
    },
    {
      name: 'a replica that was not asked',
      given: {
        objects: objects(...istiod({ replicas: 2 }), meshPod('web')),
        documents: [replica('istiod-0')],
      },
    },
    {
      name: 'an istiod that has just been restarted',
      given: {
        objects: objects(
          ...istiod().map((one) =>
            one.kind === 'Pod'
              ? {
                  ...one,
                  status: {
                    ...(one.status as object),
                    containerStatuses: [
                      containerStatus('discovery', { state: { running: { startedAt: ago(20) } } }),
                    ],
                  },
                }
              : one,
          ),
          meshPod('web'),
        ),
        documents: [
          replica('istiod-0', row({ [CDS]: { sent: '', acked: '' }, [LDS]: { sent: '', acked: '' } })),
        ],
      },
    },
    {
      name: 'a control plane outside',
      given: {
        objects: [meshPod('web', { discovery: 'mesh.example.com:15012' })],
        documents: [replica('istiod-0')],
      },
    },
    {
      name: 'an old reply without times',
      given: given({
        proxy: 'web.shop',
        istio_version: '1.9.5',
        cluster_sent: 'b',
        cluster_acked: 'a',
        listener_sent: 'c',
        listener_acked: 'c',
      }),
      info: [
        {
          message: 'stale',
          subject: WEB,
          severity: 'info',
          values: { type: 'CDS', when: 'when it was sent is not told' },
        },
      ],
    },
    {
      name: 'listeners Envoy took, and what virtual environments have findings for',
      given: {
        objects: mesh,
        documents: [
          replica('istiod-0', synced),
          refused({
            name: 'virtualInbound',
            error_state: { failed_configuration: {}, details: 'virtual.environment.lua: script load error' },
          }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'no replica lists it',
      given: given(row({}, 'other.shop')),
      expect: [{ message: 'notConnected', subject: WEB, severity: 'warning', confidence: 'likely' }],
    },
    {
      name: 'it refuses a type, and is behind with another',
      given: given(
        row({
          [CDS]: { sent: 'b', acked: 'a', sentTime: ago(300) },
          [LDS]: {
            sent: 'b',
            acked: 'b',
            sentTime: ago(300),
            lastError: 'Error adding/updating listener(s)',
          },
        }),
      ),
      expect: [
        {
          message: 'stale',
          subject: WEB,
          severity: 'warning',
          values: { type: 'CDS', when: 'sent 300 s before istiod was asked' },
          since: '2026-01-15T11:55:00.000Z',
        },
        {
          message: 'rejected',
          subject: WEB,
          values: { type: 'LDS', detail: 'Error adding/updating listener(s)' },
        },
      ],
    },
    {
      name: 'two proxies refuse what an EnvoyFilter adds, one of them not of this bundle',
      given: {
        objects: [...mesh, GUARD, filter('other', 'shop.filters.other')],
        documents: [replica('istiod-0', row({ [LDS]: REFUSED }), row({ [LDS]: REFUSED }, 'cart.shop'))],
      },
      expect: [
        {
          message: 'filterRefused',
          subject: 'EnvoyFilter/shop/guard',
          severity: 'warning',
          values: { count: 2, type: 'LDS' },
        },
        { message: 'rejected', subject: WEB },
      ],
    },
    {
      name: 'only Envoy says that it does not take what an EnvoyFilter adds',
      given: {
        objects: [...mesh, GUARD],
        documents: [
          replica('istiod-0', synced),
          refused({
            name: '0.0.0.0_8080',
            error_state: { failed_configuration: {}, details: "no 'shop.filters.guard' here" },
          }),
        ],
      },
      expect: [
        { message: 'filterRefused', subject: 'EnvoyFilter/shop/guard', values: { count: 1 } },
        { message: 'listenerRefused', subject: WEB },
      ],
    },
    {
      name: 'nothing was sent',
      given: given(row({ [CDS]: OK, [LDS]: { sent: '', acked: '' } })),
      expect: [{ message: 'notSent', subject: WEB, severity: 'critical', values: { type: 'LDS' } }],
    },
    {
      name: 'Envoy did not take a listener',
      given: {
        objects: mesh,
        documents: [
          replica('istiod-0', synced),
          refused({
            name: '0.0.0.0_8080',
            active_state: { listener: {} },
            error_state: { failed_configuration: {}, details: 'duplicate filter chain' },
          }),
        ],
      },
      expect: [
        {
          message: 'listenerRefused',
          subject: WEB,
          values: {
            listener: '0.0.0.0_8080',
            consequence: 'serves the one before',
            detail: 'duplicate filter chain',
          },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'istiod was not asked',
      given: { objects: mesh, forbidden: [istioSyncStatus] },
      reason: /not allowed/,
    },
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
  ],
});
