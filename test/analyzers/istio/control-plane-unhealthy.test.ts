import { controlPlaneUnhealthy } from '../../../analyzers/istio/control-plane-unhealthy.ts';
import { istioSyncStatus } from '../../../src/artifacts/istio-sync-status.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { ago, type Built, pod } from '../../support/builders.ts';
import { istiod, meshPod, proxyLogOf } from '../../support/istio-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const PLANE = 'Deployment/istio-system/istiod';
const mesh = (...objects: readonly Built[]) => objects.filter(({ kind }) => kind !== 'EndpointSlice');
const log = (...lines: readonly string[]) => [
  proxyLogOf('istiod-0', lines, { namespace: 'istio-system', container: 'discovery' }),
];
const times = (line: string, count = 3) => Array.from({ length: count }, () => line);
const AWAY =
  'error\tads\tFailed to authenticate client from 10.1.0.7:41234: Authenticator ClientCertAuthenticator: no verified chain is found; Authenticator KubeJWTAuthenticator: failed to validate the JWT from cluster "Kubernetes"';
const REFUSED =
  'warn\tads\tADS:LDS: ACK ERROR web-5c9.shop-12 Internal:Error adding/updating listener(s) virtualInbound: duplicate';

function scaledDown(...plane: readonly Built[]): Built[] {
  return mesh(...plane)
    .filter(({ kind }) => kind !== 'Pod')
    .map((one) =>
      one.kind === 'Deployment' ? { ...one, spec: { ...(one.spec as object), replicas: 0 } } : one,
    );
}

testAnalyzer(controlPlaneUnhealthy, {
  silent: [
    { name: 'no Istio', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'all well',
      given: { objects: mesh(...istiod(), meshPod('web')), logs: log('info\tads\tPush debounce stable') },
    },
    {
      name: 'one of two replicas is not ready',
      given: {
        objects: mesh(
          ...istiod({ replicas: 2 }).map((one) =>
            one.metadata.name === 'istiod-1'
              ? { ...one, status: { ...(one.status as object), conditions: [] } }
              : one,
          ),
        ),
      },
    },
    {
      name: 'a rollout of a moment ago',
      given: {
        objects: mesh(
          ...istiod({ ready: false }).map((one) =>
            one.kind === 'Pod'
              ? {
                  ...one,
                  status: {
                    ...(one.status as object),
                    conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(20) }],
                  },
                }
              : one,
          ),
          meshPod('web'),
        ),
      },
    },
    { name: 'an old revision on its way out', given: { objects: scaledDown(...istiod()) } },
    {
      name: 'a few lines of pods that come and go',
      given: { objects: mesh(...istiod()), logs: log(AWAY, REFUSED) },
    },
    {
      name: 'refused configuration where istiod was asked what is refused now',
      given: {
        objects: mesh(...istiod()),
        logs: log(...times(REFUSED)),
        documents: [{ artifact: istioSyncStatus, bytes: '[]' }],
      },
    },
  ],
  reports: [
    {
      name: 'no pod is ready, and proxies depend on it',
      given: { objects: mesh(...istiod({ ready: false }), meshPod('web'), meshPod('api')) },
      expect: [{ message: 'down', subject: PLANE, severity: 'critical', values: { count: 2 } }],
    },
    {
      name: 'it was scaled to zero while a proxy depends on it',
      given: { objects: [...scaledDown(...istiod()), meshPod('web')] },
      expect: [{ message: 'down', subject: PLANE, severity: 'critical', values: { count: 1 } }],
    },
    {
      name: 'a new revision nobody uses yet does not come up',
      given: { objects: mesh(...istiod({ ready: false })) },
      expect: [{ message: 'down', subject: PLANE, severity: 'warning' }],
    },
    {
      name: 'proxies are turned away',
      given: { objects: mesh(...istiod()), logs: log(...times(AWAY, 5)) },
      expect: [
        { message: 'proxiesTurnedAway', subject: PLANE, values: { count: 5, client: '10.1.0.7:41234' } },
      ],
    },
    {
      name: 'proxies refuse what they are sent, as JSON too',
      given: {
        objects: mesh(...istiod()),
        logs: [
          proxyLogOf('istiod-0', times(REFUSED), {
            namespace: 'istio-system',
            container: 'discovery',
            json: true,
          }),
        ],
      },
      expect: [
        {
          message: 'configurationRefused',
          subject: PLANE,
          confidence: 'likely',
          values: {
            type: 'LDS',
            proxy: 'web-5c9.shop-12',
            count: 3,
            detail: 'Internal:Error adding/updating listener(s) virtualInbound: duplicate',
          },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'its pods were refused: that none is there is not said',
      given: {
        objects: mesh(...istiod()).filter(({ kind }) => kind !== 'Pod'),
        rows: [{ artifact: pods.id, scope: CLUSTER_SCOPE, outcome: 'forbidden', reason: 'not allowed' }],
      },
      reason: /not allowed/,
    },
  ],
});
