import { istioProxyProbes } from '../../../../src/artifacts/istio-proxy-probes.ts';
import { ago, containerStatus } from '../../../support/builders.ts';
import { meshPod, proxyContainer, proxyLogOf } from '../../../support/istio-builders.ts';

export const WEB = 'Pod/shop/web';
export const UNREADY = { proxyStatus: { ready: false } };
export const web = meshPod('web', UNREADY);
export const NOTHING = 'cds updates: 0 successful, 0 rejected; lds updates: 0 successful, 0 rejected';
export const NO_CONFIG = `warn\tEnvoy proxy is NOT ready: config not received from XDS server (is Istiod running?): ${NOTHING}`;
export const PILOT = `warn\tEnvoy proxy is NOT ready: config not received from Pilot (is Pilot running?): ${NOTHING}`;
export const closed = (detail: string) =>
  `warning\tenvoy config\tStreamAggregatedResources gRPC config stream to xds-grpc closed since 37s ago: 14, connection error: desc = "transport: ${detail}"`;
export const REFUSED = closed('Error while dialing: dial tcp 10.96.3.4:15012: connect: connection refused');
export const log = (...lines: readonly string[]) => [proxyLogOf('web', lines)];
export const blocked = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny', namespace: 'shop' },
  spec: { podSelector: {}, policyTypes: ['Egress'], egress: [] },
};
export const lua = {
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'EnvoyFilter',
  metadata: { name: 'tags', namespace: 'shop' },
  spec: {
    configPatches: [{ applyTo: 'HTTP_FILTER', patch: { value: { name: 'virtual.environment.lua' } } }],
  },
};
export const REJECTED = [
  'warning\tenvoy config\tgRPC config for type.googleapis.com/envoy.config.listener.v3.Listener rejected: Error adding/updating listener(s) virtualInbound: filter virtual.environment.lua: script load error',
  'warn\tEnvoy proxy is NOT ready: config not received from Pilot (is Pilot running?): cds updates: 1 successful, 0 rejected; lds updates: 0 successful, 3 rejected',
];
export const CRASHING = {
  ready: false,
  restartCount: 4,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode: 1, finishedAt: ago(200) } },
};
export const ROOT_VOLUME = { name: 'istiod-ca-cert', configMap: { name: 'istio-ca-root-cert' } };
export const WAITING = { ready: false, state: { waiting: { reason: 'ContainerCreating' } } };

export function withInit(name: string, terminated: object) {
  return meshPod('web', {
    proxyStatus: { ready: false, state: { waiting: { reason: 'PodInitializing' } } },
    spec: {
      containers: [{ name: 'app', image: 'a' }, proxyContainer()],
      initContainers: [{ name, image: 'docker.io/istio/proxyv2:1.27.0', args: ['istio-iptables'] }],
    },
    status: {
      initContainerStatuses: [
        containerStatus(name, {
          ready: false,
          restartCount: 3,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 1, finishedAt: ago(100), ...terminated } },
        }),
      ],
    },
  });
}

/** What curl ended with in the proxy's container. */
export function tried(exitCode: number, written: string, said: string) {
  return {
    artifact: istioProxyProbes,
    scope: { type: 'object', kind: 'Pod', namespace: 'shop', name: 'web' } as const,
    bytes: JSON.stringify({
      proxy: { namespace: 'shop', pod: 'web', container: 'istio-proxy' },
      address: 'istiod.istio-system.svc:15012',
      curl: { command: ['curl'], exitCode, written, said: `curl: (${exitCode}) ${said}` },
    }),
  };
}
