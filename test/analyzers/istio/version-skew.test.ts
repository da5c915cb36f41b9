import { versionSkew } from '../../../analyzers/istio/version-skew.ts';
import { istioSyncStatus } from '../../../src/artifacts/istio-sync-status.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, pod } from '../../support/builders.ts';
import { istiod, istioSettings, meshPod, proxyContainer } from '../../support/istio-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const mesh = (...objects: readonly { kind: string }[]) =>
  objects.filter(({ kind }) => kind !== 'EndpointSlice');
const WEB = 'Pod/shop/web';
const values = (tag: string, more: object = {}) =>
  istioSettings('istio-sidecar-injector', {
    values: JSON.stringify({ global: { hub: 'docker.io/istio', tag, proxy: { image: 'proxyv2' }, ...more } }),
  });

testAnalyzer(versionSkew, {
  silent: [
    { name: 'no mesh', given: { objects: [pod('web')] }, status: 'not-applicable' },
    { name: 'equal versions', given: { objects: mesh(...istiod(), values('1.27.0'), meshPod('web')) } },
    {
      name: 'one minor version behind',
      given: { objects: mesh(...istiod(), meshPod('web', { version: '1.26.4' })) },
    },
    {
      name: 'a control plane outside, and a version nobody knows',
      given: {
        objects: mesh(
          ...istiod(),
          meshPod('web', { discovery: 'mesh.example.com:15012', version: '1.9.0' }),
          meshPod('b', { version: 'latest' }),
        ),
      },
    },
    {
      name: 'a pod that is being deleted',
      given: {
        objects: mesh(...istiod(), {
          ...meshPod('web', { version: '1.9.0' }),
          metadata: { ...meshPod('web').metadata, deletionTimestamp: ago(5) },
        } as never),
      },
    },
    {
      name: 'a variant, and an image of its own',
      given: {
        objects: mesh(
          ...istiod(),
          values('1.27.0', { variant: 'distroless' }),
          meshPod('web', { version: '1.27.0-distroless' }),
          meshPod('own', { annotations: { 'sidecar.istio.io/proxyImage': 'x' } }),
        ),
      },
    },
    {
      name: 'an image of a mirror, and a variant a ProxyConfig asks for',
      given: {
        objects: mesh(
          ...istiod(),
          values('1.27.0', { hub: 'mirror.example/istio' }),
          meshPod('web'),
          meshPod('small', { version: '1.27.0-distroless' }),
        ),
      },
    },
    {
      name: 'a gateway that was not injected, and values that are none',
      given: {
        objects: mesh(
          ...istiod(),
          values('1.27.3'),
          pod('gw', {
            spec: { containers: [proxyContainer('1.27.0', undefined, { args: ['proxy', 'router'] })] },
          }),
        ),
      },
    },
    {
      name: 'a pod of before an upgrade',
      given: { objects: mesh(...istiod(), values('1.27.3'), meshPod('web', { version: '1.27.0' })) },
      info: [
        {
          message: 'imageDiffers',
          subject: WEB,
          values: { image: 'docker.io/istio/proxyv2:1.27.0', wanted: 'docker.io/istio/proxyv2:1.27.3' },
        },
      ],
    },
    {
      name: 'one minor version ahead, as after a rollback',
      given: { objects: mesh(...istiod({ version: '1.26.0' }), meshPod('web')) },
      info: [{ message: 'proxyAhead', subject: WEB, severity: 'info' }],
    },
  ],
  reports: [
    {
      name: 'two minor versions behind',
      given: { objects: mesh(...istiod(), values('1.27.0'), meshPod('web', { version: '1.25.1' })) },
      expect: [
        { message: 'proxyBehind', subject: WEB, values: { version: '1.25.1', planeVersion: '1.27.0' } },
      ],
    },
    {
      name: 'far ahead',
      given: { objects: mesh(...istiod({ version: '1.20.0' }), meshPod('web')) },
      expect: [{ message: 'proxyAhead', subject: WEB, severity: 'warning' }],
    },
    {
      name: 'by what istiod lists, where the image has no version',
      given: {
        objects: mesh(...istiod(), meshPod('web', { version: 'prod' })),
        documents: [
          {
            artifact: istioSyncStatus,
            scope: { type: 'object', kind: 'Pod', namespace: 'istio-system', name: 'istiod-0' },
            bytes: JSON.stringify([{ proxy: 'web.shop', istio_version: '1.22.0' }]),
          },
        ],
      },
      expect: [{ message: 'proxyBehind', subject: WEB, values: { version: '1.22.0' } }],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
